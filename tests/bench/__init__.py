"""Measurements that are too long for the test suite; each module says how it is run."""
