"""What must not go unseen in a group: told to its residence, and gone when it is settled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral_flow import Role
from referral_flow.commands import End, RecordAttendance
from referral_flow.domain.group.findings import FINDINGS
from tests.support.looking import findings
from tests.support.province import Province


def of_groups(here: Province) -> set[str]:
    """Give what stands on the residence's worklist, having seen that nobody else has it."""
    others = (here.office, here.superior, here.auditor, here.operator, here.other_ward)
    found = {item.finding for item in here.ward.worklist() if item.kind == "group"}
    for other in (*others, here.desk(Role.GROUP_LEADER, person="m-20")):
        assert not found & findings(other)
    return found


def test_the_findings_are_those_of_the_domain() -> None:
    assert {f.code: tuple(map(str, f.tell)) for f in FINDINGS} == {
        "group_near_limit": ("residence",),
        "group_over_limit": ("residence",),
        "no_meeting_for_long": ("residence",),
    }


@pytest.mark.parametrize(("size", "found"), [(12, False), (13, True), (15, True)])
def test_a_group_that_is_nearly_full_is_found(size: int, found: bool, here: Province) -> None:
    here.a_group_of(size)
    assert ("group_near_limit" in of_groups(here)) == found


def test_a_group_is_not_near_its_limit_any_more_when_members_leave(anywhere: Province) -> None:
    here = anywhere
    _, (first, *_) = here.a_group_of(13)
    (item,) = [i for i in here.ward.worklist() if i.kind == "group"]
    assert dict(item.data) == {"members": 13, "limit": 15}
    here.office.execute(End(first, "retired"))
    assert of_groups(here) == set()


def test_a_group_that_has_not_met_for_long_is_found_until_it_meets(anywhere: Province) -> None:
    here = anywhere
    group, _ = here.a_group_of(1)
    opened = here.today
    here.clock.pass_days(120)
    assert of_groups(here) == set()
    here.clock.pass_days(1)
    (item,) = [i for i in here.ward.worklist() if i.kind == "group"]
    assert (item.finding, item.since) == ("no_meeting_for_long", opened)
    assert item.resolve == ("prepare_meeting", "call_meeting")
    here.hold(group)
    assert of_groups(here) == set()
    here.clock.pass_days(121)
    assert of_groups(here) == {"no_meeting_for_long"}


def test_the_day_of_the_meeting_counts_and_not_that_of_its_record(here: Province) -> None:
    group, _ = here.a_group_of(1)
    held = here.today
    meeting = here.a_called_meeting(group)
    here.clock.pass_days(60)
    here.ward.execute(RecordAttendance(group, meeting, (), on=held))
    here.clock.go_to(held + timedelta(days=121))
    assert of_groups(here) == {"no_meeting_for_long"}


def test_a_group_without_members_need_not_meet(here: Province) -> None:
    here.a_group()
    here.clock.pass_days(400)
    assert of_groups(here) == set()
