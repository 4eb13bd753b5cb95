"""A jump of a PostgreSQL server's clock, which cannot be set here: every stored moment moves the other way."""

from __future__ import annotations

import contextlib

import psycopg
from psycopg import sql

from bot.shell.store.store import CLOCK_KEY

COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' AND is_generated = 'NEVER'
AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')
"""
MOVE = "UPDATE {table} SET {column} = {column} - make_interval(secs => {seconds}) WHERE {column} IS NOT NULL"
MOVE_LAST_LOOK = "UPDATE scansion_memory SET value = (value::float8 - %s)::text WHERE key = %s"
TRIES = 20


def shift_server_clock(url: str, seconds: float) -> None:
    """For all that is stored, it is so much later now; for others at work, tried until nobody is in the way."""
    with psycopg.connect(url) as connection:
        for _ in range(TRIES):
            with contextlib.suppress(psycopg.errors.DeadlockDetected), connection.transaction():
                _move_everything(connection, seconds)
                return
    raise AssertionError("the stored moments could not be moved")


def _move_everything(connection: psycopg.Connection, seconds: float) -> None:
    if connection.execute("SELECT to_regclass('scansion_memory')").fetchone() == (None,):
        return  # nobody has used it yet
    for table, column in connection.execute(COLUMNS).fetchall():
        names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
        connection.execute(sql.SQL(MOVE).format(**names, seconds=sql.Literal(seconds)))
    connection.execute(MOVE_LAST_LOOK, (seconds, CLOCK_KEY))
