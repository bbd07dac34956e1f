"""The tables: rows as MessagePack in maps of bytes, whose keys are in order."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Generic, NamedTuple, TypeVar

import lmdb
from msgspec import msgpack

from referral_flow.errors import StoreError
from referral_flow.ports import CommandRow, EventRow, OutboxRow, StreamRow, TimerRow, WordsRow

Row = TypeVar("Row")


class HeldRow(NamedTuple):
    """A claim and the stream that holds it."""

    kind: str
    value: str
    stream: bytes


class Leased(NamedTuple, Generic[Row]):
    """A row, and until when it is under its lease."""

    row: Row
    until: int = 0


class GrantRow(NamedTuple):
    """How many were granted under a name on a day, and to which key the last."""

    day: str
    used: int
    last: str


class Table(Generic[Row]):
    """One map of the file: bytes to rows of one type."""

    def __init__(self, name: str, row: Any) -> None:
        self.name = name.encode()
        self._decoder = msgpack.Decoder(row)
        self._database: Any = None

    def open(self, environment: lmdb.Environment) -> None:
        """Find the map in the file, or make it."""
        self._database = environment.open_db(self.name)

    def get(self, txn: lmdb.Transaction, key: bytes) -> Row | None:
        """Give the row of a key."""
        found = txn.get(key, db=self._database)
        return None if found is None else self._read(bytes(found))

    def add(self, txn: lmdb.Transaction, key: bytes, row: Row) -> bool:
        """Write a row; False when there is one already."""
        return bool(txn.put(key, _written(row), db=self._database, overwrite=False))

    def put(self, txn: lmdb.Transaction, key: bytes, row: Row) -> None:
        """Write a row, in place of the one that is there."""
        txn.put(key, _written(row), db=self._database)

    def delete(self, txn: lmdb.Transaction, key: bytes) -> None:
        """Remove a row, if there is one."""
        txn.delete(key, db=self._database)

    def items(
        self, txn: lmdb.Transaction, prefix: bytes = b"", after: bytes = b""
    ) -> Iterator[tuple[bytes, Row]]:
        """Give the rows whose key begins with `prefix` and lies behind `after`, by key."""
        with txn.cursor(self._database) as cursor:
            there = cursor.set_range(max(prefix, after))
            while there and (key := bytes(cursor.key())).startswith(prefix):
                if key != after:
                    yield key, self._read(bytes(cursor.value()))
                there = cursor.next()

    def rows(self, txn: lmdb.Transaction, prefix: bytes = b"", after: bytes = b"") -> Iterator[Row]:
        """Give the same without their keys."""
        return (row for _, row in self.items(txn, prefix, after))

    def count(self, txn: lmdb.Transaction) -> int:
        """Say how many rows there are."""
        return int(txn.stat(self._database)["entries"])

    def _read(self, value: bytes) -> Row:
        row: Row = self._decoder.decode(value)
        return row


class Tables:
    """Every table of a store. Where a text is a key, its digest is: a key has 511 bytes."""

    def __init__(self, environment: lmdb.Environment) -> None:
        self.about: Table[bytes] = Table("about", bytes)
        self.streams: Table[StreamRow] = Table("streams", StreamRow)
        self.events: Table[EventRow] = Table("events", EventRow)
        self.words: Table[WordsRow] = Table("words", WordsRow)
        self.commands: Table[CommandRow] = Table("commands", CommandRow)
        self.claims: Table[HeldRow] = Table("claims", HeldRow)
        self.claims_of: Table[HeldRow] = Table("claims_of", HeldRow)
        self.timers: Table[Leased[TimerRow]] = Table("timers", Leased[TimerRow])
        self.outbox: Table[Leased[OutboxRow]] = Table("outbox", Leased[OutboxRow])
        self.outbox_of: Table[bytes] = Table("outbox_of", bytes)
        self.grants: Table[GrantRow] = Table("grants", GrantRow)
        self.runs: Table[tuple[str, int]] = Table("runs", tuple[str, int])
        for table in vars(self).values():
            table.open(environment)


def digest(*texts: str) -> bytes:
    """Give a key for texts, however long they are."""
    return blake2b(_written(texts), digest_size=32).digest()


def place(stream: bytes, version: int) -> bytes:
    """Give the key of an event: the events of a stream lie together, by version."""
    return stream + version.to_bytes(8, "big")


def _written(row: Any) -> bytes:
    try:
        return msgpack.encode(row)
    except UnicodeEncodeError as error:
        raise StoreError(problem=str(error)) from None
