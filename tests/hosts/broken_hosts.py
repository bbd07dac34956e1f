"""Hosts that are broken on purpose, each in one way; run by `test_broken_hosts`.

`caught_by` names the clause that finds it out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, TypeVar

import pytest

from referral_flow.application.announce import WaitingAnnouncer
from referral_flow.hosts import sqlalchemy
from referral_flow.ports import HostConnection, Store
from referral_flow.stores.sqlite_joined import JoinedStore
from referral_flow.testing.hosts import Application, HostContract, Inside
from tests.hosts.alchemy import Note, SessionApplication
from tests.hosts.drivers import InsideSqlite, SqliteApplication
from tests.hosts.test_sqlite import OnSqlite

T = TypeVar("T")


class Broken(OnSqlite):
    caught_by: ClassVar[Callable[..., None]]

    @pytest.fixture
    def host(self, path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Application:
        self.break_it(monkeypatch)
        return SessionApplication(f"sqlite:///{path}")

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        raise NotImplementedError


class TestNothingIsBegunInTheDriver(Broken):
    caught_by = HostContract.test_ours_alone_is_rolled_back

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sqlalchemy, "_begin", lambda *_: None)
        monkeypatch.setattr(JoinedStore, "_check_transaction", lambda _: None)


class TestSavepointsAreSentTooLate(Broken):
    caught_by = HostContract.test_a_savepoint_takes_back_what_was_done_in_it

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        joining = sqlalchemy._of
        nothing = sqlalchemy._nothing
        monkeypatch.setattr(sqlalchemy, "_of", lambda c, h, _, a: joining(c, h, nothing, a))


class TestAFlowOutlivesItsTransaction(Broken):
    caught_by = HostContract.test_a_flow_of_a_transaction_that_is_over_writes_nothing

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "referral_flow.hosts.sqlalchemy.HostConnection",
            lambda driver, _, *rest: HostConnection(driver, lambda: None, *rest),
        )
        monkeypatch.setattr(JoinedStore, "_check_transaction", lambda _: None)


class TestWhatWasWrittenBeforeALostRaceStays(Broken):
    caught_by = HostContract.test_a_version_that_moves_before_it_is_written_is_told

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(JoinedStore, "_go_back", lambda _: None)


class TestObserversBelieveTheHost(Broken):
    caught_by = HostContract.test_they_hear_nothing_of_what_a_savepoint_took_back

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(WaitingAnnouncer, "release", _tell_all)


class TestObserversHearAtOnce(Broken):
    caught_by = HostContract.test_they_hear_after_the_commit_and_not_before

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(WaitingAnnouncer, "release", _tell_all)
        monkeypatch.setattr(sqlalchemy, "_after_commit", lambda _, tell: tell())


class TestObserversNeverHear(Broken):
    caught_by = HostContract.test_they_hear_once_in_the_order_of_the_commands

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(WaitingAnnouncer, "release", lambda _: None)


class TestWhoIsCutOffCommits(OnSqlite):
    caught_by = HostContract.test_what_is_cut_off_leaves_nothing

    @pytest.fixture
    def host(self, path: Path, store: Store) -> Application:
        return Committing(path)


class TestARollbackIsNone(OnSqlite):
    caught_by = HostContract.test_both_are_rolled_back_together

    @pytest.fixture
    def host(self, path: Path, store: Store) -> Application:
        return Committing(path)


class TestTheHostsRowsAreLost(Broken):
    caught_by = HostContract.test_both_are_committed_together

    def break_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "tests.hosts.alchemy.InsideSession.add", lambda _, text: Note(text=text)
        )


class Committing(SqliteApplication):
    """It commits whatever happens."""

    def run(self, work: Callable[[Inside], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            return work(InsideSqlite(self._connection))
        finally:
            self._connection.execute("COMMIT")


def _tell_all(announcer: WaitingAnnouncer) -> None:
    announcer._tell([record for _, record in announcer._waiting.values()])
    announcer._waiting.clear()
