"""Send one message: ask the hooks, keep the policy, and contain what the notifier does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from referral_flow.application.parts import Parts, moment
from referral_flow.ports import (
    Accepted,
    Drop,
    Message,
    OutboxRow,
    Outcome,
    Permanent,
    Quota,
    RetryAt,
)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_A_MOMENT = timedelta(microseconds=1)
_NAIVE = "gave a time without a zone"


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
        self._closed: dict[str, datetime] = {}
        self._granted = False

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
            for _, call in self._parts.host.calls("referral_flow_hold"):
                held = call(message)
                if isinstance(held, datetime):
                    return held if held.tzinfo is not None else RetryAt(None, _NAIVE)
                if isinstance(held, Drop) and not self._policy.is_compelled(message.kind):
                    return held
        except Exception as error:
            # Only the class is kept: the words of an error may hold an address.
            return RetryAt(None, type(error).__name__)
        return None

    def end(self) -> None:
        """Forget what was counted on days that are over."""
        if self._granted:
            yesterday = self._parts.now() - timedelta(days=1)
            self._parts.store.forget_grants(self._policy.day(yesterday))

    def _send(self, name: str, message: Message, tries: int) -> Outcome:
        try:
            given: Any = self._parts.notifiers[name].send(
                message, self._addresses(message.recipient)
            )
        except Exception as error:
            return RetryAt(None, type(error).__name__)
        if not isinstance(given, Accepted | RetryAt | Permanent | Quota):
            return RetryAt(None, f"gave {type(given).__name__} where an outcome is due")
        outcome: Outcome = given
        if not _is_aware(outcome):
            return RetryAt(None, _NAIVE)
        if isinstance(outcome, RetryAt) and outcome.channel:
            now = self._parts.now()
            outcome = Quota(max(outcome.at or now + pause(tries), now))
        if isinstance(outcome, Quota):
            self._closed[name] = outcome.until
        return outcome

    def _addresses(self, recipient: str) -> Sequence[str]:
        found = [] if self._parts.addresses is None else list(self._parts.addresses(recipient))
        for _, call in self._parts.host.calls("referral_flow_addresses"):
            found += call(recipient) or ()
        return found


def _is_aware(outcome: Outcome) -> bool:
    match outcome:
        case RetryAt(at, _):
            return at is None or at.tzinfo is not None
        case Quota(until):
            return until.tzinfo is not None
        case _:
            return True


def pause(tries: int) -> timedelta:
    """Give the pause before the next try: doubled each time, up to a bound."""
    longer: timedelta = _FIRST_PAUSE * 2**tries
    return min(longer, _LONGEST_PAUSE)
