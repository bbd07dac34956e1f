"""A run of jobs in a thread of its own: what was left alone is neither begun nor heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from referral_flow.application import lane
from referral_flow.application.lane import Lane, Outlived, Raised, Run


def goes_on(_answer: Any) -> bool:
    return False


@pytest.fixture
def begin() -> Iterator[Callable[[Run], Run]]:
    mine = Lane("test")

    def begin(run: Run) -> Run:
        mine.begin(run)
        return run

    yield begin
    mine.end()
    mine.join(60)
    assert not mine.is_alive()


def test_a_run_that_was_left_before_it_began_does_nothing(begin: Callable[[Run], Run]) -> None:
    done: list[int] = []
    run = Run([lambda: done.append(1)], 30, goes_on)
    run.leave()
    assert begin(run).wait(60)
    assert (done, run.answers(0)) == ([], [])


def test_a_late_answer_is_not_heard_and_nothing_follows_it(
    begin: Callable[[Run], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds, blocked, go, done = [0.0], Event(), Event(), list[str]()
    monkeypatch.setattr(lane, "time", SimpleNamespace(monotonic=lambda: seconds[0]))

    def hangs() -> str:
        seconds[0] += 31
        blocked.set()
        assert go.wait(60)
        return "late"

    run = begin(Run([lambda: "first", hangs, lambda: done.append("third")], 30, goes_on))
    assert blocked.wait(60)
    with pytest.raises(Outlived):
        run.wait(60)
    go.set()
    assert run._over.wait(60)
    assert (run.answers(0), done) == (["first"], [])


def test_a_job_that_has_time_left_is_waited_for(begin: Callable[[Run], Run]) -> None:
    go = Event()
    run = begin(Run([lambda: go.wait(60)], 30, goes_on))
    assert run.wait(0) is False
    go.set()
    assert run.wait(60)
    assert run.answers(0) == [True]


def test_what_a_job_raises_is_its_answer_and_the_next_goes_on(begin: Callable[[Run], Run]) -> None:
    def exits() -> None:
        raise SystemExit(3)

    run = begin(Run([exits, lambda: "second"], 30, goes_on))
    assert run.wait(60)
    raised, second = run.answers(0)
    assert isinstance(raised, Raised)
    assert isinstance(raised.error, SystemExit)
    assert second == "second"


def test_each_job_sees_the_context_of_who_asked_and_no_other(
    begin: Callable[[Run], Run],
) -> None:
    colour = ContextVar("colour", default="none")

    def painted() -> str:
        before = colour.get()
        colour.set("red")
        return before

    colour.set("blue")
    run = begin(Run([painted, painted], 30, goes_on))
    assert run.wait(60)
    assert run.answers(0) == ["blue", "blue"]
