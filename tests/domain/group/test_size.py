"""A group of its own, of a size that can be managed (S8-S10)."""

from __future__ import annotations

from referral_flow.commands import Assign, CloseGroup, End, GroupKind
from tests.support.looking import codes, refused
from tests.support.province import Province


def test_a_group_has_a_venue_a_leader_and_a_name(anywhere: Province) -> None:
    here = anywhere
    group = here.ward.get(here.a_group(leader="m-3"))
    assert (group.residence, group.venue, group.leader) == ("r-1", "v-1", "m-3")
    assert (group.name, group.kind, group.seats) == ("Nhóm", "group", ())


def test_a_referred_member_is_never_put_into_the_residential_cell(anywhere: Province) -> None:
    here = anywhere
    cell = here.a_group(kind=GroupKind.CELL)
    refusals = refused(here, here.ward, Assign(here.a_submitted(), cell))
    assert codes(refusals) == ("merged_into_cell",)


def test_the_fifteenth_member_is_let_in_and_the_sixteenth_is_not(anywhere: Province) -> None:
    here = anywhere
    group, _ = here.a_group_of(14)
    here.an_assigned(group=group)
    assert len(here.ward.get(group).seats) == 15
    refusals = refused(here, here.ward, Assign(here.a_submitted(), group))
    assert codes(refusals) == ("group_full",)


def test_a_seat_given_back_is_free_for_another(here: Province) -> None:
    group, (first, *_) = here.a_group_of(15)
    here.office.execute(End(first, "retired"))
    assert here.ward.get(here.an_assigned(group=group)).group == group


def test_members_assigned_in_one_batch_count_for_the_limit(here: Province) -> None:
    group, _ = here.a_group_of(13)
    more = [here.a_submitted() for _ in range(4)]
    many = here.ward.execute_many(Assign(referral, group) for referral in more)
    assert many.done == 2
    assert [(row.row, codes(row.refusals)) for row in many.refused] == [
        (2, ("group_full",)),
        (3, ("group_full",)),
    ]


def test_an_empty_group_may_be_closed_and_a_left_one_too(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    here.office.execute(End(referral, "died"))
    assert here.ward.execute(CloseGroup(group)).value.state == "closed"
