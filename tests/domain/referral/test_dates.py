"""When it happened and when it was written down are two dates, with a limit between (S55)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from referral_flow.commands import End, Issue, Submit
from referral_flow.domain import dates
from referral_flow.domain.referral.lifecycle import REFERRAL
from referral_flow.engine.record import change
from tests.domain.referral.table import ON_EVERY_ROW, ROWS
from tests.domain.referral.ways import ASK, desk_of, doer, origin, ready_for
from tests.support.cases import Written, codes_of
from tests.support.looking import codes, refused
from tests.support.province import Province

A_DAY = timedelta(days=1)


def named(value: Any) -> str:
    return f"{value.command} from {value.start or 'nothing'}" if isinstance(value, Written) else ""


def way(here: Province, row: Written) -> tuple[Any, Any, str]:
    """Give desk, command and referral, ready to be done on this very day."""
    referral = ready_for(here, row.command, row.start, origin(row))
    return desk_of(here, doer(row), referral), ASK[row.command](here, referral), referral


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_day_that_has_not_come_is_refused(row: Written, here: Province) -> None:
    desk, command, _ = way(here, row)
    tomorrow = here.today + A_DAY
    refusals = refused(here, desk, change(command, on=tomorrow))
    assert codes(refusals) == ("date_in_future",)
    assert dict(refusals[0].data) == {"on": tomorrow, "today": here.today}


@pytest.mark.parametrize("row", [row for row in ROWS if row.start], ids=named)
def test_a_day_before_the_last_step_is_refused(row: Written, here: Province) -> None:
    here.clock.pass_days(2)  # The register is older than that day.
    desk, command, referral = way(here, row)
    last = here.superior.get(referral).last_step
    refusals = refused(here, desk, change(command, on=last - A_DAY))
    found = {refusal.code: refusal for refusal in refusals}
    assert dict(found["before_last_step"].data) == {"on": last - A_DAY, "last_step": last}


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_day_beyond_the_limit_is_refused_but_with_a_reason(row: Written, here: Province) -> None:
    desk, command, _ = way(here, row)
    day = here.today
    here.clock.pass_days(91)
    late = change(command, on=day)
    (refusal,) = refused(here, desk, late)
    assert (refusal.code, refusal.missing) == ("too_far_back", ("late_reason",))
    assert dict(refusal.data) == {"on": day, "limit": 90}
    assert codes(refused(here, desk, change(late, late_reason=" "))) == ("too_far_back",)
    done = desk.execute(change(late, late_reason="Sổ bị thất lạc."))
    entry = desk.history(done.stream, after=done.version - len(done.events))[0]
    assert entry.on == day
    assert entry.recorded_at == here.clock.now
    assert entry.words["late_reason"] == "Sổ bị thất lạc."


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_the_last_day_of_the_limit_needs_no_reason(row: Written, here: Province) -> None:
    desk, command, _ = way(here, row)
    day = here.today
    here.clock.pass_days(90)
    done = desk.execute(change(command, on=day))
    assert desk.history(done.stream, after=done.version - len(done.events))[0].on == day


def test_the_three_dates_stand_on_every_row() -> None:
    known = codes_of(dates)
    for row in REFERRAL.table.values():
        codes_here = {code for g in row.guards for code in known.get(g.__name__, ())}
        assert codes_here == {*ON_EVERY_ROW}


def test_a_day_begins_in_the_zone_of_the_installation(here: Province) -> None:
    here.clock.go_to(here.today, hour=23)
    today = here.today
    assert here.clock.now.date() == today
    here.clock.pass_days(2 / 24)
    assert here.clock.now.date() == today
    assert here.today == today + A_DAY
    done = here.office.execute(Issue("m-1", "r-1", here.a_paper(), on=today + A_DAY))
    assert done.value.timeline.issued_on == today + A_DAY


def test_a_paper_written_down_later_is_late_by_the_day_it_was_handed_in(here: Province) -> None:
    referral = here.an_issued()
    handed_in = here.today + timedelta(days=29)
    here.clock.pass_days(60)
    submit = Submit(referral, here.number_of(referral), on=handed_in)
    submitted = here.ward.execute(submit).value
    assert submitted.timeline.submitted_on == handed_in
    assert submitted.timeline.late_by == 0


def test_a_step_on_the_day_of_the_last_one_is_in_time(here: Province) -> None:
    referral = here.an_issued()
    done = here.office.execute(End(referral, "retired", on=here.today))
    assert done.value.last_step == here.today


def test_a_class_moves_no_last_step(here: Province) -> None:
    referral = here.an_evaluated()
    evaluated_on = here.today
    here.clock.pass_days(5)
    here.classify(referral)
    here.office.execute(End(referral, "retired", on=evaluated_on))
    assert here.office.get(referral).last_step == evaluated_on
