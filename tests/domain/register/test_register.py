"""The register that the library keeps: committees, members, venues, and names beside them."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from referral_flow import Command, CommitteeKind, Refused, Role
from referral_flow.commands import (
    AddCommittee,
    AddMember,
    AddVenue,
    End,
    Issue,
    MarkNotIntroduced,
    MoveMember,
    OpenGroup,
)
from referral_flow.domain import dates
from referral_flow.domain.register import lifecycle
from referral_flow.domain.register.lifecycle import COMMITTEE, MEMBER, VENUE
from referral_flow.engine.record import change
from tests.support.cases import Asked, Case, Cases, codes_of, refusals_of, rows, written
from tests.support.looking import codes, refused
from tests.support.province import A_MONDAY, WHY, Province

A_DAY = timedelta(days=1)

ROWS = rows(
    """
    add_committee       | -    | kept      | operator
    add_member          | -    | kept      | operator
    add_venue           | -    | kept      | operator
    mark_not_introduced | kept | unchanged | workplace
    move_member         | kept | unchanged | operator
    """
)
ADDITIONS: list[Command[Any]] = [
    AddCommittee("c-1", CommitteeKind.RESIDENCE, "Phường", "p"),
    AddMember("q-1", "w-1", "Một người"),
    AddVenue("v-9", "Trường", "r-1", 20),
]

REFUSALS = Cases()
refuses = REFUSALS.refuses


@refuses(AddCommittee, "unknown_committee")
def under_a_committee_that_nobody_knows(here: Province) -> Asked:
    command = AddCommittee("c-1", CommitteeKind.WORKPLACE, "Sở", "c-0")
    return Asked(here.operator, command, {"committee": "c-0"})


@refuses(AddCommittee, "unknown_committee")
def under_itself(here: Province) -> Asked:
    command = AddCommittee("c-1", CommitteeKind.WORKPLACE, "Sở", "c-1")
    return Asked(here.operator, command, {"committee": "c-1"})


@refuses(AddCommittee, "already_registered")
def under_an_id_of_another_committee(here: Province) -> Asked:
    return Asked(here.operator, AddCommittee("w-1", CommitteeKind.RESIDENCE, "Phường"))


@refuses(AddMember, "not_a_workplace_committee")
def a_member_of_a_committee_that_manages_nobody(here: Province) -> Asked:
    command = AddMember("m-new", "r-1", "Đồng chí mẫu")
    return Asked(here.operator, command, {"committee": "r-1"})


@refuses(AddMember, "unknown_committee")
def of_a_committee_that_nobody_knows(here: Province) -> Asked:
    return Asked(here.operator, AddMember("q-1", "w-0", "Tên"), {"committee": "w-0"})


@refuses(AddMember, "already_registered")
def under_an_id_of_another_member(here: Province) -> Asked:
    return Asked(here.operator, AddMember("m-1", "w-2", "Tên"))


@refuses(AddVenue, "unknown_committee")
def at_a_committee_that_nobody_knows(here: Province) -> Asked:
    return Asked(here.operator, AddVenue("v-9", "Trường", "r-0"), {"committee": "r-0"})


@refuses(AddVenue, "already_registered")
def under_an_id_of_another_venue(here: Province) -> Asked:
    return Asked(here.operator, AddVenue("v-1", "Trường", "r-1"))


@refuses(MoveMember, "unknown_committee")
def to_a_committee_that_nobody_knows(here: Province) -> Asked:
    return Asked(here.operator, MoveMember("m-1", "w-0"), {"committee": "w-0"})


@refuses(MoveMember, "not_a_workplace_committee")
def to_a_committee_that_manages_nobody(here: Province) -> Asked:
    return Asked(here.operator, MoveMember("m-1", "r-1"), {"committee": "r-1"})


@refuses(MoveMember, "same_workplace")
def to_where_the_member_is(here: Province) -> Asked:
    return Asked(here.operator, MoveMember("m-1", "w-1"))


@refuses(MoveMember, "before_last_step")
def before_the_last_move(here: Province) -> Asked:
    return _before_a_move(here, MoveMember("m-1", "w-1", on=here.today))


@refuses(MarkNotIntroduced, "before_last_step")
def marked_before_the_last_move(here: Province) -> Asked:
    return _before_a_move(here, MarkNotIntroduced("m-1", on=here.today))


def _before_a_move(here: Province, command: Command[Any]) -> Asked:
    day = here.today
    here.clock.pass_days(1)
    here.operator.execute(MoveMember("m-1", "w-2"))
    desk = here.operator if isinstance(command, MoveMember) else here.other_office
    return Asked(desk, command, {"on": day, "last_step": here.today})


# --- the table


def test_the_rows_are_those_of_the_domain() -> None:
    found = written(COMMITTEE) | written(MEMBER) | written(VENUE)
    assert found == {*ROWS}


def test_every_code_of_every_row_is_reached() -> None:
    found: set[tuple[str, str]] = set()
    for table in (COMMITTEE, MEMBER, VENUE):
        found |= refusals_of(table, lifecycle)
    assert found == REFUSALS.reached
    every = {code for codes in codes_of(lifecycle).values() for code in codes}
    assert every == {code for _, code in REFUSALS.reached}


def test_two_dates_stand_on_every_row() -> None:
    known = codes_of(dates)
    for table in (COMMITTEE, MEMBER, VENUE):
        for row in table.table.values():
            found = {code for guard in row.guards for code in known.get(guard.__name__, ())}
            assert found == {"date_in_future", "before_last_step"}


@pytest.mark.parametrize("case", REFUSALS.all, ids=str)
def test_a_refusal_says_what_is_missing_and_changes_nothing(case: Case, anywhere: Province) -> None:
    asked = case.arrange(anywhere)
    (refusal,) = refused(anywhere, asked.desk, asked.command)
    assert (refusal.code, dict(refusal.data)) == (case.code, asked.data)


# --- adding


@pytest.mark.parametrize("command", ADDITIONS, ids=lambda command: type(command).__name__)
def test_the_operator_adds_and_nobody_else(command: Command[Any], anywhere: Province) -> None:
    here = anywhere
    for desk in (here.office, here.ward, here.superior, here.auditor):
        assert codes(refused(here, desk, command)) == ("not_permitted",)
    assert here.operator.execute(command).value.state == "kept"


@pytest.mark.parametrize("command", ADDITIONS, ids=lambda command: type(command).__name__)
def test_an_entry_of_a_day_that_has_not_come_is_refused(
    command: Command[Any], here: Province
) -> None:
    late = change(command, on=here.today + A_DAY)
    assert "date_in_future" in codes(refused(here, here.operator, late))


def test_an_entry_may_be_as_old_as_it_is(here: Province) -> None:
    here.operator.execute(AddCommittee("c-1", CommitteeKind.WORKPLACE, "Sở", on=date(1999, 5, 1)))
    done = here.operator.execute(AddMember("q-1", "c-1", "Tên", on=date(2001, 5, 1)))
    assert done.value.last_step == date(2001, 5, 1)


def test_one_id_may_be_a_member_and_a_venue(anywhere: Province) -> None:
    here = anywhere
    here.operator.execute(AddVenue("m-1", "Trường", "r-1"))
    group = here.ward.execute(OpenGroup("r-1", venue="m-1", leader="m-1")).value
    assert (group.venue, group.leader) == ("m-1", "m-1")


def test_of_two_additions_in_one_batch_the_second_is_refused(anywhere: Province) -> None:
    twice = [AddMember("q-1", "w-1", "Tên"), AddMember("q-1", "w-1", "Tên")]
    many = anywhere.operator.execute_many(twice)
    assert many.done == 1
    assert [(row.row, codes(row.refusals)) for row in many.refused] == [
        (1, ("already_registered",))
    ]


def test_what_came_earlier_in_a_batch_is_known_in_it(anywhere: Province) -> None:
    many = anywhere.operator.execute_many(
        [
            AddCommittee("c-1", CommitteeKind.SUPERIOR, "Tỉnh"),
            AddCommittee("c-2", CommitteeKind.WORKPLACE, "Sở", "c-1"),
            AddMember("q-1", "c-2", "Tên"),
            AddMember("q-2", "c-3", "Tên"),
        ]
    )
    assert many.done == 3
    assert [(row.row, codes(row.refusals)) for row in many.refused] == [(3, ("unknown_committee",))]


def test_an_entry_is_found_by_the_id_that_people_use(anywhere: Province) -> None:
    here = anywhere
    member = here.office.get("m-1")
    assert (member.key, member.workplace, member.introduce) == ("m-1", "w-1", True)
    assert here.operator.get("w-1").superior == "p"
    assert here.operator.get("v-1").places == 30


def test_a_member_is_found_by_the_own_workplace_only(here: Province) -> None:
    for desk in (here.other_office, here.ward, here.superior):
        for id in ("m-1", "m-0"):
            with pytest.raises(Refused) as caught:
                desk.get(id)
            assert caught.value.codes == ("not_found",)


# --- who is not to be introduced


def test_a_workplace_marks_a_member_and_no_reason_is_kept(anywhere: Province) -> None:
    here = anywhere
    marked = here.office.execute(MarkNotIntroduced("m-1")).value
    assert not marked.introduce
    entry = here.office.history("m-1")[-1]
    assert (entry.name, entry.words) == ("register.marked_not_introduced@1", {})
    command = Issue("m-1", "r-1", here.a_paper())
    assert codes(refused(here, here.office, command)) == ("not_to_be_introduced",)


def test_nobody_else_marks_a_member(here: Province) -> None:
    command = MarkNotIntroduced("m-1")
    assert codes(refused(here, here.operator, command)) == ("not_permitted",)
    for desk in (here.other_office, here.ward, here.superior):
        assert codes(refused(here, desk, command)) == ("not_found",)
        assert codes(refused(here, desk, MarkNotIntroduced("m-0"))) == ("not_found",)


def test_a_mark_before_the_member_was_there_is_refused(here: Province) -> None:
    early = MarkNotIntroduced("m-1", on=A_MONDAY - A_DAY)
    (refusal,) = refused(here, here.office, early)
    assert refusal.code == "before_last_step"
    assert dict(refusal.data) == {"on": A_MONDAY - A_DAY, "last_step": A_MONDAY}


# --- as of a day


def test_an_entry_is_there_from_its_day_on(anywhere: Province) -> None:
    here = anywhere
    here.clock.pass_days(10)
    here.operator.execute(AddMember("q-1", "w-1", "Tên"))
    register, before = here.flow.directory, here.today - A_DAY
    assert register.members(("q-1",), before) == {}
    assert register.members(("q-1",), here.today)["q-1"].workplace == "w-1"
    assert [register.count_members("w-1", day) for day in (before, here.today)] == [20, 21]
    issue = Issue("q-1", "r-1", here.a_paper(), on=before)
    assert codes(refused(here, here.office, issue)) == ("unknown_member",)


def test_a_committee_is_below_another_from_its_day_on(here: Province) -> None:
    here.clock.pass_days(10)
    here.operator.execute(AddCommittee("w-9", CommitteeKind.WORKPLACE, "Sở", "p"))
    register, before = here.flow.directory, here.today - A_DAY
    assert "w-9" not in register.below("p", before)
    assert "w-9" in register.below("p", here.today)
    assert register.committees(("w-9",), before) == {}
    assert register.above(("w-9",), here.today) == {"w-9": ("p",)}


def test_a_venue_is_there_from_its_day_on(here: Province) -> None:
    here.clock.pass_days(10)
    here.operator.execute(AddVenue("v-9", "Trường", "r-1", 20))
    register, before = here.flow.directory, here.today - A_DAY
    assert register.venues(("v-9",), before) == {}
    assert register.venues(("v-9",), here.today)["v-9"].places == 20
    command = OpenGroup("r-1", "v-9", on=before)
    assert codes(refused(here, here.ward, command)) == ("unknown_venue",)


def test_those_who_may_be_introduced_are_counted_as_of_a_day(here: Province) -> None:
    here.clock.pass_days(10)
    here.office.execute(MarkNotIntroduced("m-1"))
    register, before = here.flow.directory, here.today - A_DAY
    assert [register.count_eligible("w-1", day) for day in (before, here.today)] == [20, 19]
    assert [register.count_members("w-1", day) for day in (before, here.today)] == [20, 20]


# --- names

MADE_UP = "Zuzarte Qwibblestone"


def a_whole_story(here: Province) -> None:
    """Let everything happen to a member of this name, and deliver all of it."""
    here.operator.execute(AddMember("z-1", "w-1", MADE_UP))
    here.office.execute(MarkNotIntroduced("m-20"))
    referral = here.an_active("z-1")
    group = here.group_of(referral)
    here.contribute(group, here.hold(group, present=("z-1",)), "z-1")
    here.evaluate(referral, "good")
    here.classify(referral)
    here.office.execute(End(referral, "retired"))
    here.an_issued("z-1")
    here.a_day_passes(31)
    here.office.worklist()
    refused(here, here.office, Issue("z-1", "r-1", here.a_paper()))


def test_the_register_shows_names_and_no_entry_does(anywhere: Province) -> None:
    here = anywhere
    here.operator.execute(AddMember("z-1", "w-1", MADE_UP))
    register = here.flow.directory
    names = register.names(("z-1", "w-1", "v-1", "no-such"), here.today)
    assert names == {"z-1": MADE_UP, "w-1": "Cấp ủy w-1", "v-1": "Nhà văn hóa"}
    assert MADE_UP not in repr(register.members(("z-1",), here.today))
    assert MADE_UP not in repr(here.office.get("z-1"))


def test_a_name_lies_beside_and_nowhere_else_in_the_store(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "province.db"
    caplog.set_level(logging.DEBUG)
    here = Province(f"sqlite:///{place}", notifiers=("log:",))
    with here.flow:
        a_whole_story(here)
        beside = [f for f in (place, place.with_name("province.db-wal")) if f.exists()]
        assert any(MADE_UP.encode() in file.read_bytes() for file in beside)
        with closing(sqlite3.connect(place)) as store:
            assert tables_with(store, MADE_UP) == {"rf_words"}
            copy = tmp_path / "copy.db"
            with closing(sqlite3.connect(copy)) as other:
                store.backup(other)
                other.execute("DELETE FROM rf_words")
                other.commit()
                other.execute("VACUUM")
        assert MADE_UP.encode() not in copy.read_bytes()
    assert caplog.records
    assert MADE_UP not in caplog.text


def tables_with(store: sqlite3.Connection, text: str) -> set[str]:
    """Give the tables in which a text stands in any column of any row."""
    found = set()
    for (table,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in store.execute(f'SELECT * FROM "{table}"'):
            values = [v if isinstance(v, bytes) else str(v).encode() for v in row]
            if any(text.encode() in value for value in values):
                found.add(table)
    return found


def test_personal_words_lie_beside_and_nowhere_else_in_the_store(tmp_path: Path) -> None:
    place = tmp_path / "province.db"
    here = Province(f"sqlite:///{place}")
    with here.flow:
        referral = here.a_suspended()
        here.deliver()
        assert here.ward.history(referral)[-1].words == {"reason": WHY}
        with closing(sqlite3.connect(place)) as store:
            assert tables_with(store, WHY) == {"rf_words"}


def test_no_message_bears_a_name(here: Province) -> None:
    a_whole_story(here)
    assert here.notifier.sent
    assert MADE_UP not in repr(here.notifier.sent)


def test_a_member_of_the_role_is_no_workplace(here: Province) -> None:
    member = here.desk(Role.MEMBER, "w-1", "m-1")
    assert codes(refused(here, member, MarkNotIntroduced("m-1"))) == ("not_found",)


# --- who goes to another place of work


def test_a_member_who_was_moved_is_the_others_from_that_day_on(anywhere: Province) -> None:
    here = anywhere
    here.clock.pass_days(3)
    moved = here.operator.execute(MoveMember("m-1", "w-2", on=here.today - A_DAY)).value
    assert moved.workplace == "w-2"
    with pytest.raises(Refused):
        here.office.get("m-1")
    (*_, entry) = here.other_office.history("m-1")
    assert (entry.event.workplace, entry.event.former) == ("w-2", "w-1")
    assert here.other_office.execute(Issue("m-1", "r-1", here.a_paper())).version == 1
    assert codes(refused(here, here.office, Issue("m-1", "r-1", here.a_paper()))) == (
        "not_own_member",
    )


def test_members_are_counted_where_they_were_on_that_day(anywhere: Province) -> None:
    here = anywhere
    here.clock.pass_days(3)
    before = here.today - 2 * A_DAY
    here.operator.execute(MoveMember("m-1", "w-2", on=here.today - A_DAY))
    here.other_office.execute(MarkNotIntroduced("m-1"))
    for day, office, other in ((before, (20, 20), (4, 4)), (here.today, (19, 19), (5, 4))):
        for desk, expected in ((here.office, office), (here.other_office, other)):
            found = desk.figures(on=day)
            assert (found.members, found.eligible) == expected
        assert here.operator.figures(on=day).members == 24


def test_only_the_operator_moves_a_member(here: Province) -> None:
    for desk in (here.office, here.other_office, here.superior):
        expected = "not_permitted" if desk is here.office else "not_found"
        assert codes(refused(here, desk, MoveMember("m-1", "w-2"))) == (expected,)
