"""What is kept on disk: deliveries, work and small facts, on one SQLite file or on PostgreSQL.

The work queue is Procrastinate on both sides, with the same worker, lock, retry and recovery code. PostgreSQL is
reached by Procrastinate's own connector, the SQLite file by ours (`sqlite_connector`).
"""
