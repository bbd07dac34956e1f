"""What an answer means for the message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from referral_flow.ports import Accepted, Outcome, Permanent, RetryAt
from referral_flow_webhooks.exchange import Answer

LONGEST_WAIT = timedelta(hours=6)
"""As long as the library's own longest pause, whatever a receiver asks for."""

_ANOTHER_TIME = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
# They speak of the receiver as a whole, not of this message.
_NOT_THERE = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


def outcome(answer: Answer, key: str, now: datetime) -> Outcome:
    """Tell what was taken, what may be taken later and what never will."""
    status = answer.status
    reason = f"the receiver answered {status}"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Accepted(key)
    if status < HTTPStatus.BAD_REQUEST:
        # Whoever set the address up has to look: no message is to be lost for it.
        return RetryAt(None, f"{reason}: a redirect is not followed", channel=True)
    if status in _NOT_THERE:
        return RetryAt(_wait(answer.retry_after, now), reason, channel=True)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _ANOTHER_TIME:
        return Permanent(reason)
    return RetryAt(None, reason)


def _wait(asked: str | None, now: datetime) -> datetime | None:
    """Give the time that Retry-After names; None where it names none that is to come."""
    if asked is None:
        return None
    if asked.isascii() and asked.isdigit():
        # So many digits are longer than any wait.
        until = now + min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT)
    else:
        try:
            until = parsedate_to_datetime(asked)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(until, now + LONGEST_WAIT) if until > now else None
