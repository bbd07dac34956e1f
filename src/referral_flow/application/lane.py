"""A thread of its own for one notifier, so that one that hangs holds up nobody else.

An executor of concurrent.futures would wait for the hanging thread when the process ends.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from attrs import frozen


@frozen
class Raised:
    """What was asked for ended with an error."""

    error: BaseException


class Outlived(Exception):
    """Say that no answer came in time; the lane is to be left alone."""


class Lane(Thread):
    """Does one thing after the other; one that was left alone ends when it comes back."""

    def __init__(self, name: str) -> None:
        super().__init__(name=f"referral-flow send {name}", daemon=True)
        self._asked: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self.start()

    def run(self) -> None:
        """Do what is asked until the end is."""
        while (job := self._asked.get()) is not None:
            try:
                answer = job()
            except BaseException as error:  # what exits in a thread must not pass unheard
                answer = Raised(error)
            self._answers.put(answer)

    def ask(self, job: Callable[..., Any], *given: Any, seconds: float) -> Any:
        """Give the answer to a job, or Raised; raises Outlived after so many seconds."""
        self._asked.put(partial(copy_context().run, job, *given))
        try:
            return self._answers.get(timeout=seconds)
        except Empty:
            self.end()
            raise Outlived from None

    def end(self) -> None:
        """Let the thread end after what it is at."""
        self._asked.put(None)
