"""Clear messages before they are sent: ask the hooks, and keep the policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from referral_flow.application.delivery_hooks import DeliveryHooks, HookFailed
from referral_flow.application.parts import Parts, moment
from referral_flow.engine.record import Record
from referral_flow.ports import Drop, Message, OutboxRow, RetryAt

_A_MOMENT = timedelta(microseconds=1)


class PutAside(Record):
    """Not sent: it waits for the digest that is due then."""

    due: datetime


Held = Drop | datetime
"""Not sent: for ever, or until then."""


class Ready(NamedTuple):
    """A message that may be sent now; `grant` is what was counted for it (names, day, key)."""

    notifier: str
    message: Message
    addresses: Sequence[str]
    tries: int
    grant: tuple[Sequence[str], str, str] | None = None


class Clearing:
    """Says for one run of `deliver` what may be sent now, and counts what is counted by day."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._policy = parts.policy
        self._hooks = DeliveryHooks(parts)
        self._granted = False

    def counts(self, notifier: str) -> bool:
        """Say whether messages by this notifier are counted, one by one."""
        return self._policy.keeps(notifier)

    def message(self, row: OutboxRow, message: Message) -> Ready | RetryAt | Held | PutAside:
        """Make a message ready to be sent, or say until when it waits."""
        if held := self.held(message):
            return held
        policy = self._policy
        if not policy.keeps(row.notifier):
            return self._ready(row.notifier, message, row.tries, ())
        if policy.can_wait(message.kind):
            return PutAside(policy.digest_at(moment(row.due)))
        if until := policy.quiet_until(self._parts.now()):
            return until
        return self._ready(row.notifier, message, row.tries, (self._cap(message),))

    def digest(self, notifier: str, message: Message, tries: int) -> Ready | RetryAt | PutAside:
        """Make a digest ready, if it is the recipient's first by this notifier today."""
        if not self._policy.keeps(notifier):
            return self._ready(notifier, message, tries, ())
        first = (f"digest/{notifier}/{message.recipient}", 1)
        return self._ready(notifier, message, tries, (first, self._cap(message)))

    def held(self, message: Message) -> RetryAt | Held | None:
        """Ask the hooks; what the rule compels is not dropped, whoever opted out (S57)."""
        try:
            return self._hooks.held(message, self._policy.is_compelled(message.kind))
        except HookFailed as failed:
            return RetryAt(None, failed.reason)

    def give_back(self, ready: Ready) -> None:
        """Take back what was counted for a message that was not sent."""
        if ready.grant is not None:
            self._parts.store.give_back(*ready.grant)

    def end(self) -> None:
        """Forget what was counted on days that are over."""
        if self._granted:
            yesterday = self._parts.now() - timedelta(days=1)
            self._parts.store.forget_grants(self._policy.day(yesterday))

    def _cap(self, message: Message) -> tuple[str, int]:
        return message.recipient, self._policy.rules.cap

    def _ready(
        self, notifier: str, message: Message, tries: int, limits: Sequence[tuple[str, int]]
    ) -> Ready | RetryAt | PutAside:
        """Make ready what the recipient may still get today; the rest waits for the digest."""
        try:
            addresses = self._hooks.addresses(message.recipient)
        except HookFailed as failed:
            return RetryAt(None, failed.reason)
        if not limits:
            return Ready(notifier, message, addresses, tries)
        policy, now = self._policy, self._parts.now()
        # By notifier: a copy of the same message on another channel is one more to read.
        today, key = policy.day(now), f"{notifier}/{message.key}"
        self._granted = True
        if not self._parts.store.grant(limits, today, key):
            return PutAside(policy.digest_at(now + _A_MOMENT))
        names = [name for name, _ in limits]
        return Ready(notifier, message, addresses, tries, (names, today, key))
