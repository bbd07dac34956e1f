"""Our transaction inside the host's, on a plain sqlite3 connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from referral_flow import Actor, Refused, Role, hookimpl
from referral_flow.commands import Assign, Submit, Suspend
from referral_flow.errors import ConcurrencyError, NoTransaction
from referral_flow.hooks import Committed
from tests.application.office import Office, an_issue, versions

WARD = Actor("u-2", Role.RESIDENCE, "r-1")
OFFICE = Actor("u-1", Role.WORKPLACE, "w-1")


class Observer:
    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def referral_flow_committed(self, record: Committed) -> None:
        self.heard.append(record.command)


class Host:
    """An application with a table of its own in the same database."""

    def __init__(self, path: Path) -> None:
        self.observer = Observer()
        self.office = Office(f"sqlite:///{path}/host.db", plugins=[self.observer])
        self.connection = sqlite3.connect(path / "host.db", isolation_level=None)
        self.connection.execute("CREATE TABLE diary (line TEXT)")

    def write(self, line: str) -> None:
        self.connection.execute("INSERT INTO diary VALUES (?)", (line,))

    @property
    def lines(self) -> list[str]:
        return [line for (line,) in self.connection.execute("SELECT line FROM diary")]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path)
    yield host
    host.connection.close()
    host.office.flow.close()


def test_both_are_committed_together(host: Host) -> None:
    id = host.office.issued()
    host.observer.heard.clear()
    host.connection.execute("BEGIN IMMEDIATE")
    joined = host.office.flow.within(host.connection)
    host.write("handed in")
    joined.acting_as(WARD).execute(Submit(id, "1/GT"))
    assert joined.acting_as(WARD).get(id).state == "submitted"
    assert host.office.workplace.get(id).state == "issued"
    assert host.observer.heard == []
    host.connection.execute("COMMIT")
    joined.announce()
    joined.announce()
    assert host.observer.heard == ["submit"]
    assert host.office.workplace.get(id).state == "submitted"
    assert host.lines == ["handed in"]


def test_both_are_rolled_back_together(host: Host) -> None:
    id = host.office.issued()
    host.connection.execute("BEGIN IMMEDIATE")
    host.write("handed in")
    host.office.flow.within(host.connection).acting_as(WARD).execute(Submit(id, "1/GT"))
    host.connection.execute("ROLLBACK")
    assert host.office.workplace.get(id).state == "issued"
    assert host.lines == []
    assert host.office.flow.verify().faults == ()


def test_a_refusal_leaves_the_hosts_rows(host: Host) -> None:
    id = host.office.issued()
    host.connection.execute("BEGIN IMMEDIATE")
    host.write("tried")
    with pytest.raises(Refused):
        host.office.flow.within(host.connection).acting_as(WARD).execute(Submit(id, "2/GT"))
    host.connection.execute("COMMIT")
    assert host.lines == ["tried"]
    assert versions(host.office.workplace, id) == [1]


def test_a_lost_race_leaves_the_hosts_rows_and_is_told(host: Host) -> None:
    id = host.office.submitted()
    host.connection.execute("BEGIN IMMEDIATE")
    host.write("before")
    ward = host.office.flow.within(host.connection).acting_as(WARD)
    with pytest.raises(ConcurrencyError):
        ward.execute(Suspend(id, "đi học"), expected_version=1)
    host.write("after")
    host.connection.execute("COMMIT")
    assert host.lines == ["before", "after"]
    assert versions(host.office.workplace, id) == [1, 2]


def test_a_version_that_moves_between_reading_and_writing_is_a_lost_race(host: Host) -> None:
    id = host.office.submitted()
    host.connection.execute("BEGIN IMMEDIATE")
    host.write("before")
    joined = host.office.flow.within(host.connection)
    store = joined._parts.store
    load = store.load

    def stale(*asked: object) -> object:
        found, row = load(*asked)  # type: ignore[arg-type]
        return {key: held._replace(version=held.version - 1) for key, held in found.items()}, row

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "load", stale)
        with pytest.raises(ConcurrencyError):
            joined.acting_as(WARD).execute(Suspend(id, "đi học"))
    host.connection.execute("COMMIT")
    assert host.lines == ["before"]
    assert host.office.flow.verify().faults == ()


def test_a_repeated_command_id_is_answered_within(host: Host) -> None:
    id = host.office.issued()
    host.office.residence.execute(Submit(id, "1/GT"), command_id="scan-1")
    host.connection.execute("BEGIN IMMEDIATE")
    ward = host.office.flow.within(host.connection).acting_as(WARD)
    assert ward.execute(Submit(id, "1/GT"), command_id="scan-1").repeated
    host.connection.execute("COMMIT")


def test_several_commands_see_one_another(host: Host) -> None:
    group = host.office.group()
    host.connection.execute("BEGIN IMMEDIATE")
    joined = host.office.flow.within(host.connection)
    id = joined.acting_as(OFFICE).execute(an_issue()).stream
    joined.acting_as(WARD).execute(Submit(id, "1/GT"))
    joined.acting_as(WARD).execute(Assign(id, group))
    host.connection.execute("COMMIT")
    assert host.office.workplace.get(id).state == "assigned"
    assert host.office.flow.verify().faults == ()


def test_a_savepoint_of_the_hosts_takes_ours_back(host: Host) -> None:
    id = host.office.issued()
    host.connection.execute("BEGIN IMMEDIATE")
    host.connection.execute("SAVEPOINT host")
    host.office.flow.within(host.connection).acting_as(WARD).execute(Submit(id, "1/GT"))
    host.connection.execute("ROLLBACK TO host")
    host.write("kept")
    host.connection.execute("COMMIT")
    assert (host.lines, versions(host.office.workplace, id)) == (["kept"], [1])


def test_a_connection_without_a_transaction_is_refused_with_the_words_to_type(
    host: Host,
) -> None:
    with pytest.raises(NoTransaction, match="BEGIN IMMEDIATE"):
        host.office.flow.within(host.connection)


def test_closing_the_joined_flow_leaves_the_outer_one_open(host: Host) -> None:
    id = host.office.issued()
    host.connection.execute("BEGIN IMMEDIATE")
    with host.office.flow.within(host.connection) as joined:
        joined.acting_as(WARD).execute(Submit(id, "1/GT"))
    host.connection.execute("COMMIT")
    assert host.office.workplace.get(id).state == "submitted"


def test_a_tick_inside_is_a_run_when_the_host_commits(host: Host) -> None:
    for end in ("ROLLBACK", "COMMIT"):
        host.connection.execute("BEGIN IMMEDIATE")
        host.office.flow.within(host.connection).tick()
        assert host.office.flow.check().runs == {}
        host.connection.execute(end)
    assert set(host.office.flow.check().runs) == {"tick"}
