"""The store: opening it, transactions, and the one batch that `append` writes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lmdb

from referral_flow.errors import (
    CommandReused,
    ConcurrencyError,
    OutcomeUnknown,
    PluginError,
    StoreError,
    StoreMissing,
    StoreUnreadable,
    Taken,
    WrongUrl,
)
from referral_flow.ports import Batch, Store, StoreState
from referral_flow_lmdb.queues import Queues, timer_key
from referral_flow_lmdb.reading import Result
from referral_flow_lmdb.tables import HeldRow, Leased, Tables, digest, place

SCHEMA = 1
LARGEST = 1 << 34
"""Bytes: how far the file may grow. It is reserved as addresses, not on the disk."""


class LmdbStore(Queues):
    """Keep everything in one folder; `lmdb:///relative`, `lmdb:////absolute`."""

    capabilities = frozenset({"durable", "processes"})

    def __init__(self, url: str) -> None:
        path = url.removeprefix("lmdb:///")
        if path in (url, ""):
            raise WrongUrl(url=url, problem="write lmdb:///relative or lmdb:////absolute")
        self._path = Path(path)
        if not self._path.parent.is_dir():
            raise StoreMissing(path=path, problem="no_folder")
        try:
            self._environment = lmdb.open(path, map_size=LARGEST, max_dbs=16, max_readers=512)
        except (lmdb.Error, OSError) as error:
            raise StoreUnreadable(path=path, problem=str(error)) from error
        self.tables = Tables(self._environment)
        self._closed = False
        # One that opens at the same time waits for this transaction, and finds the secret.
        self.write(lambda txn: self.tables.about.add(txn, b"secret", secrets.token_bytes(32)))

    # --- the store as a whole

    def secret(self) -> bytes:
        """Give the 32 bytes that key the digests of commands."""
        return self.read(lambda txn: self.tables.about.get(txn, b"secret") or b"")

    def check(self) -> StoreState:
        """Say how the store stands."""

        def work(txn: lmdb.Transaction) -> StoreState:
            tables = self.tables
            states = [(row.state, row.id) for row, _ in tables.outbox.rows(txn)]
            waiting = [id for state, id in states if state in ("waiting", "digest")]
            return StoreState(
                schema=SCHEMA,
                wanted=SCHEMA,
                streams=tables.streams.count(txn),
                events=tables.events.count(txn),
                timers=tables.timers.count(txn),
                waiting=len(waiting),
                parked=sum(state == "parked" for state, _ in states),
                notes={"path": str(self._path), "lmdb": ".".join(map(str, lmdb.version()))},
                oldest=min(waiting, default=None),
                runs=dict(tables.runs.rows(txn)),
            )

        return self.read(work)

    def note_run(self, name: str, at: int) -> None:
        """Note when a run such as `tick` ended."""
        self.write(lambda txn: self.tables.runs.put(txn, digest(name), (name, at)))

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:
        """Do nothing: there is one schema so far."""
        return ()

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        self._closed = True
        self._environment.close()

    def join(self, connection: Any) -> Store:
        """Raise PluginError: nobody else has transactions in this file."""
        raise PluginError(plugin="lmdb", problem=f"it cannot join {type(connection).__name__}")

    # --- transactions

    def read(self, work: Callable[[lmdb.Transaction], Result]) -> Result:
        """Do reading work over one snapshot; it waits for no writer."""
        self._check_use()
        try:
            with self._environment.begin() as txn:
                return work(txn)
        except lmdb.Error as error:
            raise StoreError(path=str(self._path), problem=str(error)) from error

    def write(
        self, work: Callable[[lmdb.Transaction], Result], command: str | None = None
    ) -> Result:
        """Do writing work, all or nothing; one writer at a time, in all processes."""
        self._check_use()
        sent = False
        try:
            txn = self._environment.begin(write=True)
            try:
                result = work(txn)
                sent = True
                txn.commit()
            finally:
                txn.abort()
        except lmdb.Error as error:
            if not sent:
                raise StoreError(path=str(self._path), problem=str(error)) from error
            # An error from the commit does not say that nothing was committed.
            known = {"command_id": command} if command else {}
            raise OutcomeUnknown(problem=str(error), **known) from error
        return result

    def _check_use(self) -> None:
        if self._closed:
            raise StoreError(path=str(self._path), problem="closed")

    # --- one batch

    def append(self, batch: Batch) -> None:
        """Write a batch: whatever is in its way raises, and then nothing was written."""
        command = batch.commands[0].id.hex() if batch.commands else None

        def work(txn: lmdb.Transaction) -> None:
            self._write_history(txn, batch)
            self._write_claims(txn, batch)
            self._write_queues(txn, batch)

        self.write(work, command)

    def _write_history(self, txn: lmdb.Transaction, batch: Batch) -> None:
        tables = self.tables
        for command in batch.commands:
            if not tables.commands.add(txn, command.id, command):
                raise CommandReused(command_id=command.id.hex())
        for row, version in batch.streams:
            self._must_stand(txn, row.id, version)
            tables.streams.put(txn, row.id, row)
        for id, version in batch.read:
            self._must_stand(txn, id, version)
        for event in batch.events:
            if not tables.events.add(txn, place(event.stream, event.version), event):
                raise ConcurrencyError(stream=event.stream.hex())
        for words in batch.words:
            if not tables.words.add(txn, place(words.stream, words.version), words):
                raise ConcurrencyError(stream=words.stream.hex())

    def _must_stand(self, txn: lmdb.Transaction, id: bytes, version: int) -> None:
        found = self.tables.streams.get(txn, id)
        if (0 if found is None else found.version) != version:
            raise ConcurrencyError(stream=id.hex())

    def _write_claims(self, txn: lmdb.Transaction, batch: Batch) -> None:
        for kind, value, stream in batch.free:
            key = digest(kind, value)
            found = self.tables.claims.get(txn, key)
            if found is not None and found.stream == stream:
                self.tables.claims.delete(txn, key)
                self.tables.claims_of.delete(txn, stream + key)
        for kind, value, stream in batch.take:
            key = digest(kind, value)
            held = self.tables.claims.get(txn, key)
            if held is not None and held.stream != stream:
                raise Taken(kind, value)
            self.tables.claims.put(txn, key, HeldRow(kind, value, stream))
            self.tables.claims_of.put(txn, stream + key, HeldRow(kind, value, stream))

    def _write_queues(self, txn: lmdb.Transaction, batch: Batch) -> None:
        tables = self.tables
        for stream, name in batch.cancel:
            for key, (row, _) in list(tables.timers.items(txn, stream)):
                if name in (row.name, "*"):
                    tables.timers.delete(txn, key)
        for timer in batch.timers:
            tables.timers.put(txn, timer_key(timer), Leased(timer._replace(lease=None)))
        for stream, kind in batch.withdraw:
            self.withdraw(txn, stream, kind)
        for message in batch.outbox:
            if not tables.outbox.add(txn, message.id, Leased(message)):
                raise ConcurrencyError(stream=message.stream.hex())
            tables.outbox_of.put(txn, message.stream + message.id, message.id)
