"""Verify sees every change that was made behind the library's back."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from referral_flow import Actor, CommitteeKind, Role
from referral_flow.codec import event_hash
from referral_flow.commands import AddCommittee, Evaluate, HandOver, MoveMember
from tests.application.office import Office

CRITERIA = dict.fromkeys(("attendance", "contributions", "duties", "trust", "household"), "fair")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    office = Office(f"sqlite:///{tmp_path}/office.db")
    id = office.submitted()
    office.now = datetime(2013, 11, 20, tzinfo=UTC)
    office.residence.execute(Evaluate(id, "weak", CRITERIA, "ít tham gia"))
    office.issued(2)
    assert office.flow.verify().faults == ()
    office.flow.close()
    return tmp_path / "office.db"


EVALUATED = "type = 'referral.evaluated@1'"

TAMPERED = {
    "an event rewritten": "UPDATE rf_event SET data = "
    f"CAST(replace(CAST(data AS TEXT), 'weak', 'good') AS BLOB) WHERE {EVALUATED}",
    "a day moved": f"UPDATE rf_event SET day = '2013-11-02' WHERE {EVALUATED}",
    "a mark changed": f"UPDATE rf_event SET mark = '2013:good' WHERE {EVALUATED}",
    "a move made up": "UPDATE rf_event SET left_requester = 'w-9', left_owner = '' "
    f"WHERE {EVALUATED}",
    "an event removed": "DELETE FROM rf_event WHERE type = 'referral.submitted@1'",
    "the last event removed": f"DELETE FROM rf_event WHERE {EVALUATED}",
    "words rewritten": 'UPDATE rf_words SET data = CAST(\'{"comment":"x"}\' AS BLOB) '
    "WHERE version = 3",
    "a snapshot rewritten": "UPDATE rf_stream SET data = "
    "CAST(replace(CAST(data AS TEXT), 'weak', 'good') AS BLOB) WHERE state = 'evaluated'",
    "a state moved": "UPDATE rf_stream SET state = 'active' WHERE state = 'evaluated'",
    "a label changed": "UPDATE rf_stream SET owner = 'r-9' WHERE state = 'evaluated'",
    "a due time changed": "UPDATE rf_stream SET due = due + 1 WHERE due IS NOT NULL",
    "a stream removed": "DELETE FROM rf_stream WHERE state = 'evaluated'",
    "a claim removed": "DELETE FROM rf_unique WHERE kind = 'open_referral'",
    "a claim made up": "INSERT INTO rf_unique SELECT 'paper', 'x', id FROM rf_stream LIMIT 1",
    "a timer removed": "DELETE FROM rf_timer",
    "a timer moved": "UPDATE rf_timer SET due = due + 1",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED.keys())
def test_it_finds(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    assert connection.execute(statement).rowcount > 0
    connection.close()
    office = Office(f"sqlite:///{path}", empty=False)
    office.now = datetime(2013, 3, 2, tzinfo=UTC)
    assert office.flow.verify().faults != ()
    office.flow.close()


def test_a_move_that_was_taken_out_is_found_though_the_hash_was_made_anew() -> None:
    office = Office("memory:")
    office.operator.execute(AddCommittee("w-2", CommitteeKind.WORKPLACE, "Cơ quan khác", "p-1"))
    id = office.submitted()
    office.operator.execute(MoveMember("m-1", "w-2"))
    other = office.flow.acting_as(Actor("u-4", Role.WORKPLACE, "w-2"))
    version = other.execute(HandOver(id)).version
    assert office.flow.verify().faults == ()
    events = office.flow._parts.store._tables.events  # type: ignore[attr-defined]
    key = (UUID(id).bytes, version)
    row = events[key]._replace(left_requester=None, left_owner=None)
    events[key] = row._replace(hash=event_hash(row.hashed()))
    (fault,) = office.flow.verify().faults
    assert fault.problem == "does not leave the labels of the last one"


def test_erased_words_are_no_fault(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DELETE FROM rf_words")
    connection.close()
    office = Office(f"sqlite:///{path}", empty=False)
    assert office.flow.verify().faults == ()
    office.flow.close()


def test_a_snapshot_of_another_format_is_made_anew(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    statement = "UPDATE rf_stream SET data = CAST('0:{}' AS BLOB) WHERE state = 'evaluated'"
    connection.execute(statement)
    connection.close()
    office = Office(f"sqlite:///{path}", empty=False)
    (referral,) = office.residence.find(state="evaluated")
    assert (referral.rating, referral.member) == ("weak", "m-1")
    office.flow.close()
