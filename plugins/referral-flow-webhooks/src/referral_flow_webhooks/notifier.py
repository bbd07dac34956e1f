"""A notifier that sends each message as a signed webhook."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from referral_flow.ports import Message, Outcome, RetryAt
from referral_flow_webhooks.event import CONTENT_TYPE, event, header_id, written
from referral_flow_webhooks.exchange import NoAnswer, Unreachable, post
from referral_flow_webhooks.networks import (
    Forbidden,
    Network,
    Resolve,
    by_system,
    networks_of,
    reachable,
)
from referral_flow_webhooks.outcome import outcome
from referral_flow_webhooks.receiver import ID, SIGNATURE, TIMESTAMP
from referral_flow_webhooks.secret import secrets_of
from referral_flow_webhooks.target import target_of

SOURCE = "referral-flow"
PREFIX = "referral-flow."
SECONDS = 20.0
"""How long one message may take; much less than its lease."""
CONNECT = 5.0


def utc_now() -> datetime:
    """Give the time in UTC."""
    return datetime.now(UTC)


class WebhookNotifier:
    """Send messages to `url` (https, or http in networks that are allowed).

    `secrets` (`whsec_...`) all sign, the newest first. `source` and `prefix` are those of
    the events. `allow` are networks that are not public and may be sent to; `trusted` is a
    file of certificates to trust in place of the system's. `proxy` (`http://host:port`) is
    asked for a way to the address that was checked. `seconds` are for one message as a
    whole, `connect` for each address of the host. Raises ConfigurationError.
    """

    def __init__(
        self,
        url: str,
        secrets: str | Iterable[str],
        *,
        source: str = SOURCE,
        prefix: str = PREFIX,
        allow: str | Iterable[Network] = (),
        trusted: str | None = None,
        proxy: str | None = None,
        seconds: float = SECONDS,
        connect: float = CONNECT,
        resolve: Resolve = by_system,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._secrets = secrets_of(secrets)
        networks = networks_of(allow) if isinstance(allow, str) else tuple(allow)
        self._target, self._reach = target_of(url, trusted, proxy, networks)
        self._source, self._prefix = source, prefix
        self._seconds, self._connect = seconds, connect
        self._resolve, self._clock = resolve, clock

    def __repr__(self) -> str:
        # The path may be known to the two sides only.
        return f"{type(self).__name__}({self._target.authority!r})"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:  # noqa: ARG002 - the port's
        """Send one message; the recipient's addresses stay here.

        What goes wrong before the request is the channel's trouble, not the message's.
        """
        until = time.monotonic() + self._seconds
        now = self._clock()
        body = written(event(message, self._source, self._prefix))
        try:
            where = self._where()
            headers = self._headers(message.key, int(now.timestamp()), body)
            answer = post(self._target, where, headers, body, until=until, connect=self._connect)
        except Unreachable as trouble:
            return RetryAt(None, f"no connection with the receiver: {trouble}", channel=True)
        except NoAnswer as trouble:
            return RetryAt(None, str(trouble))
        return outcome(answer, message.key, now)

    def _where(self) -> Sequence[str]:
        host, port = self._target.host, self._target.port
        try:
            return reachable(host, port, self._resolve, self._reach, self._connect)
        except Forbidden:
            raise Unreachable("its name leads to an address that is not allowed") from None
        except Exception as error:
            # Only the class is kept: the words may hold the address.
            raise Unreachable(type(error).__name__) from None

    def _headers(self, key: str, timestamp: int, body: bytes) -> dict[str, str]:
        id = header_id(key)
        signatures = (secret.signature(id, timestamp, body) for secret in self._secrets)
        return {
            "Content-Type": CONTENT_TYPE,
            "User-Agent": SOURCE,
            ID: id,
            TIMESTAMP: str(timestamp),
            SIGNATURE: " ".join(signatures),
        }
