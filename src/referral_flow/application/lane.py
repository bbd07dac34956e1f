"""A thread of its own for one notifier, so that one that hangs holds up nobody else.

Jobs are handed over many at once: each hand-over costs two switches between threads.
An executor of concurrent.futures would wait for the hanging thread when the process ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from referral_flow.engine.record import Record

Job = Callable[[], Any]

TAKES_MORE = 1.0
"""Seconds after which a run begins no further job: what was asked before it may be old."""


class Raised(Record, gc=True):
    """What was asked for ended with an error."""

    # With `gc`: the trace of an error leads back to whoever holds it.
    error: BaseException


class Outlived(Exception):
    """Say that no answer came in time; the lane is to be left alone."""


class Run:
    """Jobs done one after the other in a lane, and watched from outside.

    A job that has not come back after `seconds` is not heard any more. After an answer of
    which `closes` is true no further job is begun.
    """

    def __init__(self, jobs: Sequence[Job], seconds: float, closes: Callable[[Any], bool]) -> None:
        self._context = copy_context()
        self._jobs = jobs
        self._seconds = seconds
        self._closes = closes
        # What was begun and what was left alone is decided in one place for both threads.
        self._lock = Lock()
        self._answers: list[Any] = []
        self._since: float | None = None
        self._left = False
        self._over = Event()

    def do(self) -> None:
        """Do the jobs, in the lane's thread."""
        try:
            until = time.monotonic() + TAKES_MORE
            for job in self._jobs:
                if not self._begun(until):
                    break
                answer, closes = _answer(job, self._context, self._closes)
                if not self._done(answer, closes):
                    break
        finally:
            self._over.set()

    def wait(self, seconds: float) -> bool:
        """Wait until the run is over, at most so long, and say whether it is.

        Raises Outlived where a job has taken all of its time.
        """
        with self._lock:
            since = self._since
        left = self._seconds if since is None else since + self._seconds - time.monotonic()
        if self._over.wait(max(0.0, min(seconds, left))):
            return True
        with self._lock:
            if self._since is None or time.monotonic() - self._since < self._seconds:
                return False
            self._left = True
            raise Outlived

    def leave(self) -> None:
        """Let no further job begin, and hear no further answer."""
        with self._lock:
            self._left = True

    def answers(self, after: int) -> Sequence[Any]:
        """Give what the jobs gave or raised so far, in their order, but the first ones."""
        with self._lock:
            return self._answers[after:]

    def _begun(self, until: float) -> bool:
        now = time.monotonic()
        with self._lock:
            if self._left or (self._answers and now > until):
                return False
            self._since = now
            return True

    def _done(self, answer: Any, closes: bool) -> bool:
        """Note an answer in time, and say whether another job may begin."""
        with self._lock:
            self._since = None
            if self._left:
                return False
            self._answers.append(answer)
            return not closes


def _answer(job: Job, context: Context, closes: Callable[[Any], bool]) -> tuple[Any, bool]:
    try:
        answer = context.copy().run(job)
        return answer, closes(answer)
    except BaseException as error:  # what exits in a thread must not pass unheard
        return Raised(error), False


class Lane(Thread):
    """Does one run after the other; one that was left alone ends when it comes back."""

    def __init__(self, name: str) -> None:
        super().__init__(name=f"referral-flow send {name}", daemon=True)
        self._asked: SimpleQueue[Run | None] = SimpleQueue()
        self.start()

    def run(self) -> None:
        """Do what is asked until the end is."""
        while (asked := self._asked.get()) is not None:
            asked.do()

    def begin(self, run: Run) -> None:
        """Let a run begin after those before it."""
        self._asked.put(run)

    def end(self) -> None:
        """Let the thread end after what it is at."""
        self._asked.put(None)
