"""What is foreign and what does not exist get the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from referral_flow import Desk, Refused, Role
from referral_flow.commands import Assign, End, Issue, MarkNotIntroduced, Submit
from referral_flow.engine.record import change
from referral_flow.errors import ConfigurationError
from tests.domain.referral.table import OPEN_STATES, ROWS, STATES
from tests.domain.referral.ways import ASK, desk_of, doer, origin, ready_for
from tests.support.cases import Written
from tests.support.looking import codes, refused
from tests.support.province import Province

Outsider = Callable[[Province], Desk]

MISSING = "01890a5d-ac96-774b-bcce-b302099a8057"

OUTSIDERS: dict[str, Outsider] = {
    "another workplace": lambda here: here.other_office,
    "a third workplace": lambda here: here.desk(Role.WORKPLACE, "w-3"),
    "another residence": lambda here: here.other_ward,
    "a superior of others": lambda here: here.desk(Role.SUPERIOR, "p-9"),
    "a superior of nobody": lambda here: here.desk(Role.SUPERIOR),
    "another member": lambda here: here.desk(Role.MEMBER, person="m-20"),
    "a member under the committee's hat": lambda here: here.desk(Role.MEMBER, "w-1", "m-20"),
    "a group leader": lambda here: here.desk(Role.GROUP_LEADER, person="m-20"),
    "an auditor of others": lambda here: here.desk(Role.AUDITOR, "p-9"),
    "the operator": lambda here: here.operator,
    "the workplace under the wrong hat": lambda here: here.desk(Role.RESIDENCE, "w-1"),
    "the residence under the wrong hat": lambda here: here.desk(Role.WORKPLACE, "r-1"),
    "a role that is none": lambda here: here.desk("clerk", "w-1"),
}
ROWS_OF_A_REFERRAL = [row for row in ROWS if row.start is not None]


def named(value: Any) -> str:
    return f"{value.command} from {value.start}" if isinstance(value, Written) else str(value)


FOR_WHOEVER_HOLDS_THE_ID = {
    "submit": ("wrong_residence", ("another residence", "the workplace under the wrong hat")),
    "hand_over": ("not_own_member", ("a third workplace", "the residence under the wrong hat")),
}
"""Who may hold the paper, or have heard of the referral, and so ask; and what they hear."""


def heard(outsider: str, row: Written) -> str | None:
    code, those = FOR_WHOEVER_HOLDS_THE_ID.get(row.command, (None, ()))
    return code if outsider in those else None


@pytest.mark.parametrize("row", ROWS_OF_A_REFERRAL, ids=named)
def test_an_outsider_finds_nothing(row: Written, here: Province) -> None:
    referral = ready_for(here, row.command, row.start, origin(row))
    command: Any = ASK[row.command](here, referral)
    # The operator, who reads no referral, undoes what it adopted.
    inside = {"the operator"} if row.command == "undo_adoption" else set()
    for name in OUTSIDERS.keys() - inside:
        desk = OUTSIDERS[name](here)
        if desk.actor == desk_of(here, doer(row), referral).actor:
            continue
        foreign = refused(here, desk, command)
        missing = refused(here, desk, change(command, referral=MISSING))
        nonsense = refused(here, desk, change(command, referral="m-1"))
        assert codes(missing) == codes(nonsense) == ("not_found",), name
        if (code := heard(name, row)) is not None:
            assert [(each.code, dict(each.data)) for each in foreign] == [(code, {})], name
        else:
            assert foreign == missing == nonsense, name


@pytest.mark.parametrize("state", STATES)
def test_an_outsider_sees_nothing(state: str, here: Province) -> None:
    referral = here.in_state(state)
    for name, outsider in OUTSIDERS.items():
        desk = outsider(here)
        for look in (desk.get, desk.history, desk.explain):
            for id in (referral, MISSING, "x-1"):
                with pytest.raises(Refused) as caught:
                    look(id)
                assert caught.value.codes == ("not_found",), name


@pytest.mark.parametrize("row", ROWS_OF_A_REFERRAL, ids=named)
def test_who_may_look_and_not_touch_is_told_so(row: Written, here: Province) -> None:
    referral = ready_for(here, row.command, row.start, origin(row))
    command = ASK[row.command](here, referral)
    for role in ("workplace", "residence", "superior", "member", "auditor"):
        if role in row.roles:
            continue
        desk = desk_of(here, role, referral)
        assert codes(refused(here, desk, command)) == ("not_permitted",), role
        assert desk.get(referral).state == row.start


def test_the_bearer_of_a_foreign_paper_is_told_that_and_nothing_else(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    tomorrow = here.today.replace(day=here.today.day + 1)
    command = Submit(referral, "another number", on=tomorrow)
    (refusal,) = refused(here, here.other_ward, command)
    assert (refusal.code, dict(refusal.data), refusal.missing) == ("wrong_residence", {}, ())


@pytest.mark.parametrize("state", [state for state in STATES if state != "issued"])
def test_the_bearer_of_a_foreign_paper_that_was_handed_in_finds_nothing(
    state: str, here: Province
) -> None:
    referral = here.in_state(state)
    command = Submit(referral, here.number_of(referral))
    assert codes(refused(here, here.other_ward, command)) == ("not_found",)


@pytest.mark.parametrize("role", ["residence", "superior", "member", "auditor"])
def test_only_a_workplace_issues(role: str, here: Province) -> None:
    desk = desk_of(here, role, "")
    command = Issue("m-1", "r-1", here.a_paper())
    assert codes(refused(here, desk, command)) == ("not_permitted",)


def test_a_workplace_without_a_committee_has_no_members(here: Province) -> None:
    desk = here.desk(Role.WORKPLACE)
    command = Issue("m-1", "r-1", here.a_paper())
    assert codes(refused(here, desk, command)) == ("not_own_member",)


def test_of_the_members_of_others_a_workplace_hears_only_that_they_are_not_its_own(
    here: Province,
) -> None:
    here.an_issued("m-1")
    here.office.execute(MarkNotIntroduced("m-2"))
    for member in ("m-1", "m-2", "m-3"):
        command = Issue(member, "r-1", here.a_paper())
        (refusal,) = refused(here, here.other_office, command)
        assert (refusal.code, dict(refusal.data)) == ("not_own_member", {"member": member})


def test_nobody_acts_as_the_system(here: Province) -> None:
    with pytest.raises(ConfigurationError, match="system"):
        here.desk(Role.SYSTEM)


def test_a_group_of_others_is_not_found_by_its_id(here: Province) -> None:
    group = here.a_group(residence="r-2")
    for id in (group, MISSING):
        with pytest.raises(Refused) as caught:
            here.ward.get(id)
        assert caught.value.codes == ("not_found",)


def test_a_command_to_a_referral_does_not_find_a_group(here: Province) -> None:
    assert codes(refused(here, here.ward, Assign(here.a_group(), "g-1"))) == ("not_found",)


def test_everybody_concerned_finds_the_referral_and_nobody_else(here: Province) -> None:
    referral = here.an_active()
    here.other_office.execute(Issue("n-1", "r-2", here.a_paper()))
    concerned = [here.office, here.ward, here.the_member(referral)]
    for desk in concerned:
        assert [found.id for found in desk.find()] == [referral]
    for desk in (here.superior, here.auditor):
        assert len(desk.find()) == 2
    assert len(here.desk(Role.SUPERIOR, "p-9").find()) == 0
    assert len(here.desk(Role.MEMBER, person="m-20").find()) == 0


def test_the_operator_looks_at_no_referral_of_anybody(here: Province) -> None:
    here.an_evaluated()
    with pytest.raises(Refused) as caught:
        here.operator.find()
    assert caught.value.codes == ("not_permitted",)
    assert here.operator.worklist() == []


@pytest.mark.parametrize("state", OPEN_STATES)
def test_a_member_sees_the_own_referral_until_it_is_closed(state: str, here: Province) -> None:
    referral = here.in_state(state)
    desk = here.the_member(referral)
    assert desk.get(referral).state == state
    assert [found.id for found in desk.find()] == [referral]
    here.office.execute(End(referral, "duty_over"))
    assert len(desk.find()) == 0
