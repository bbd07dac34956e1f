"""Send one message: ask the hooks, keep the policy, and contain what the notifier does."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from referral_flow.application.delivery_hooks import DeliveryHooks, HookFailed, is_moment
from referral_flow.application.lane import Lane, Outlived, Raised
from referral_flow.application.parts import Parts, moment
from referral_flow.plugin_host import MOST_SECONDS, PluginFault, discard
from referral_flow.ports import (
    Accepted,
    Drop,
    Message,
    Notifier,
    OutboxRow,
    Outcome,
    Permanent,
    Quota,
    RetryAt,
)

logger = logging.getLogger("referral_flow.delivery")

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_A_MOMENT = timedelta(microseconds=1)


@frozen
class PutAside:
    """Not sent: it waits for the digest that is due then."""

    due: datetime


Held = Drop | datetime
"""Not sent: for ever, or until then."""


class Sender:
    """Sends for one run of `deliver`; remembers which notifiers take nothing more in it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._policy = parts.policy
        self._hooks = DeliveryHooks(parts)
        self._lanes: dict[str, Lane] = {}
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._granted = False
        later = parts.now() + _FIRST_PAUSE
        self._closed = {name: later for name in parts.notifiers if self._hangs(name)}

    def closed(self, notifier: str) -> bool:
        """Say whether a notifier takes nothing more in this run."""
        return notifier in self._closed

    def one(self, row: OutboxRow, message: Message) -> Outcome | Held | PutAside:
        """Send a message, or say until when it waits."""
        if until := self._closed.get(row.notifier):
            return Quota(until)
        if held := self.held(message):
            return held
        policy = self._policy
        if not policy.keeps(row.notifier):
            return self._send(row.notifier, message, row.tries)
        if policy.can_wait(message.kind):
            return PutAside(policy.digest_at(moment(row.due)))
        if until := policy.quiet_until(self._parts.now()):
            return until
        return self._counted(row.notifier, message, row.tries, ())

    def digest(self, notifier: str, message: Message, tries: int) -> Outcome | PutAside:
        """Send a digest, if it is the recipient's first by this notifier today."""
        if not self._policy.keeps(notifier):
            return self._send(notifier, message, tries)
        first = (f"digest/{notifier}/{message.recipient}", 1)
        return self._counted(notifier, message, tries, (first,))

    def _counted(
        self, notifier: str, message: Message, tries: int, limits: Sequence[tuple[str, int]]
    ) -> Outcome | PutAside:
        """Send what the recipient may still get today; the rest waits for the next digest."""
        policy, store, now = self._policy, self._parts.store, self._parts.now()
        # By notifier: a copy of the same message on another channel is one more to read.
        today, key = policy.day(now), f"{notifier}/{message.key}"
        limits = (*limits, (message.recipient, policy.rules.cap))
        self._granted = True
        if not store.grant(limits, today, key):
            return PutAside(policy.digest_at(now + _A_MOMENT))
        outcome = self._send(notifier, message, tries)
        if not isinstance(outcome, Accepted):
            store.give_back([name for name, _ in limits], today, key)
        return outcome

    def held(self, message: Message) -> RetryAt | Held | None:
        """Ask the hooks; what the rule compels is not dropped, whoever opted out (S57)."""
        try:
            return self._hooks.held(message, self._policy.is_compelled(message.kind))
        except HookFailed as failed:
            return RetryAt(None, failed.reason)

    def close_the_slowest(self) -> None:
        """Let the notifier that took most of the time take nothing more in this run."""
        name = max(self._spent, key=self._spent.__getitem__, default="")
        # Less than that, and it was a hook that was slow.
        if self._spent[name] >= MOST_SECONDS / 3:
            logger.warning("notifier %s is slow: the rest waits for the next run", name)
            self._closed[name] = self._parts.now() + _FIRST_PAUSE
        self._spent.clear()

    def let_go(self) -> None:
        """Let the threads of the notifiers end."""
        for lane in self._lanes.values():
            lane.end()

    def end(self) -> None:
        """Forget what was counted on days that are over."""
        if self._granted:
            yesterday = self._parts.now() - timedelta(days=1)
            self._parts.store.forget_grants(self._policy.day(yesterday))

    def _send(self, name: str, message: Message, tries: int) -> Outcome:
        notifier = self._parts.notifiers[name]
        try:
            addresses = self._hooks.addresses(message.recipient)
        except HookFailed as failed:
            return RetryAt(None, failed.reason)
        given = self._given(name, notifier, message, addresses)
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
        return self._heard(name, outcome, tries)

    def _given(
        self, name: str, notifier: Notifier, message: Message, addresses: Sequence[str]
    ) -> Any:
        """Give what `send` gave or raised, or why it is not waited for any more."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(name)
        seconds = getattr(notifier, "send_within", MOST_SECONDS)
        began = time.monotonic()
        try:
            return lane.ask(notifier.send, message, addresses, seconds=seconds)
        except Outlived:
            self._parts.hanging[name] = self._lanes.pop(name)
            self._closed[name] = self._parts.now() + _FIRST_PAUSE
            self._note(name, PluginFault("send_outlived", {"seconds": seconds}))
            return RetryAt(None, f"gave no answer within {seconds} seconds")
        finally:
            self._spent[name] += time.monotonic() - began

    def _heard(self, name: str, outcome: Outcome, tries: int) -> Outcome:
        if isinstance(outcome, RetryAt) and outcome.channel:
            now = self._parts.now()
            outcome = Quota(max(outcome.at or now + pause(tries), now))
        if isinstance(outcome, Quota):
            self._closed[name] = outcome.until
        return outcome

    def _hangs(self, name: str) -> bool:
        """Say whether an earlier `send` has not come back: two at once were never promised."""
        lane = self._parts.hanging.get(name)
        if lane is None:
            return False
        if lane.is_alive():
            logger.error("notifier %s still hangs in a send that was left alone", name)
            return True
        self._parts.hanging.pop(name, None)
        return False

    def _note(self, name: str, fault: PluginFault) -> None:
        plugin = self._parts.bringers.get(name)
        if plugin is None:
            logger.warning("notifier %s: %s", name, fault.says("en"))
        else:
            plugin.noted(fault)


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
