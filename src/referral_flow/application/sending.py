"""Send messages that are ready, many at once, and contain what a notifier does."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from referral_flow.application.clearing import Clearing, Ready
from referral_flow.application.delivery_hooks import is_moment
from referral_flow.application.lane import Lane, Outlived, Raised, Run
from referral_flow.application.parts import Parts
from referral_flow.logs import logger
from referral_flow.plugin_host import MOST_SECONDS, PluginFault, discard
from referral_flow.ports import Accepted, Outcome, Permanent, Quota, RetryAt

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_LOOKS_EVERY = 1.0
"""Seconds for which what was sent may stay unheard while the messages behind it are sent."""
_QUICK = 0.05
_MOST_AT_ONCE = 64


class Sender:
    """Sends for one run of `deliver`; remembers which notifiers take nothing more in it."""

    def __init__(self, parts: Parts, clearing: Clearing) -> None:
        self._parts = parts
        self._clearing = clearing
        self._lanes: dict[str, Lane] = {}
        self._many: dict[str, int] = {}
        self._spent: defaultdict[str, float] = defaultdict(float)
        later = parts.now() + _FIRST_PAUSE
        self._closed = {name: later for name in parts.notifiers if self._hangs(name)}

    def closed(self, notifier: str) -> datetime | None:
        """Say until when a notifier takes nothing more; None for one that does."""
        return self._closed.get(notifier)

    def at_once(self, notifier: str) -> int:
        """Say how many messages to make ready for one `send`: more while they are sent quickly."""
        return 1 if self._clearing.counts(notifier) else self._many.get(notifier, 1)

    def send(self, ready: Sequence[Ready], hear: Callable[[Outcome], None]) -> int:
        """Send messages of one notifier in their order, and say how many.

        `hear` is given the outcome of each. Not sent is what follows an outcome that closes
        the notifier, or what would be sent too long after it was made ready.
        """
        name = ready[0].notifier
        notifier = self._parts.notifiers[name]
        seconds = getattr(notifier, "send_within", MOST_SECONDS)
        jobs = [partial(notifier.send, each.message, each.addresses) for each in ready]
        run = Run(jobs, seconds, _closes)
        heard, began = 0, time.monotonic()

        def hear_answers() -> None:
            nonlocal heard
            for given in run.answers(heard):
                heard += 1
                hear(self._outcome(ready[heard - 1], given))

        self._lane(name).begin(run)
        try:
            while not run.wait(_LOOKS_EVERY):
                hear_answers()
        except Outlived:
            hear_answers()
            heard += 1
            hear(self._outlived(ready[heard - 1], seconds))
        finally:
            # Also where the wait was interrupted: what was sent is to be settled.
            run.leave()
            hear_answers()
            for each in ready[heard:]:
                self._clearing.give_back(each)
        self._spend(name, time.monotonic() - began, all_of=len(ready) if heard == len(ready) else 0)
        return heard

    def close_the_slowest(self) -> None:
        """Let the notifier that took most of the time take nothing more in this run."""
        name = max(self._spent, key=self._spent.__getitem__, default="")
        # Less than that, and it was a hook that was slow.
        if self._spent[name] >= MOST_SECONDS / 3:
            logger("delivery").warning("notifier %s is slow: the rest waits for the next run", name)
            self._closed[name] = self._parts.now() + _FIRST_PAUSE
        self._spent.clear()

    def let_go(self) -> None:
        """Let the threads of the notifiers end."""
        for lane in self._lanes.values():
            lane.end()

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            self._lanes[name] = Lane(name)
        return self._lanes[name]

    def _spend(self, name: str, seconds: float, all_of: int) -> None:
        self._spent[name] += seconds
        self._many[name] = min(2 * all_of, _MOST_AT_ONCE) if all_of and seconds < _QUICK else 1

    def _outcome(self, ready: Ready, given: Any) -> Outcome:
        """Give the outcome that an answer is, or that stands for one that is none."""
        outcome = self._heard(ready.notifier, self._read(ready.notifier, given), ready.tries)
        if not isinstance(outcome, Accepted):
            self._clearing.give_back(ready)
        return outcome

    def _read(self, name: str, given: Any) -> Outcome:
        if isinstance(given, Raised):
            error = type(given.error).__name__
            self._note(name, PluginFault("send_raised", {"error": error}))
            return RetryAt(None, error)
        if not _is_outcome(given):
            discard(given)
            found = type(given).__name__
            detail = {"hook": "send", "found": found, "wanted": "outcome"}
            self._note(name, PluginFault("wrong_type", detail))
            return RetryAt(None, f"gave {found} where an outcome is due")
        outcome: Outcome = given
        return outcome

    def _heard(self, name: str, outcome: Outcome, tries: int) -> Outcome:
        if isinstance(outcome, RetryAt) and outcome.channel:
            now = self._parts.now()
            outcome = Quota(max(outcome.at or now + pause(tries), now))
        if isinstance(outcome, Quota):
            self._closed[name] = outcome.until
        return outcome

    def _outlived(self, ready: Ready, seconds: float) -> Outcome:
        """Leave a `send` alone that does not come back, and its notifier for this run."""
        name = ready.notifier
        lane = self._parts.hanging[name] = self._lanes.pop(name)
        lane.end()
        self._closed[name] = self._parts.now() + _FIRST_PAUSE
        self._note(name, PluginFault("send_outlived", {"seconds": seconds}))
        self._clearing.give_back(ready)
        return RetryAt(None, f"gave no answer within {seconds} seconds")

    def _hangs(self, name: str) -> bool:
        """Say whether an earlier `send` has not come back: two at once were never promised."""
        lane = self._parts.hanging.get(name)
        if lane is None:
            return False
        if lane.is_alive():
            logger("delivery").error("notifier %s still hangs in a send that was left alone", name)
            return True
        self._parts.hanging.pop(name, None)
        return False

    def _note(self, name: str, fault: PluginFault) -> None:
        plugin = self._parts.bringers.get(name)
        if plugin is None:
            logger("delivery").warning("notifier %s: %s", name, fault.says("en"))
        else:
            plugin.noted(fault)


def _closes(given: Any) -> bool:
    """Say whether an answer closes its notifier for the messages behind it as well."""
    return isinstance(given, Quota) or (isinstance(given, RetryAt) and bool(given.channel))


def _is_outcome(given: Any) -> bool:
    """Say whether it is an outcome, whole: one that is not would spoil those settled with it."""
    match given:
        case Accepted():
            return True
        case RetryAt(at, reason):
            return (at is None or is_moment(at)) and isinstance(reason, str)
        case Permanent(reason):
            return isinstance(reason, str)
        case Quota(until):
            return is_moment(until)
        case _:
            return False


def pause(tries: int) -> timedelta:
    """Give the pause before the next try: doubled each time, up to a bound."""
    longer: timedelta = _FIRST_PAUSE * 2**tries
    return min(longer, _LONGEST_PAUSE)
