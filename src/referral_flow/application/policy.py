"""When people are told: not at night, what can wait as one digest, never too often (S57)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo

from referral_flow.domain.rules.rule_set import MessagesRules
from referral_flow.engine.record import Record
from referral_flow.errors import ConfigurationError
from referral_flow.ports import Notifier

RESPECTFUL, AT_ONCE = "respectful", "at once"


class Policy(Record):
    """The rules of messages in the installation's zone, and the notifiers that keep them."""

    rules: MessagesRules
    zone: tzinfo
    channels: frozenset[str]

    def keeps(self, notifier: str) -> bool:
        """Say whether messages by this notifier are held; the others go at once."""
        return notifier in self.channels

    def can_wait(self, kind: str) -> bool:
        """Say whether a message of this kind waits for the digest."""
        return kind not in self.rules.at_once

    def is_compelled(self, kind: str) -> bool:
        """Say whether the rule compels a message, so that nobody can opt out of it (S4)."""
        return kind in self.rules.compelled

    def day(self, moment: datetime) -> str:
        """Give the day to which a message at this moment is counted."""
        return moment.astimezone(self.zone).date().isoformat()

    def quiet_until(self, moment: datetime) -> datetime | None:
        """Give the end of the quiet hours that this moment lies in; None outside of them."""
        begins, ends = (_hour(text) for text in self.rules.quiet)
        local = moment.astimezone(self.zone)
        hour = local.time()
        if begins <= ends:
            if not begins <= hour < ends:
                return None
        elif ends <= hour < begins:
            return None
        return self._next(ends, moment)

    def digest_at(self, moment: datetime) -> datetime:
        """Give the time of the first digest at or after a moment."""
        return self._next(_hour(self.rules.digest), moment)

    def _next(self, hour: time, moment: datetime) -> datetime:
        """Give the first time at or after a moment when it is this hour in the zone."""
        local = moment.astimezone(self.zone)
        day = local.date()
        if local.time() > hour:
            day += timedelta(days=1)
        return datetime.combine(day, hour, self.zone)


def keeping(notifiers: Mapping[str, Notifier], messages: str | None) -> frozenset[str]:
    """Give the notifiers of a flow that keep its policy.

    `messages` is "respectful" or "at once" for all of them; None lets each say whether
    it tells people. Raises ConfigurationError for any other word.
    """
    if messages not in (None, RESPECTFUL, AT_ONCE):
        problem = f"messages is {RESPECTFUL!r}, {AT_ONCE!r} or None, not {messages!r}"
        raise ConfigurationError(problem=problem)
    return frozenset(
        name
        for name, notifier in notifiers.items()
        if messages == RESPECTFUL
        or (messages is None and getattr(notifier, "tells_people", False) is True)
    )


def _hour(text: str) -> time:
    return time.fromisoformat(text)
