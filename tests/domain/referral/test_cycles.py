"""A cycle is a year: counters start anew, and what was evaluated goes on from where it was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from referral_flow.commands import Activate, Evaluate, OpenCycle, RecordAttendance, Reopen
from tests.support.looking import codes, findings, names, refused, timers
from tests.support.province import CRITERIA, NEW_YEAR, Province, morning

LAST_DAY = NEW_YEAR - timedelta(days=1)
ORIGINS = ("submitted", "assigned", "active", "suspended")


def the_year_turns(here: Province) -> None:
    here.clock.go_to(NEW_YEAR, hour=0)
    here.flow.tick()


# --- the turn of the year


@pytest.mark.parametrize("came_from", ORIGINS)
def test_the_new_cycle_opens_of_itself_where_the_old_one_left_off(
    came_from: str, anywhere: Province
) -> None:
    here = anywhere
    referral = here.an_evaluated(came_from=came_from)
    assert timers(here, referral) == {"cycle_turn": morning(NEW_YEAR, hour=0)}
    the_year_turns(here)
    assert here.ward.get(referral).state == came_from
    assert timers(here, referral) == {}
    opened = here.ward.history(referral)[-1]
    assert (opened.name, opened.on) == ("referral.cycle_opened@1", NEW_YEAR)
    assert (opened.actor.role, opened.event.cycle) == ("system", 2014)


def test_on_the_last_evening_the_cycle_still_runs(here: Province) -> None:
    referral = here.an_evaluated()
    here.clock.go_to(LAST_DAY, hour=23)
    assert here.flow.tick().fired == 0
    assert here.ward.get(referral).state == "evaluated"


def test_a_tick_that_comes_days_later_opens_the_cycle_then(here: Province) -> None:
    referral = here.an_evaluated()
    here.clock.go_to(date(2014, 1, 20))
    here.flow.tick()
    assert here.ward.get(referral).last_step == date(2014, 1, 20)


def test_a_superior_may_open_the_cycle_before_the_timer_does(here: Province) -> None:
    referral = here.an_evaluated()
    here.clock.go_to(NEW_YEAR)
    here.superior.execute(OpenCycle(referral))
    assert timers(here, referral) == {}
    assert here.flow.tick() == here.flow.tick()
    assert names(here.ward, referral)[-1] == "cycle_opened"


def test_a_comment_taken_back_leaves_no_timer(here: Province) -> None:
    referral = here.an_evaluated()
    here.ward.execute(Reopen(referral, "Ghi nhầm."))
    assert timers(here, referral) == {}
    the_year_turns(here)
    assert here.ward.get(referral).state == "active"


def test_who_was_not_evaluated_is_in_the_new_cycle_without_a_step(here: Province) -> None:
    referral = here.an_active()
    the_year_turns(here)
    assert here.ward.get(referral).state == "active"
    assert names(here.ward, referral)[-1] == "activated"


# --- counters


def test_the_counters_start_anew_with_the_year(anywhere: Province) -> None:
    here = anywhere
    group, (referral,) = here.a_group_of(1)
    for _ in range(3):
        here.contribute(group, here.hold(group, present=("m-1",)), "m-1")
    part = here.ward.get(referral).taking_part
    assert (part.cycle, part.called, part.present, part.contributions) == (2013, 3, 3, 3)
    here.clock.go_to(NEW_YEAR)
    here.hold(group)
    part = here.ward.get(referral).taking_part
    assert (part.cycle, part.called, part.present, part.contributions) == (2014, 1, 0, 0)


def test_a_run_of_absences_is_not_carried_into_the_new_year(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    here.hold(group)
    here.hold(group)
    here.clock.go_to(NEW_YEAR)
    here.hold(group)
    assert here.ward.get(referral).taking_part.absent_in_a_row == 1


def test_what_last_year_found_is_not_found_in_the_new_one(here: Province) -> None:
    group, _ = here.a_group_of(1)
    for _ in range(2):
        here.hold(group)
    of_last_year = {"absent_in_a_row", "irregular_attendance"}
    assert of_last_year <= findings(here.ward)
    here.clock.go_to(NEW_YEAR)
    assert not of_last_year & findings(here.ward)


def test_a_meeting_of_last_year_that_is_written_down_late_counts_in_no_other_year(
    here: Province,
) -> None:
    group, (referral,) = here.a_group_of(1)
    here.clock.go_to(LAST_DAY)
    meeting = here.a_called_meeting(group)
    here.clock.go_to(NEW_YEAR)
    here.hold(group)
    before = here.ward.get(referral).taking_part
    here.ward.execute(RecordAttendance(group, meeting, ("m-1",), on=LAST_DAY))
    assert here.ward.get(referral).taking_part == before
    assert here.ward.get(referral).state == "assigned"
    noted = [e for e in here.ward.history(referral) if e.name == "referral.attendance_noted@1"]
    assert [entry.event.cycle for entry in noted] == [2014, 2013]


def test_last_years_meetings_bear_no_rating_of_this_year(here: Province) -> None:
    group, (referral,) = here.a_group_of(1)
    here.contribute(group, here.hold(group, present=("m-1",)), "m-1")
    here.clock.go_to(date(2014, 11, 5))
    command = Evaluate(referral, "good", CRITERIA, "Nhận xét.")
    (refusal,) = refused(here, here.ward, command)
    assert refusal.code == "unsupported_rating"
    assert refusal.missing == ("attendance", "contributions_or_duties")


# --- the comments of several years


def test_each_cycle_has_its_own_comment_and_class(anywhere: Province) -> None:
    here = anywhere
    group, (referral,) = here.a_group_of(1)
    for year, rating in ((2013, "good"), (2014, "weak")):
        if rating == "good":
            here.contribute(group, here.hold(group, present=("m-1",)), "m-1")
        here.clock.go_to(date(year, 11, 5))
        here.evaluate(referral, rating)
        here.classify(referral, "completed")
        year_end = here.office.get(referral).year_end
        assert (year_end.cycle, year_end.rating) == (year, rating)
        here.clock.go_to(date(year + 1, 1, 1))
        here.flow.tick()
    cycles = [e.event.cycle for e in here.office.history(referral) if "classified" in e.name]
    assert cycles == [2013, 2014]


def test_every_event_bears_the_cycle_of_its_own_day(here: Province) -> None:
    referral = here.an_evaluated()
    the_year_turns(here)
    here.brought(referral, "ended")
    for entry in here.office.history(referral):
        assert entry.event.cycle == entry.on.year


def test_one_who_took_part_while_evaluated_may_be_called_active_afterwards(here: Province) -> None:
    referral = here.an_evaluated(came_from="assigned")
    here.hold(here.group_of(referral), present=(here.member_of(referral),))
    assert here.ward.get(referral).state == "evaluated"
    the_year_turns(here)
    assert here.ward.get(referral).state == "assigned"
    assert here.ward.execute(Activate(referral)).value.state == "active"


def test_a_second_comment_for_the_old_cycle_is_refused_in_the_new_one(here: Province) -> None:
    referral = here.an_evaluated()
    the_year_turns(here)
    late = Evaluate(referral, "weak", CRITERIA, "Nhận xét.", on=date(2013, 12, 1))
    assert "already_evaluated" in codes(refused(here, here.ward, late))
