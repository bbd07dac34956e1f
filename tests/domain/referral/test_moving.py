"""Into another group, to another home, out of work: what goes on and what stops (S8, S58)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral_flow.commands import (
    End,
    Issue,
    KnownPaper,
    Reassign,
    RecordAttendance,
    RequestComment,
    Submit,
    Transfer,
    Void,
)
from tests.domain.referral.ways import moved
from tests.support.looking import codes, names, refused, timers
from tests.support.province import WHY, Province, Sent

# --- into another group


@pytest.mark.parametrize("state", ["assigned", "active"])
def test_one_seat_is_freed_and_another_taken_at_once(state: str, anywhere: Province) -> None:
    here = anywhere
    referral = here.in_state(state)
    old, new = here.group_of(referral), here.a_group()
    here.deliver()
    done = here.ward.execute(Reassign(referral, new))
    assert (done.value.state, done.value.group) == (state, new)
    assert here.ward.get(old).seats == ()
    (seat,) = here.ward.get(new).seats
    assert (seat.referral, seat.member) == (referral, "m-1")
    assert here.deliver() == (Sent("assigned_to_group", "member:m-1"),)
    moments = {here.ward.history(id)[-1].recorded_at for id in (referral, old, new)}
    assert moments == {here.clock.now}
    assert [names(here.ward, id)[-1] for id in (referral, old, new)] == [
        "reassigned",
        "member_left",
        "member_joined",
    ]


def test_the_first_group_is_not_told_of_when_the_second_is(here: Province) -> None:
    referral = here.a_submitted()
    here.deliver()
    here.brought(referral, "assigned")
    new = here.a_group()
    here.ward.execute(Reassign(referral, new))
    here.flow.deliver()
    ((message, _),) = here.notifier.sent[-1:]
    assert len([m for m, _ in here.notifier.sent if m.kind == "assigned_to_group"]) == 1
    assert message.params["group"] == new


def test_the_last_place_may_be_taken_and_the_one_that_was_left_too(here: Province) -> None:
    full, _ = here.a_group_of(14)
    referral = here.an_active()
    left = here.group_of(referral)
    here.ward.execute(Reassign(referral, full))
    assert len(here.ward.get(full).seats) == 15
    assert here.an_assigned(group=left)
    other = here.an_assigned()
    assert codes(refused(here, here.ward, Reassign(other, full))) == ("group_full",)


def test_a_meeting_of_the_old_group_is_noted_no_more_and_one_of_the_new_is(
    here: Province,
) -> None:
    referral = here.an_active()
    old, new = here.group_of(referral), here.a_group()
    meeting = here.a_called_meeting(old)
    here.ward.execute(Reassign(referral, new))
    here.ward.execute(RecordAttendance(old, meeting, ("m-1",)))
    assert here.ward.get(referral).taking_part.present == 1
    here.hold(new, present=("m-1",))
    assert here.ward.get(referral).taking_part.present == 2


# --- to another home


def onward_of(here: Province, referral: str, residence: str = "r-2") -> str:
    """Transfer one who moved, and give the referral that follows."""
    command = Transfer(referral, residence, here.a_paper())
    return str(here.office.execute(command).value.links.onward)


def test_a_transfer_links_both_ways(anywhere: Province) -> None:
    here = anywhere
    first = moved(here)
    here.deliver()
    paper = here.a_paper()
    done = here.office.execute(Transfer(first, "r-2", paper))
    onward = str(done.value.links.onward)
    assert (done.stream, done.value.state) == (first, "ended")
    second = here.office.get(onward)
    assert (second.state, second.links.origin, second.links.onward) == ("issued", first, None)
    assert (second.member, second.workplace, second.residence) == ("m-1", "w-1", "r-2")
    assert second.paper == KnownPaper.of(paper)
    assert second.timeline.deadline == here.today + timedelta(days=30)
    assert list(timers(here, onward)) == ["remind_member"]
    assert set(here.deliver()) == {
        Sent("paper_issued", "member:m-1"),
        Sent("paper_to_expect", "committee:r-2"),
    }
    assert names(here.office, first)[-2:] == ["transferred", "onward_noted"]
    issued = here.office.history(onward)[0]
    assert (issued.actor.role, issued.actor.on_behalf_of) == ("system", "u-1")


def test_the_new_paper_is_handed_in_at_the_new_home_and_at_no_other(here: Province) -> None:
    onward = onward_of(here, moved(here))
    number = here.number_of(onward)
    assert codes(refused(here, here.ward, Submit(onward, number))) == ("wrong_residence",)
    assert here.other_ward.execute(Submit(onward, number)).value.state == "submitted"
    assert here.the_member(onward).find().items[0].id == onward


def test_one_who_moved_on_may_move_again(here: Province) -> None:
    first = moved(here)
    second = onward_of(here, first)
    here.other_ward.execute(End(second, "moved"))
    third = onward_of(here, second, "r-1")
    assert here.office.get(third).links.origin == second
    assert here.office.get(second).links.origin == first
    assert here.office.get(second).links.onward == third


def test_a_transfer_that_was_refused_may_be_done_with_another_paper(here: Province) -> None:
    first = moved(here)
    wrong = here.a_paper(here.number_of(first))
    assert codes(refused(here, here.office, Transfer(first, "r-2", wrong))) == ("duplicate_paper",)
    assert here.office.get(first).links.onward is None
    here.office.execute(Transfer(first, "r-2", here.a_paper()))
    again = Transfer(first, "r-2", here.a_paper())
    assert codes(refused(here, here.office, again)) == ("already_transferred",)


@pytest.mark.parametrize("state", ["issued", "submitted", "active", "evaluated"])
def test_nobody_is_transferred_before_the_end(state: str, here: Province) -> None:
    command = Transfer(here.in_state(state), "r-2", here.a_paper())
    assert codes(refused(here, here.office, command)) == ("not_allowed_in_state",)


def test_of_a_transferred_one_that_is_voided_the_onward_one_goes_on(here: Province) -> None:
    first = moved(here)
    onward = onward_of(here, first)
    here.superior.execute(Void(first, WHY))
    assert here.office.get(onward).state == "issued"
    command = Issue("m-1", "r-1", here.a_paper())
    assert codes(refused(here, here.office, command)) == ("open_referral_exists",)


# --- imported in the name of a workplace


def test_an_import_issues_in_the_name_of_the_workplace(anywhere: Province) -> None:
    here = anywhere
    done = here.operator.execute(Issue("n-1", "r-1", here.a_paper("15/GT"), workplace="w-2"))
    assert (done.value.workplace, done.value.state) == ("w-2", "issued")
    assert here.other_office.get(done.stream).member == "n-1"
    again = Issue("n-2", "r-1", here.a_paper("15/GT"))
    assert codes(refused(here, here.other_office, again)) == ("duplicate_paper",)
    for workplace in ("w-1", "w-0", None):
        command = Issue("n-2", "r-1", here.a_paper(), workplace=workplace)
        assert codes(refused(here, here.operator, command)) == ("not_own_member",)


def test_a_workplace_issues_in_no_other_name(here: Province) -> None:
    command = Issue("n-1", "r-1", here.a_paper(), workplace="w-2")
    assert codes(refused(here, here.office, command)) == ("not_own_member",)


# --- out of work


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("retired", "transfer_to_expect"),
        ("moved", "referral_ended"),
        ("died", "referral_ended"),
        ("left_the_party", "referral_ended"),
    ],
)
def test_at_an_end_all_that_was_queued_is_withdrawn_and_the_home_is_told(
    reason: str, kind: str, anywhere: Province
) -> None:
    here = anywhere
    referral = here.an_evaluated(came_from="submitted")
    here.a_conflict(referral)
    here.office.execute(RequestComment(referral, "reward", here.today))
    here.office.execute(End(referral, reason))
    assert set(here.deliver()) == {
        Sent(kind, "committee:r-1"),
        Sent("referral_ended", "committee:w-1"),
    }
    assert timers(here, referral) == {}
    assert here.a_day_passes(400) == ()
    for desk in (here.office, here.ward, here.superior):
        assert desk.worklist() == []
