"""After an outage: seen before it is done, nobody is stormed, and nobody is skipped (S57)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from referral_flow.commands import Submit
from referral_flow.ports import RetryAt
from tests.application.office import START, Office
from tests.application.test_messages import at, respectful

OVERDUE = START + timedelta(days=31)
MEMBERS = range(1, 9)


@pytest.fixture(params=["memory:", "sqlite:///{}/office.db"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    office = respectful(request.param.format(tmp_path))
    yield office
    office.flow.close()


def run(office: Office, now: datetime) -> Counter[tuple[str, str]]:
    """Tick and deliver at a time; give who was told what, and how often."""
    office.now = now
    office.flow.tick()
    office.flow.deliver()
    sent, office.notifier.sent = office.notifier.sent, []
    return Counter((message.recipient.partition(":")[0], message.kind) for message, _ in sent)


# --- before it is done


def test_a_dry_run_says_who_would_be_told_and_changes_nothing(office: Office) -> None:
    id = office.issued()
    office.now = OVERDUE
    before = office.flow.check()
    (due,) = office.flow.tick(dry_run=True)
    assert (due.stream, due.timer, due.command) == (id, "remind_member", "tell_overdue")
    assert due.recipients == ("member:m-1",)
    assert due.due <= office.now
    assert due.refusals == ()
    assert office.flow.check() == before
    assert [entry.version for entry in office.workplace.history(id)] == [1]
    assert office.flow.tick().fired == 1
    assert office.flow.tick(dry_run=True) == ()


def test_a_dry_run_takes_no_lease_and_a_limit(office: Office) -> None:
    for member in (1, 2, 3):
        office.issued(member)
    office.now = OVERDUE
    assert len(office.flow.tick(2, dry_run=True)) == 2
    assert office.flow.tick(1).fired == 1
    assert len(office.flow.tick(dry_run=True)) == 2
    assert office.flow.tick().fired == 2


def test_a_dry_run_says_why_a_timer_would_tell_nobody(office: Office) -> None:
    id = office.issued()
    office.now = OVERDUE
    store = office.flow._parts.store
    (timer,) = store.due_timers(1 << 60, 1)
    office.residence.execute(Submit(id, "1/GT"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "due_timers", lambda *asked: [timer, timer._replace(name="none")])
        submitted, unknown = office.flow.tick(dry_run=True)
    assert submitted.recipients == ()
    assert unknown.command == ""
    assert all(due.refusals for due in (submitted, unknown))


# --- three weeks without a tick


def test_three_weeks_of_silence_are_no_storm(office: Office) -> None:
    """Eight papers are overdue for three weeks when somebody starts the machine at night."""
    for member in MEMBERS:
        office.issued(member)
    run(office, at(2, "07:00"))
    back = at(21, "22:00", 4)
    assert run(office, back) == {}, "nobody is woken"
    assert run(office, at(22, "06:31", 4)) == {("member", "paper_overdue"): 8}
    # Each step counts from the delivery of the one before: no one hears of what was not told.
    assert run(office, at(28, "20:59", 4)) == {}
    assert run(office, at(29, "06:32", 4)) == {("committee", "paper_overdue"): 5}
    assert run(office, at(29, "20:00", 4)) == {}, "five a day, and the rest as one"
    assert run(office, at(30, "07:00", 4)) == {("committee", "digest"): 1}
    office.now = at(31, "12:00", 5)
    superior = [d for d in office.flow.tick(dry_run=True) if d.recipients == ("committee:p-1",)]
    assert Counter(due.due for due in superior) == {
        at(13, "06:32", 5): 5,
        at(14, "07:00", 5): 3,
    }


def test_three_weeks_of_undelivered_messages_are_one_digest_each(office: Office) -> None:
    """Ticks went on, but nothing was delivered: what waited comes as one, once it is day."""
    for member in MEMBERS:
        office.submitted(member)
        office.now += timedelta(days=2)
    assert run(office, at(21, "22:00")) == {}
    assert run(office, at(22, "06:31")) == {("committee", "digest"): 1}
    assert run(office, at(22, "07:00")) == {}
    assert office.flow.check().waiting == 0


def test_a_limit_leaves_the_rest_for_the_next_run(office: Office) -> None:
    for member in MEMBERS:
        office.issued(member)
    run(office, at(2, "07:00"))
    office.now = at(22, "09:00", 4)
    office.flow.tick()
    assert office.flow.deliver(3).accepted == 3
    assert office.flow.deliver(3).accepted == 3
    assert office.flow.deliver().accepted == 2


def test_a_channel_in_trouble_costs_no_try_and_holds_the_run() -> None:
    office = Office("memory:")
    for member in MEMBERS:
        office.issued(member)
    office.notifier.outcomes = [RetryAt(None, "no session", channel=True)] * 20
    for _ in range(20):
        delivered = office.flow.deliver()
        assert (delivered.held, delivered.retried) == (8, 0)
        office.now += timedelta(hours=1)
    assert len(office.notifier.sent) == 20
    assert office.flow.deliver().accepted == 16
