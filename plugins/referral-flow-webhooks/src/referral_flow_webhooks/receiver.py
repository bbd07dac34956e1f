"""The check of a webhook for whoever receives it, in any framework: headers and bytes."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from referral_flow_webhooks.errors import NoEvent, OutOfTime, WrongHeader, WrongSignature
from referral_flow_webhooks.event import Event, read
from referral_flow_webhooks.secret import VERSION, Secret, secrets_of

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = timedelta(minutes=5)
_DIGITS = 12


def receive(
    headers: Mapping[str, str],
    body: bytes,
    secrets: str | Iterable[str],
    *,
    tolerance: timedelta = TOLERANCE,
    now: datetime | None = None,
) -> Event:
    """Give the event of a webhook that was signed with one of the secrets, not long ago.

    `headers` in any case; `body` as it came, byte for byte; `secrets` (`whsec_...`) are
    those that are valid now, several while they are changed. The same event may come
    again: keep the `id` of what you have done, and do it once.

    Raises WrongHeader, WrongSignature, OutOfTime or NoEvent, all of them NotVerified, and
    ConfigurationError for a secret that cannot be used.
    """
    known = secrets_of(secrets)
    lower = {name.lower(): value for name, value in headers.items()}
    id, timestamp = _header(lower, ID), _seconds(_header(lower, TIMESTAMP))
    _check_signature(known, _header(lower, SIGNATURE), id, timestamp, body)
    present = datetime.now(UTC) if now is None else now
    off = abs(int(present.timestamp()) - timestamp)
    if off > tolerance.total_seconds():
        raise OutOfTime(off=off, tolerance=int(tolerance.total_seconds()))
    try:
        return read(body)
    except ValueError:
        raise NoEvent from None


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value.isascii() or not value:
        raise WrongHeader(header=name)
    return value


def _seconds(text: str) -> int:
    if not text.isdigit() or len(text) > _DIGITS:
        raise WrongHeader(header=TIMESTAMP)
    return int(text)


def _check_signature(
    secrets: Iterable[Secret], given: str, id: str, timestamp: int, body: bytes
) -> None:
    of_ours = [each.encode() for each in given.split() if each.startswith(f"{VERSION},")]
    expected = [secret.signature(id, timestamp, body).encode() for secret in secrets]
    # All are compared, each in constant time: how long it takes tells nothing.
    fits = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in of_ours]
    if not any(fits):
        raise WrongSignature
