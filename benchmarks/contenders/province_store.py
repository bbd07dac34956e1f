"""The stores of a province, made once and kept: one of 10,000 referrals, one of 1,000,000.

The small one was lived through commands. The large one has each of its rows a hundred
times, under other ids, members and papers, in the order in which they would have been
written: its pages are filled as real ones are. What it cannot be is verified: the hashes
in the copies are those of the first.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from benchmarks.contenders import province_life
from referral_flow.stores.migrations import steps

COPIES = 100
_FORMAT = 3  # of what is lived and copied here; the schema has its own part in the name
_KEPT = Path("build/benchmarks/stores")
_APART = 180_000  # milliseconds between two copies: all lie before the next of the first

Copied = Callable[[int], Any]
"""Give a value as it is in a copy, by the number of the copy."""


def small() -> Path:
    """Give the store of 10,000 referrals."""
    return _kept("small", province_life.live)


def large() -> Path:
    """Give the store of 1,000,000 referrals."""
    return _kept("large", lambda path: _copy(small(), path))


def _kept(name: str, make: Callable[[Path], None]) -> Path:
    schema = blake2b("".join(step.sql for step in steps()).encode(), digest_size=4).hexdigest()
    path = (_KEPT / f"{name}-{_FORMAT}-{schema}.db").absolute()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{name}-*"):
            old.unlink()
        making = path.with_name(f"making-{name}.db")
        for left in path.parent.glob(f"{making.name}*"):
            left.unlink()
        make(making)
        making.rename(path)
    return path


def _copy(first: Path, path: Path) -> None:
    province_life.opened(path).close()
    source = sqlite3.connect(first)
    target = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -4000000"):
        target.execute(f"PRAGMA {pragma}")
    target.execute("BEGIN")
    for table, (order, changes) in _TABLES.items():
        rows = source.execute(f"SELECT * FROM {table} ORDER BY {order}")
        names = [name for name, *_ in rows.description]
        each = [(at, changes[name]) for at, name in enumerate(names) if name in changes]
        sql = f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})"
        target.executemany(sql, _copies(rows, each))
    target.execute("COMMIT")
    target.execute("PRAGMA journal_mode = wal")
    target.close()
    source.close()


def _copies(rows: Any, each: Sequence[tuple[int, Callable[[Any], Copied]]]) -> Iterator[list[Any]]:
    for row in rows:
        made = list(row)
        # What is to be changed is looked for once for all copies.
        changing = [(at, change(row[at])) for at, change in each]
        for copy in range(COPIES):
            for at, copied in changing:
                made[at] = copied(copy)
            yield made


def _id(id: bytes) -> Copied:
    """Give the id that a stream has in a copy: a little later than in the first."""
    began, rest = int.from_bytes(id[:6], "big"), id[6:]
    return lambda copy: (began + copy * _APART).to_bytes(6, "big") + rest


def _command(id: bytes) -> Copied:
    return lambda copy: blake2b(id, digest_size=16, salt=copy.to_bytes(2, "big")).digest()


def _later(at: int) -> Copied:
    return lambda copy: at + copy * _APART * 1000


_MOVING = re.compile(
    r"([0-9a-f]{8}-?[0-9a-f]{4})(?=-?7[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12})"
    r"|(?<=m-)(00)(?=\d{5})|\b(00)(?=\d{5}/gt)",
    re.IGNORECASE,
)


def _text(text: str) -> Copied:
    """Write ids of streams, members and papers as they are in a copy."""
    pieces: list[str] = []
    moving: list[tuple[int, Copied]] = []
    end = 0
    for found in _MOVING.finditer(text):
        pieces += [text[end : found.start()], found[0]]
        moving.append((len(pieces) - 1, _began(found[1]) if found[1] else "{:02}".format))
        end = found.end()
    pieces.append(text[end:])

    def copied(copy: int) -> str:
        for at, moved in moving:
            pieces[at] = moved(copy)
        return "".join(pieces)

    return copied


def _began(written: str) -> Copied:
    began, dash = int(written.replace("-", ""), 16), "-" if "-" in written else ""

    def later(copy: int) -> str:
        moved = f"{began + copy * _APART:012x}"
        return f"{moved[:8]}{dash}{moved[8:]}"

    return later


def _bytes(data: bytes) -> Copied:
    text = _text(data.decode())
    return lambda copy: text(copy).encode()


_STREAM: dict[str, Callable[[Any], Copied]] = {"stream": _id}
# The order in which the rows of a table are written, and what differs from copy to copy.
_TABLES: dict[str, tuple[str, dict[str, Callable[[Any], Copied]]]] = {
    "rf_command": ("at", {"id": _command, "at": _later, "ranges": _bytes}),
    "rf_stream": ("id", {"id": _id, "data": _bytes}),
    "rf_event": (
        "recorded_at",
        {**_STREAM, "recorded_at": _later, "command": _command, "data": _bytes},
    ),
    "rf_words": ("stream, version", _STREAM),
    "rf_unique": ("stream", {**_STREAM, "value": _text}),
    "rf_timer": ("stream", _STREAM),
    "rf_outbox": ("id", {**_STREAM, "id": _id, "key": _text, "data": _bytes}),
}
