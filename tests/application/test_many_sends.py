"""Messages are handed to a notifier's thread many at once; each is settled as if it were alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from referral_flow import ReferralFlow
from referral_flow.application import delivery, lane, sending
from referral_flow.application.answers import Delivered
from referral_flow.application.lane import Run
from referral_flow.ports import Accepted, Message, OutboxRow, Permanent, Quota, RetryAt, Store
from referral_flow.stores.memory import MemoryStore
from referral_flow.stores.sqlite import SqliteStore
from referral_flow.testing.store_clauses.rows import message, messages
from tests.application.office import START

HANGS = "hangs"
ANSWERS: dict[str, Any] = {
    "accepted": Accepted(),
    "retried": RetryAt(None, "busy"),
    "raised": OSError("no route"),
    "exited": SystemExit(3),
    "nothing": None,
    "parked": Permanent("nobody"),
    "quota": Quota(START + timedelta(hours=1)),
    "channel": RetryAt(None, "no session", channel=True),
    "slow": Accepted(),
    HANGS: HANGS,
}
CLOSES = ("quota", "channel", HANGS)
"""What lets its notifier take nothing more in this run."""
COUNTED = {
    "accepted": "accepted",
    "slow": "accepted",
    "parked": "parked",
    "quota": "held",
    "channel": "held",
}
"""How an answer is counted; all others are tried again."""


class Scripted:
    """A notifier that answers its sends in turn as it was told, and accepts all that follow.

    One that hangs lets the clock pass its time and comes back when it is let go.
    """

    def __init__(self, script: Sequence[str], clock: list[float]) -> None:
        self.script = list(script)
        self.clock = clock
        self.keys: list[str] = []
        self.go = Event()

    def send(self, message: Message, addresses: Sequence[str]) -> Any:
        self.keys.append(message.key)
        told = self.script.pop(0) if self.script else "accepted"
        answer = ANSWERS[told]
        self.clock[0] += 1.5 if told == "slow" else 0
        if answer is HANGS:
            self.clock[0] += 31
            assert self.go.wait(60)
            return Accepted("too late")
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Post:
    """A store with messages of as many streams for one notifier, and a clock to move."""

    def __init__(self, store: Store, script: Sequence[str], count: int) -> None:
        self.seconds = [0.0]
        self.now = START
        self.store = store
        self.notifier = Scripted(script, self.seconds)
        self.flow = ReferralFlow(store, clock=lambda: self.now, notifiers={"mail": self.notifier})
        body = b'{"to":"member:m-1","params":{}}'
        rows = [message(number, of=number) for number in range(1, count + 1)]
        store.append(messages(*(row._replace(data=body) for row in rows)))

    def left(self) -> list[OutboxRow]:
        """Give what waits, whenever it is due, without keeping the lease."""
        return self.store.lease_messages(1 << 60, 0, b"looks", 1000)

    def let_go(self) -> None:
        """Let a send that hangs come back, and wait until it has."""
        self.notifier.go.set()
        for left_alone in self.flow._parts.hanging.values():
            left_alone.join(60)
            assert not left_alone.is_alive()


@contextmanager
def posted(store: Store, script: Sequence[str], count: int) -> Iterator[Post]:
    """Give a post whose clock stands still while it sends, but where a send hangs."""
    post = Post(store, script, count)
    clock = SimpleNamespace(monotonic=lambda: post.seconds[0])
    with pytest.MonkeyPatch.context() as patch:
        for room in (delivery, sending, lane):
            patch.setattr(room, "time", clock)
        patch.setattr(sending, "_LOOKS_EVERY", 0.01)
        try:
            yield post
        finally:
            post.let_go()


def expected(script: Sequence[str], count: int) -> tuple[int, Counter[str]]:
    """Give how many are sent and how all are counted, by a plain walk over the answers."""
    answers = [*script, *["accepted"] * count][:count]
    counts: Counter[str] = Counter()
    for sent, answer in enumerate(answers, 1):
        counts[COUNTED.get(answer, "retried")] += 1
        if answer in CLOSES:
            counts["held"] += count - sent
            return sent, counts
    return count, counts


scripts = st.lists(
    st.sampled_from(sorted({*ANSWERS} - {"slow"})) | st.just("accepted") | st.just("accepted"),
    max_size=40,
)


@given(scripts, st.integers(0, 200))
@example(["accepted", "accepted", HANGS], 47)
@example(["accepted"] * 70 + [HANGS, "parked"], 130)
@example(["accepted"] * 5 + ["quota"], 100)
def test_each_of_many_is_sent_and_settled_as_if_it_were_alone(script: list[str], more: int) -> None:
    count = len(script) + more
    with posted(MemoryStore(), script, count) as post:
        sent, counts = expected(script, count)
        assert post.flow.deliver() == Delivered(**counts)
        # The oldest first, and nothing behind an answer that closes the notifier.
        assert post.notifier.keys == [f"key-{number}" for number in range(1, sent + 1)]
        tries = Counter(row.tries for row in post.left())
        tried_again = counts["retried"]
        assert tries == +Counter({1: tried_again, 0: counts["held"]})
        assert post.store.check().parked == counts["parked"]


@given(scripts, st.integers(0, 100))
@example(["accepted"] * 3 + [HANGS], 20)
def test_what_was_not_accepted_is_sent_in_the_next_run_and_nothing_else(
    script: list[str], more: int
) -> None:
    with posted(MemoryStore(), script, len(script) + more) as post:
        post.flow.deliver()
        post.let_go()
        waiting = sorted(row.key for row in post.left())
        post.notifier.keys.clear()
        post.notifier.script.clear()
        post.now += timedelta(hours=2)
        assert post.flow.deliver() == Delivered(accepted=len(waiting))
        assert sorted(post.notifier.keys) == waiting
        assert post.left() == []


@given(st.lists(st.sampled_from(["accepted", "slow", "retried"]), max_size=10), st.integers(0, 200))
@example(["accepted"] * 5 + ["slow"], 100)
def test_one_that_is_slow_changes_neither_what_is_sent_nor_its_order(
    script: list[str], more: int
) -> None:
    count = len(script) + more
    with posted(MemoryStore(), script, count) as post:
        _, counts = expected(script, count)
        assert post.flow.deliver() == Delivered(**counts)
        assert post.notifier.keys == [f"key-{number}" for number in range(1, count + 1)]


def test_one_that_hangs_in_the_middle_leaves_those_before_it_settled(tmp_path: Path) -> None:
    store = SqliteStore(f"sqlite:///{tmp_path}/post.db")
    with posted(store, ["accepted"] * 9 + ["parked", HANGS], 50) as post:
        assert post.flow.deliver() == Delivered(accepted=9, parked=1, retried=1, held=39)
        assert [(row.key, row.tries) for row in post.left() if row.tries] == [("key-11", 1)]
        late = post.left()
        post.let_go()
        assert post.left() == late
    store.close()


def test_while_one_hangs_those_before_it_are_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A death meanwhile sends again what hangs, not what was sent long before."""
    monkeypatch.setattr(sending, "_LOOKS_EVERY", 0.01)
    seen: list[int] = []

    class Slow(Scripted):
        def send(self, message: Message, addresses: Sequence[str]) -> Any:
            if message.key == "key-6":
                # Handed over together with 4, 5 and 7.
                monkeypatch.setattr(delivery, "UNSETTLED", -1.0)
                for _ in range(6000):
                    if (waiting := post.store.check().waiting) == 95:
                        break
                    self.go.wait(0.01)
                seen.append(waiting)
            return super().send(message, addresses)

    post = Post(MemoryStore(), [], 100)
    post.notifier.__class__ = Slow
    assert post.flow.deliver().accepted == 100
    assert seen == [95]


def test_what_was_sent_before_an_interrupt_is_settled() -> None:
    blocked, lock = Event(), Lock()
    wait = Run.wait

    def interrupted(run: Run, seconds: float) -> bool:
        if blocked.is_set():
            raise KeyboardInterrupt
        return wait(run, seconds)

    class Blocks(Scripted):
        def send(self, message: Message, addresses: Sequence[str]) -> Any:
            if message.key == "key-6":
                blocked.set()
                assert self.go.wait(60)
            with lock:
                return super().send(message, addresses)

    with posted(MemoryStore(), [], 20) as post, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Run, "wait", interrupted)
        post.notifier.__class__ = Blocks
        with pytest.raises(KeyboardInterrupt):
            post.flow.deliver()
        post.notifier.go.set()
        assert [row.key for row in post.left()] == [f"key-{number}" for number in range(6, 21)]
