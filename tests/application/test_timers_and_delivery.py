"""Timers fire once, messages arrive at least once: whoever does it, and whoever dies."""

from __future__ import annotations

import logging
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from referral_flow import ReferralFlow, hookimpl
from referral_flow.application.answers import Delivered
from referral_flow.commands import End, Submit
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.ports import Accepted, Drop, Message, Outcome, Permanent, Quota, RetryAt
from tests.application.office import START, Office

OVERDUE = START + timedelta(days=31)


@pytest.fixture(params=["memory:", "sqlite:///{}/office.db"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    office = Office(request.param.format(tmp_path))
    yield office
    office.flow.close()


def kinds(office: Office) -> list[str]:
    return [message.kind for message, _ in office.notifier.sent]


def _tick(url: str, start: float, results: multiprocessing.Queue[int]) -> None:
    now = datetime.fromtimestamp(start, UTC)
    with ReferralFlow(url, clock=lambda: now) as flow:
        results.put(flow.tick().fired)


def test_four_processes_fire_each_timer_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/office.db"
    office = Office(url)
    ids = [office.issued(n) for n in range(1, 10)]
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[int] = context.Queue()
    workers = [
        context.Process(target=_tick, args=(url, OVERDUE.timestamp(), results)) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    assert sum(results.get(timeout=5) for _ in workers) == len(ids)
    told = Counter(
        entry.name for id in ids for entry in office.workplace.history(id) if entry.version > 1
    )
    assert told == {"referral.overdue_told@1": len(ids)}
    assert office.flow.verify().faults == ()


def test_a_timer_whose_process_died_is_fired_by_another(office: Office) -> None:
    office.issued()
    office.now = OVERDUE
    store = office.flow._parts.store
    now = int(office.now.timestamp() * 1_000_000)
    (dead,) = store.lease_timers(now, now + 60_000_000, b"d" * 16, 10)
    assert office.flow.tick().fired == 0
    office.now += timedelta(seconds=61)
    assert office.flow.tick().fired == 1
    assert store.settle_timers([(dead.stream, dead.name)], b"d" * 16) == set()


def test_a_fired_timer_that_was_not_settled_is_not_fired_twice(office: Office) -> None:
    id = office.issued()
    office.now = OVERDUE
    store = office.flow._parts.store
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "settle_timers", lambda *asked: set())
        assert office.flow.tick().fired == 1
    office.now += timedelta(minutes=2)
    office.flow.tick()
    assert [entry.version for entry in office.workplace.history(id)] == [1, 2]


def test_a_guard_that_crashes_keeps_the_timer(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.issued()
    office.now = OVERDUE
    directory = office.flow._parts.store
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(directory, "append", _broken)
        assert office.flow.tick().failed == 1
    assert "comes again" in caplog.text
    office.now += timedelta(minutes=2)
    assert office.flow.tick().fired == 1


def _broken(_: object) -> None:
    from referral_flow.errors import StoreError

    raise StoreError(problem="the disk is full")


def test_messages_of_one_referral_arrive_in_order(office: Office) -> None:
    office.submitted()
    office.flow.deliver()
    assert kinds(office) == ["paper_received"]
    office.notifier.outcomes = [RetryAt(None, "busy")]
    id = office.issued(2)
    first = office.flow.deliver()
    assert (first.accepted, first.retried) == (0, 1)
    office.residence.execute(Submit(id, "2/GT"))
    office.now += timedelta(minutes=5)
    office.flow.deliver()
    assert kinds(office)[-1] == "paper_received"


def test_the_next_message_of_a_stream_waits_for_the_one_before(office: Office) -> None:
    office.issued()
    office.notifier.outcomes = [RetryAt(None, "busy")]
    assert office.flow.deliver().retried == 1
    assert office.flow.deliver().accepted == 0
    office.now += timedelta(minutes=2)
    assert office.flow.deliver().accepted == 2
    sent = [(message.kind, message.key.split("/")[2]) for message, _ in office.notifier.sent]
    assert sent == [("paper_issued", "0"), ("paper_issued", "0"), ("paper_to_expect", "1")]


def test_a_message_sent_and_not_settled_is_sent_again_under_the_same_key(office: Office) -> None:
    office.issued()
    store = office.flow._parts.store
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "settle_messages", lambda *asked: set())
        assert office.flow.deliver().lost == 1
    office.now += timedelta(minutes=2)
    office.flow.deliver()
    keys = [message.key for message, _ in office.notifier.sent]
    assert keys[0] == keys[1]


def test_a_delivery_killed_after_it_was_noted_is_noted_once(office: Office) -> None:
    id = office.issued()
    office.flow.deliver()
    office.now = OVERDUE
    office.flow.tick()
    store = office.flow._parts.store
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "settle_messages", lambda *asked: set())
        office.flow.deliver()
    office.now += timedelta(minutes=2)
    office.flow.deliver()
    names = [entry.name for entry in office.workplace.history(id)]
    assert names.count("referral.telling_settled@1") == 1
    assert kinds(office).count("paper_overdue") == 2


def test_what_is_never_accepted_becomes_a_dead_letter_and_lets_the_next_pass(
    office: Office,
) -> None:
    office.issued()
    office.notifier.outcomes = [Permanent("no such address")]
    delivered = office.flow.deliver()
    assert (delivered.parked, delivered.accepted) == (1, 1)
    assert office.flow.check().parked == 1


def test_tries_are_spent_at_last(office: Office) -> None:
    office.issued()
    office.notifier.outcomes = [RetryAt(None, "busy")] * 12
    for _ in range(11):
        assert office.flow.deliver().retried == 1
        office.now += timedelta(hours=7)
    assert office.flow.deliver().parked == 1


def test_a_quota_costs_no_try_and_holds_the_notifier(office: Office) -> None:
    office.issued(1)
    office.issued(2)
    until = office.now + timedelta(hours=1)
    office.notifier.outcomes = [Quota(until)]
    assert office.flow.deliver().held == 2
    assert len(office.notifier.sent) == 1
    office.now = until + timedelta(seconds=1)
    assert office.flow.deliver().accepted == 4


class Holding:
    """A plugin that holds or drops by kind."""

    def __init__(self, answers: dict[str, datetime | Drop]) -> None:
        self.answers = answers

    @hookimpl
    def referral_flow_hold(self, message: Message) -> datetime | Drop | None:
        return self.answers.get(message.kind)

    @hookimpl
    def referral_flow_addresses(self, recipient: str) -> Sequence[str]:
        return [f"{recipient}@example.org"]


def test_a_plugin_holds_drops_and_addresses() -> None:
    until = START + timedelta(hours=9)
    answers: dict[str, datetime | Drop] = {"paper_issued": until}
    office = Office("memory:", plugins=[Holding(answers)])
    office.issued()
    assert office.flow.deliver().held == 1
    answers["paper_to_expect"] = Drop("opted out")
    office.now = until + timedelta(seconds=1)
    del answers["paper_issued"]
    delivered = office.flow.deliver()
    assert (delivered.accepted, delivered.dropped) == (1, 1)
    assert [addresses for _, addresses in office.notifier.sent] == [("member:m-1@example.org",)]


class Careless:
    """Notifiers that do what they must not."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[return-value]


@pytest.mark.parametrize("answer", [None, "ok", True, OSError("secret@example.org")])
def test_a_careless_notifier_waits_and_leaks_nothing(
    answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office = Office("memory:", notifiers={"careless": Careless(answer)})
    office.issued()
    assert office.flow.deliver().retried == 1
    assert "secret" not in caplog.text


def test_each_notifier_gets_its_copy_under_one_key() -> None:
    first, second = RecordingNotifier(), RecordingNotifier([RetryAt(None, "busy")])
    office = Office("memory:", notifiers={"first": first, "second": second})
    office.issued()
    delivered = office.flow.deliver()
    assert (delivered.accepted, delivered.retried) == (2, 1)
    assert first.sent[0][0].key == second.sent[0][0].key


def test_nothing_queued_is_sent_after_the_end(office: Office) -> None:
    id = office.issued()
    office.workplace.execute(End(id, "died"))
    office.flow.deliver()
    assert kinds(office) == ["referral_ended", "referral_ended"]


def test_a_message_carries_no_name_rating_or_words(office: Office) -> None:
    id = office.submitted()
    office.now = datetime(2013, 11, 20, tzinfo=UTC)
    from referral_flow.commands import Evaluate

    criteria = dict.fromkeys(
        ("attendance", "contributions", "duties", "trust", "household"), "fair"
    )
    office.residence.execute(Evaluate(id, "weak", criteria, "ít tham gia", reason="bận"))
    office.flow.deliver()
    for message, _ in office.notifier.sent:
        written = repr(message)
        for secret in ("Đồng chí mẫu", "weak", "ít tham gia", "bận"):
            assert secret not in written


def test_an_accepted_message_is_gone_from_the_outbox(office: Office) -> None:
    office.issued()
    office.notifier.outcomes = [Accepted("id-1")]
    office.flow.deliver()
    assert office.flow.check().waiting == 0


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def test_a_tick_and_a_delivery_note_when_they_ended(office: Office) -> None:
    assert office.flow.check().runs == {}
    office.flow.tick()
    office.now = OVERDUE
    office.flow.deliver(limit=0)
    runs = {"tick": _microseconds(START), "deliver": _microseconds(OVERDUE)}
    assert office.flow.check().runs == runs


def test_what_only_looks_at_the_timers_is_no_run(office: Office) -> None:
    office.flow.tick(dry_run=True)
    assert office.flow.check().runs == {}


def test_what_was_queued_for_a_notifier_that_is_not_here_waits_for_it(office: Office) -> None:
    """However often somebody else delivers; it is never given up for that."""
    office.issued()
    elsewhere = ReferralFlow(
        office.flow._parts.store,
        notifiers={"other": RecordingNotifier()},
        clock=lambda: office.now,
    )
    for _ in range(13):
        assert elsewhere.deliver() == Delivered()
        office.now += timedelta(hours=7)
    assert office.flow.queues() == {"recorder": 2}
    assert office.flow.deliver().accepted == 2
