"""Every row of a group: where it leads, for whom, and what refuses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from referral_flow import Command, Refused, Role
from referral_flow.commands import (
    CallMeeting,
    CloseGroup,
    OpenGroup,
    PrepareMeeting,
    RecordAttendance,
    RecordContribution,
)
from referral_flow.domain import dates
from referral_flow.domain.group import guards
from referral_flow.domain.group.lifecycle import GROUP
from referral_flow.engine.record import change
from tests.domain.group.refusals import REFUSALS
from tests.support.cases import Case, codes_of, refusals_of, rows, written
from tests.support.looking import codes, refused
from tests.support.province import CONTENT, Province

ROWS = rows(
    """
    open_group          | -    | open      | residence
    close_group         | open | closed    | residence
    prepare_meeting     | open | unchanged | residence
    call_meeting        | open | unchanged | residence
    record_attendance   | open | unchanged | residence group_leader
    record_contribution | open | unchanged | residence group_leader
    """
)
SYSTEM_ROWS = rows(
    """
    join  | open | unchanged | system
    leave | open | unchanged | system
    """
)
REFUSED_WITH = {
    "open_group": (
        "unknown_committee not_a_residence_committee unknown_venue venue_elsewhere unknown_member"
    ),
    "close_group": "group_not_empty",
    "prepare_meeting": "unknown_meeting already_recorded",
    "call_meeting": "meeting_not_prepared already_recorded",
    "record_attendance": "meeting_not_held already_recorded not_called reason_required",
    "record_contribution": "meeting_not_held not_called reason_required",
}
MISSING = "01890a5d-ac96-774b-bcce-b302099a8057"
A_DAY = timedelta(days=1)

Way = Callable[[Province], tuple[str, Command[Any]]]


def open_group(here: Province) -> tuple[str, Command[Any]]:
    return "", OpenGroup("r-1", "v-1", "m-20", "Nhóm 1")


def close_group(here: Province) -> tuple[str, Command[Any]]:
    group = here.a_group(leader="m-20")
    return group, CloseGroup(group)


def prepare_meeting(here: Province) -> tuple[str, Command[Any]]:
    group = here.a_group(leader="m-20")
    return group, PrepareMeeting(group, CONTENT)


def call_meeting(here: Province) -> tuple[str, Command[Any]]:
    group = here.a_group(leader="m-20")
    return group, CallMeeting(group, here.a_prepared_meeting(group))


def record_attendance(here: Province) -> tuple[str, Command[Any]]:
    group = here.a_group(leader="m-20")
    here.an_assigned("m-1", group)
    return group, RecordAttendance(group, here.a_called_meeting(group), ("m-1",))


def record_contribution(here: Province) -> tuple[str, Command[Any]]:
    group = here.a_group(leader="m-20")
    here.an_assigned("m-1", group)
    meeting = here.hold(group, present=("m-1",))
    return group, RecordContribution(group, meeting, "m-1", "Ý kiến.")


WAYS: dict[str, Way] = {
    way.__name__: way
    for way in (
        open_group,
        close_group,
        prepare_meeting,
        call_meeting,
        record_attendance,
        record_contribution,
    )
}
TO_A_GROUP = [way for name, way in WAYS.items() if name != "open_group"]


def named(value: Any) -> str:
    return str(getattr(value, "__name__", value))


# --- the table


def test_the_rows_are_those_of_the_domain() -> None:
    assert written(GROUP) == {*ROWS, *SYSTEM_ROWS}
    assert tuple(map(str, GROUP.closed)) == ("closed",)


def test_the_rows_refuse_with_the_codes_of_the_domain() -> None:
    expected = {(command, code) for command, all in REFUSED_WITH.items() for code in all.split()}
    assert refusals_of(GROUP, guards) == expected == REFUSALS.reached


def test_every_code_of_the_guards_is_reached() -> None:
    every = {code for codes in codes_of(guards).values() for code in codes}
    assert every == {code for _, code in REFUSALS.reached}


def test_the_three_dates_stand_on_every_row() -> None:
    known = codes_of(dates)
    for row in GROUP.table.values():
        found = {code for guard in row.guards for code in known.get(guard.__name__, ())}
        assert found == {"date_in_future", "before_last_step", "too_far_back"}


# --- each row


@pytest.mark.parametrize(
    ("command", "role", "end"),
    [(row.command, role, row.ends) for row in ROWS for role in row.roles],
)
def test_a_row_leads_where_it_says_for_each_whom_it_names(
    command: str, role: str, end: tuple[str, ...], anywhere: Province
) -> None:
    here = anywhere
    _, asked = WAYS[command](here)
    desk = here.ward if role == "residence" else here.desk(role, person="m-20")
    done = desk.execute(asked)
    assert (done.value.state,) == (end or ("open",))
    last = here.ward.history(done.stream)[-1]
    assert (last.actor, last.on, last.version) == (desk.actor, here.today, done.version)
    assert here.ward.get(done.stream) == done.value


@pytest.mark.parametrize("command", [row.command for row in ROWS])
def test_nobody_else_may_and_outsiders_find_nothing(command: str, here: Province) -> None:
    group, asked = WAYS[command](here)
    desks = {
        "the superior": here.superior,
        "an auditor": here.auditor,
        "a workplace": here.office,
        "another residence": here.other_ward,
        "a member of it": here.desk(Role.MEMBER, person="m-1"),
        "another leader": here.desk(Role.GROUP_LEADER, person="m-19"),
        "the operator": here.operator,
        "a role that is none": here.desk("clerk", "r-1"),
    }
    readers = ("the superior", "an auditor")
    for name, desk in desks.items():
        expected = "not_permitted" if not group or name in readers else "not_found"
        assert codes(refused(here, desk, asked)) == (expected,), name
        if group:
            of_group: Any = asked
            missing = change(of_group, group=MISSING)
            assert codes(refused(here, desk, missing)) == ("not_found",), name


def test_the_leader_of_a_group_does_not_prepare_call_or_close(here: Province) -> None:
    for way in (close_group, prepare_meeting, call_meeting):
        _, command = way(here)
        leader = here.desk(Role.GROUP_LEADER, person="m-20")
        assert codes(refused(here, leader, command)) == ("not_permitted",)


def test_a_closed_group_does_nothing_more(here: Province) -> None:
    group, command = prepare_meeting(here)
    here.ward.execute(CloseGroup(group))
    meeting = here.a_group()
    for asked in (
        command,
        CallMeeting(group, meeting),
        RecordAttendance(group, meeting, ()),
        RecordContribution(group, meeting, "m-1", "Ý kiến."),
        CloseGroup(group),
    ):
        (refusal,) = refused(here, here.ward, asked)
        assert refusal.code == "not_allowed_in_state"
        assert dict(refusal.data) == {"state": "closed", "allowed_in": ("open",)}


@pytest.mark.parametrize("case", REFUSALS.all, ids=str)
def test_a_refusal_says_what_is_missing_and_changes_nothing(case: Case, anywhere: Province) -> None:
    asked = case.arrange(anywhere)
    found = refused(anywhere, asked.desk, asked.command)
    assert codes(found) == (case.code, *asked.also)
    assert dict(found[0].data) == asked.data
    assert found[0].missing == asked.missing
    for language in ("vi", "en"):
        assert Refused(found).says(language)


# --- when


@pytest.mark.parametrize("way", WAYS.values(), ids=named)
def test_a_day_that_has_not_come_is_refused(way: Way, here: Province) -> None:
    _, command = way(here)
    assert "date_in_future" in codes(
        refused(here, here.ward, change(command, on=here.today + A_DAY))
    )


@pytest.mark.parametrize("way", TO_A_GROUP, ids=named)
def test_a_day_before_the_group_was_opened_is_refused(way: Way, here: Province) -> None:
    _, command = way(here)
    early = change(command, on=here.today - A_DAY)
    assert "before_last_step" in codes(refused(here, here.ward, early))


@pytest.mark.parametrize("way", WAYS.values(), ids=named)
def test_a_day_beyond_the_limit_needs_a_reason(way: Way, here: Province) -> None:
    _, command = way(here)
    day = here.today
    here.clock.pass_days(91)
    (refusal,) = refused(here, here.ward, change(command, on=day))
    assert (refusal.code, refusal.missing) == ("too_far_back", ("late_reason",))
    done = here.ward.execute(change(command, on=day, late_reason="Sổ bị thất lạc."))
    entry = here.ward.history(done.stream)[-1]
    assert entry.on == day
    assert entry.words is not None
    assert entry.words["late_reason"] == "Sổ bị thất lạc."
