"""What a plugin or notifier does at work: one that fails, exits or hangs harms only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event, current_thread, main_thread
from types import SimpleNamespace
from typing import Any

import pytest

from referral_flow import ReferralFlow, hookimpl
from referral_flow.application import delivery
from referral_flow.application.answers import Delivered
from referral_flow.commands import Suspend
from referral_flow.errors import StoreError
from referral_flow.hooks import Committed
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.ports import Accepted, Message, Outcome, Permanent, Quota, RetryAt
from tests.application.office import START, Office


class Hanging:
    """A notifier that does not come back until it is let go."""

    send_within = 0.01

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go, self.gone = Event(), Event()

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        self.begun.append(message.key)
        assert self.go.wait(60)
        self.gone.set()
        return Accepted("too late")


class Does:
    """A notifier that does what it is told, and keeps the threads in which it did."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act
        self.threads: list[Any] = []

    def send(self, message: Message, addresses: Sequence[str]) -> Any:
        self.threads.append(current_thread())
        return self.act()


def raising(error: BaseException) -> Callable[[], Any]:
    def act() -> Any:
        raise error

    return act


async def late() -> Outcome:
    return Accepted()


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.go.set()


def left_alone(office: Office, name: str) -> None:
    """Wait until a send that was let go has ended, thread and all."""
    lane = office.flow._parts.hanging[name]
    lane.join(60)
    assert not lane.is_alive()


# --- send


def test_beside_one_that_hangs_one_that_raises_and_one_that_exits_a_good_one_sends_all(
    hanging: Hanging, caplog: pytest.LogCaptureFixture
) -> None:
    good = RecordingNotifier()
    bad = {
        "hangs": hanging,
        "raises": Does(raising(RuntimeError("somebody@example.org"))),
        "exits": Does(raising(SystemExit(3))),
    }
    office = Office("memory:", notifiers={**bad, "good": good})
    for member in range(1, 6):
        office.issued(member)
    first = office.flow.deliver()
    # Two messages for each paper; those of one referral by one notifier wait for each other.
    assert len(good.sent) == first.accepted == 10
    assert (first.retried, first.held) == (5 + 5 + 1, 4)
    assert len(hanging.begun) == 1
    assert office.flow.dead_letters().items == ()
    assert caplog.messages.count("notifier hangs: “send” gave no answer within 0.01 seconds") == 1
    assert "somebody@" not in caplog.text
    for _ in range(40):
        office.now += timedelta(hours=7)
        office.flow.deliver()
    letters = office.flow.dead_letters(limit=100).items
    assert {(letter.notifier, letter.reason) for letter in letters} == {
        ("raises", "RuntimeError"),
        ("exits", "SystemExit"),
    }
    assert len(letters) == 20
    assert len(good.sent) == 10
    # What the one that hangs was not asked to send still waits for one that answers.
    assert office.flow.check().waiting == 10


def test_one_that_hangs_is_left_alone_until_it_has_come_back(hanging: Hanging) -> None:
    office = Office("memory:", notifiers={"hangs": hanging})
    office.issued()
    assert office.flow.deliver() == Delivered(0, 1, 0, 0, 0, 0)
    office.now += timedelta(minutes=2)
    assert office.flow.deliver() == Delivered(0, 0, 1, 0, 0, 0)
    assert len(hanging.begun) == 1
    hanging.go.set()
    left_alone(office, "hangs")
    office.now += timedelta(minutes=2)
    hanging.send_within = 20
    assert office.flow.deliver().accepted == 2
    assert hanging.begun[0] == hanging.begun[1]


def test_the_late_answer_settles_nothing(hanging: Hanging) -> None:
    office = Office("memory:", notifiers={"hangs": hanging})
    office.issued()
    office.flow.deliver()
    before = office.flow.check()
    hanging.go.set()
    assert hanging.gone.wait(60)
    left_alone(office, "hangs")
    after = office.flow.check()
    assert (after.waiting, after.parked) == (before.waiting, before.parked) == (2, 0)


def test_one_that_hangs_is_tried_by_another_process_meanwhile(
    hanging: Hanging, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/office.db"
    office = Office(url, notifiers={"mail": hanging})
    office.issued()
    office.flow.deliver()
    office.now += timedelta(minutes=2)
    good = RecordingNotifier()
    with ReferralFlow(url, clock=lambda: office.now, notifiers={"mail": good}) as other:
        assert other.deliver().accepted == 2
    assert good.sent[0][0].key == hanging.begun[0]
    hanging.go.set()
    left_alone(office, "mail")
    assert office.flow.check().waiting == 0
    office.flow.close()


def test_whoever_outlives_the_lease_settles_nothing_that_another_did(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/office.db"
    other_sent = RecordingNotifier()

    def addresses(recipient: str) -> list[str]:
        # Meanwhile the minute of the lease goes by, and somebody else goes on.
        if not other_sent.sent:
            office.now += timedelta(seconds=61)
            clock = lambda: office.now  # noqa: E731
            with ReferralFlow(url, clock=clock, notifiers={"recorder": other_sent}) as other:
                assert other.deliver().accepted == 2
        return []

    office = Office(url, addresses=addresses)
    office.issued()
    delivered = office.flow.deliver()
    assert (delivered.lost, delivered.accepted) == (1, 0)
    assert office.flow.check().waiting == 0
    office.flow.close()


def test_a_send_is_called_in_one_thread_of_its_own_for_each_run() -> None:
    notifier = Does(Accepted)
    office = Office("memory:", notifiers={"does": notifier})
    office.issued(1)
    office.issued(2)
    assert office.flow.deliver().accepted == 4
    assert len(set(notifier.threads)) == 1
    assert main_thread() not in notifier.threads
    notifier.threads[0].join(60)
    assert not notifier.threads[0].is_alive()


@pytest.mark.parametrize(
    "given",
    [
        None,
        "ok",
        True,
        late,
        Quota("tomorrow"),  # type: ignore[arg-type]
        Quota(datetime(2013, 3, 5, 7)),  # noqa: DTZ001 - what a careless notifier gives
        RetryAt("tomorrow", "busy"),  # type: ignore[arg-type]
        RetryAt(None, OSError("busy")),  # type: ignore[arg-type]
        Permanent(None),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_outcome_waits_and_is_named(
    given: Any, caplog: pytest.LogCaptureFixture
) -> None:
    act = given if callable(given) else lambda: given
    plugin = SimpleNamespace(
        referral_flow_notifiers=hookimpl(lambda: {"slips": lambda url: Does(act)})
    )
    plugin.__name__ = "slips"
    office = Office("memory:", plugins=[plugin], notifiers=["slips:upper"])
    office.issued()
    assert office.flow.deliver().retried == 1
    ours = office.flow.plugins[-1]
    assert (ours.state, "where an outcome is due" in ours.problem) == ("ok", True)
    assert "plugin slips#0" in caplog.text


@pytest.mark.parametrize("url", ["memory:", "sqlite:///{}/office.db"])
def test_a_reason_that_no_store_can_write_spoils_nothing(url: str, tmp_path: Path) -> None:
    reasons = ["half \udcff a letter", "a \0 in it", "long " * 10_000]
    notifiers = {str(n): Does(partial(Permanent, r)) for n, r in enumerate(reasons)}
    office = Office(url.format(tmp_path), notifiers={**notifiers, "good": RecordingNotifier()})
    office.issued()
    delivered = office.flow.deliver()
    assert (delivered.accepted, delivered.parked) == (2, 6)
    letters = office.flow.dead_letters().items
    assert {letter.reason[:12] for letter in letters} == {
        "half \\udcff ",
        "a   in it",
        "long long lo",
    }
    assert max(len(letter.reason) for letter in letters) == 500
    office.flow.close()


def takes(each: float, monkeypatch: pytest.MonkeyPatch) -> Does:
    """Give a notifier that needs so many seconds for a message, by a clock that it moves."""
    seconds = [0.0]
    clock = SimpleNamespace(monotonic=lambda: seconds[0])
    monkeypatch.setattr(delivery, "time", clock)
    monkeypatch.setattr("referral_flow.application.sending.time", clock)

    def slowly() -> Outcome:
        seconds[0] += each
        return Accepted()

    return Does(slowly)


def test_a_slow_notifier_holds_up_the_others_for_one_page_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    slow, good = takes(19, monkeypatch), RecordingNotifier()
    office = Office("memory:", notifiers={"slow": slow, "good": good})
    for member in range(1, 8):
        office.issued(member)
    delivered = office.flow.deliver()
    assert len(good.sent) == 14
    assert (len(slow.threads), delivered.accepted, delivered.lost) == (2, 16, 0)
    # The second message of a paper waits for its first, which waits for the next run.
    assert delivered.held == 7
    assert "notifier slow is slow" in caplog.text
    office.now += timedelta(minutes=2)
    office.flow.deliver()
    assert len(slow.threads) == 4


def test_a_limit_counts_what_was_sent_and_not_what_was_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, good = takes(31, monkeypatch), RecordingNotifier()
    office = Office("memory:", notifiers={"slow": slow, "good": good})
    for member in range(1, 4):
        office.issued(member)
    delivered = office.flow.deliver(limit=6)
    assert delivered.accepted + delivered.held == 6
    assert delivered.accepted == len(slow.threads) + len(good.sent)
    assert delivered.lost == 0


# --- addresses and hold


class Hooked:
    """A plugin whose hooks of a delivery give a value for members, or raise it."""

    def __init__(self, hook: str, value: Any) -> None:
        self.value = value
        self.hook = hook

    @hookimpl
    def referral_flow_addresses(self, recipient: str) -> Any:
        return self._give("addresses", recipient) or []

    @hookimpl
    def referral_flow_hold(self, message: Message) -> Any:
        return self._give("hold", message.recipient)

    def _give(self, hook: str, recipient: str) -> Any:
        if hook != self.hook or not recipient.startswith("member:"):
            return None
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value() if callable(self.value) else self.value


@pytest.mark.parametrize(
    ("hook", "value"),
    [
        ("addresses", RuntimeError("m-1 lives at home")),
        ("addresses", SystemExit("m-1 lives at home")),
        ("addresses", "m-1 lives at home"),
        ("addresses", ["here", 7]),
        ("addresses", {"m-1": "lives at home"}),
        ("addresses", late),
        ("hold", RuntimeError("m-1 lives at home")),
        ("hold", SystemExit("m-1 lives at home")),
        ("hold", "m-1 lives at home"),
        ("hold", True),
        ("hold", datetime(2013, 3, 5, 7)),  # noqa: DTZ001 - what a careless plugin gives
        ("hold", late),
    ],
)
def test_a_hook_that_fails_makes_its_message_wait_and_no_other(
    hook: str, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office("memory:", plugins=[Hooked(hook, value)])
    office.issued(1)
    office.submitted(2)
    delivered = office.flow.deliver()
    assert (delivered.retried, delivered.dropped, delivered.held) == (1, 0, 0)
    assert {message.recipient for message, _ in office.notifier.sent} == {"committee:w-1"}
    ours = office.flow.plugins[-1]
    assert (ours.state, f"referral_flow_{hook}" in ours.problem) == ("ok", True)
    assert f"plugin Hooked#0: “referral_flow_{hook}”" in caplog.text
    office.now += timedelta(minutes=2)
    for _ in range(11):
        office.flow.deliver()
        office.now += timedelta(hours=7)
    (letter,) = office.flow.dead_letters().items
    assert letter.reason.startswith("Hooked#0: ")
    assert "lives at home" not in caplog.text + letter.reason + ours.problem


def test_a_plugin_that_knows_no_address_may_give_none() -> None:
    class Silent:
        @hookimpl
        def referral_flow_addresses(self, recipient: str) -> None:
            return None

    office = Office("memory:", plugins=[Silent()], addresses=lambda recipient: ("here",))
    office.issued()
    office.flow.deliver()
    assert [addresses for _, addresses in office.notifier.sent] == [("here",)] * 2


def test_the_function_of_the_flow_is_held_to_the_same() -> None:
    office = Office("memory:", addresses=lambda recipient: "m-1@example.org")
    office.issued()
    assert office.flow.deliver().retried == 1


def test_a_hook_is_given_the_arguments_that_it_names() -> None:
    class Terse:
        @hookimpl
        def referral_flow_hold(self) -> datetime:
            return START + timedelta(days=1)

    office = Office("memory:", plugins=[Terse()])
    office.issued()
    assert office.flow.deliver().held == 1


def test_a_slow_hook_is_named_and_no_notifier_is_blamed_for_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seconds = [0.0]
    clock = SimpleNamespace(monotonic=lambda: seconds[0])
    for where in ("delivery", "sending", "delivery_hooks"):
        monkeypatch.setattr(f"referral_flow.application.{where}.time", clock)

    class Slow:
        @hookimpl
        def referral_flow_addresses(self, recipient: str) -> list[str]:
            seconds[0] += 7
            return [recipient]

    office = Office("memory:", plugins=[Slow()])
    for member in range(1, 8):
        office.issued(member)
    assert office.flow.deliver().accepted == 14
    assert "plugin Slow#0: “referral_flow_addresses” took 7.0 seconds" in caplog.text
    assert "is slow" not in caplog.text


def test_ctrl_c_in_a_hook_is_the_users_own() -> None:
    office = Office("memory:", plugins=[Hooked("hold", KeyboardInterrupt())])
    office.issued()
    with pytest.raises(KeyboardInterrupt):
        office.flow.deliver()


# --- committed


class Observer:
    """An observer that does something with each record, then keeps it."""

    def __init__(self, act: Callable[[Committed], Any] = lambda record: None) -> None:
        self.act = act
        self.heard: list[str] = []
        self.threads: set[Any] = set()

    @hookimpl
    def referral_flow_committed(self, record: Committed) -> Any:
        self.heard.append(record.command)
        self.threads.add(current_thread())
        return self.act(record)


def failing(error: BaseException) -> Callable[[Committed], Any]:
    def act(record: Committed) -> Any:
        raise error

    return act


@pytest.mark.parametrize(
    "act",
    [
        failing(RuntimeError("Đồng chí mẫu 1")),
        failing(SystemExit("Đồng chí mẫu 1")),
        lambda record: late(),
        lambda record: "Đồng chí mẫu 1",
    ],
)
def test_an_observer_that_fails_changes_nothing_and_keeps_nobody_from_hearing(
    act: Callable[[Committed], Any], caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = Observer(act), Observer()
    office = Office("memory:", plugins=[bad, good])
    id = office.issued()
    assert office.workplace.get(id).state == "issued"
    assert bad.heard == good.heard
    ours = office.flow.plugins[-2]
    assert (ours.state, "referral_flow_committed" in ours.problem) == ("ok", True)
    assert "plugin Observer#0" in caplog.text
    assert "Đồng chí" not in caplog.text


def test_an_observer_may_carry_out_a_command_which_is_told_when_all_heard_the_first() -> None:
    def suspend(record: Committed) -> None:
        if record.command == "submit":
            office.residence.execute(Suspend(record.stream, "đi học"))

    first, second = Observer(suspend), Observer()
    office = Office("memory:", plugins=[first, second])
    id = office.submitted()
    assert office.residence.get(id).state == "suspended"
    assert second.heard[-2:] == first.heard[-2:] == ["submit", "suspend"]
    assert first.threads == {main_thread()}


def test_what_an_observer_makes_follow_from_itself_without_end_is_cut_off(
    caplog: pytest.LogCaptureFixture,
) -> None:
    members = iter(range(2, 10**6))

    def again(record: Committed) -> None:
        from referral_flow.commands import AddMember

        if record.command == "issue" or (record.command == "add_member" and started):
            id = f"n-{next(members)}"
            office.operator.execute(AddMember(id, "w-1", "Đồng chí mẫu"))

    started: list[bool] = []
    circle = Observer(again)
    office = Office("memory:", plugins=[circle])
    started.append(True)
    before = len(circle.heard)
    office.issued()
    told = circle.heard[before:]
    assert told == ["issue", *["add_member"] * 8]
    assert "follows from itself without end" in caplog.text
    # The last one is done all the same: a command that was committed stays committed.
    assert next(members) == 2 + 9


def test_within_a_transaction_they_hear_after_the_commit_of_the_host(tmp_path: Path) -> None:
    import sqlite3

    observer = Observer()
    office = Office(f"sqlite:///{tmp_path}/office.db", plugins=[observer])
    before = len(observer.heard)
    host = sqlite3.connect(tmp_path / "office.db", isolation_level=None)
    host.execute("BEGIN IMMEDIATE")
    joined = office.flow.within(host)
    inside = Office.__new__(Office)
    inside.sit_down(joined)
    inside.issued()
    assert len(observer.heard) == before
    host.execute("COMMIT")
    joined.announce()
    assert observer.heard[before:] == ["issue"]
    host.close()
    office.flow.close()


def test_a_guard_that_exits_is_a_guard_that_crashed() -> None:
    from referral_flow import Refused
    from referral_flow.commands import Submit
    from referral_flow.engine import GuardFor

    def leaves(state: Any, command: Any, at: Any) -> Any:
        raise SystemExit(3)

    def waits(state: Any, command: Any, at: Any) -> Any:
        return late()

    guards = [GuardFor(Submit, leaves), GuardFor(Submit, waits)]
    plugin = SimpleNamespace(referral_flow_guards=hookimpl(lambda: guards), __name__="ours")
    office = Office("memory:", plugins=[plugin])
    id = office.issued()
    with pytest.raises(Refused) as refused:
        office.residence.execute(Submit(id, "1/GT"))
    crashes = [(r.code, r.guard, r.data["error"]) for r in refused.value.refusals]
    assert crashes == [
        ("guard_crashed", "leaves", "SystemExit"),
        ("guard_crashed", "waits", "TypeError"),
    ]


def test_a_store_that_fails_while_messages_are_sent_lets_the_threads_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notifier = Does(Accepted)
    office = Office("memory:", notifiers={"does": notifier})
    office.issued()

    def full(*asked: Any) -> set[bytes]:
        raise StoreError(problem="the disk is full")

    monkeypatch.setattr(office.flow._parts.store, "settle_messages", full)
    with pytest.raises(StoreError):
        office.flow.deliver()
    notifier.threads[0].join(60)
    assert not notifier.threads[0].is_alive()


def test_a_message_that_hangs_twelve_times_is_a_dead_letter(hanging: Hanging) -> None:
    office = Office("memory:", notifiers={"hangs": hanging})
    office.issued()
    for _ in range(12):
        office.flow.deliver()
        hanging.go.set()
        left_alone(office, "hangs")
        hanging.go.clear()
        office.now += timedelta(hours=7)
    (letter,) = office.flow.dead_letters().items
    assert (letter.notifier, letter.reason) == ("hangs", "gave no answer within 0.01 seconds")


def test_retry_at_is_still_an_answer() -> None:
    office = Office("memory:", notifiers={"does": Does(lambda: RetryAt(None, "busy"))})
    office.issued()
    assert office.flow.deliver().retried == 1
