"""A new database on the server of the benchmarks, for one turn of one contender."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def database() -> Iterator[str]:
    """Give the URL of an empty database, which is gone afterwards."""
    server = os.environ["REFERRAL_FLOW_BENCH_SERVER"]
    name = f"turn_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as administrator:
        ((synchronous, fsync),) = administrator.execute(
            "SELECT current_setting('synchronous_commit'), current_setting('fsync')"
        ).fetchall()
        if (synchronous, fsync) != ("on", "on"):
            raise SystemExit(f"synchronous_commit {synchronous}, fsync {fsync}: nothing is kept")
        administrator.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
