"""What child processes of these tests do; a module that they import quickly."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from pathlib import Path

from attrs import frozen

from referral_flow.errors import ReferralFlowError, StoreError
from referral_flow.ports import Store
from referral_flow.stores.sqlite import SqliteStore
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import stream

NOBODY = 65534


@frozen
class DyingSqlite:
    """Open a store whose process ends when statement `at` of the first append begins."""

    url: str

    def __call__(self, where: str, at: int) -> Store:
        store = SqliteStore(self.url.replace("{where}", where))
        left = at

        def count(_statement: str) -> None:
            nonlocal left
            left -= 1
            if not left:
                os._exit(9)

        store._writer.connection.set_trace_callback(count)
        return store


def migrate(url: str) -> tuple[tuple[str, ...], bytes]:
    """Migrate a store that others migrate at the same time."""
    store = SqliteStore(url)
    done = store.migrate()
    secret = store.secret()
    store.close()
    return done, secret


def use_after_fork(url: str) -> list[str]:
    """Fork with an open store; say what the child met, and what the parent meets then."""
    store = SqliteStore(url)
    store.append(rows.created(stream(1)))
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        met = [_met(lambda: store.append(rows.moved(1, 2))), _met(store.scan), _met(store.check)]
        store.close()
        os.write(theirs, " ".join(met).encode())
        os._exit(0)
    os.waitpid(child, 0)
    told = os.read(ours, 1000).decode().split()
    store.append(rows.moved(1, 2))
    told.append(str(store.scan()[0].version))
    store.close()
    return told


def open_what_may_not_be_written(what: str) -> str:
    """Open a store as somebody who may not write it; give the code of the error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        SqliteStore(f"sqlite:///{path}").close()
        if what == "new file":
            path.unlink()
        path.parent.chmod(0o555 if what != "file" else 0o777)
        if path.exists():
            path.chmod(0o444 if what == "file" else 0o666)
        root = os.geteuid() == 0
        if root:
            os.seteuid(NOBODY)
        told = _met(lambda: SqliteStore(f"sqlite:///{path}"))
        if root:
            os.seteuid(0)
        path.parent.chmod(0o755)
    return told


def write_while_locked(path: str) -> str:
    """Try to write while another connection holds the lock; give the code of the error."""
    store = SqliteStore(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told = _met(lambda: store.append(rows.created(stream(1))))
    other.close()
    store.append(rows.created(stream(1)))
    store.close()
    return told


def _met(work: object) -> str:
    assert callable(work)
    try:
        work()
    except ReferralFlowError as error:
        return type(error).__name__ if type(error) is not StoreError else error.code
    return "nothing"
