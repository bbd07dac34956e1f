"""A notifier that writes each message as one line of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from zoneinfo import ZoneInfo

from referral_flow.errors import ConfigurationError
from referral_flow.logs import logger
from referral_flow.notifiers.rendering import one_line
from referral_flow.ports import Accepted, Message, Outcome, Permanent
from referral_flow.words import LANGUAGES

WORDS = "referral_flow.notifiers.log_words"
ZONE = "Asia/Ho_Chi_Minh"


class LogNotifier:
    """Write messages to the logger `referral_flow.notifiers.log` at INFO.

    A line has the message's key, kind, recipient and text; addresses are left out. Times
    are written as they are in `zone`.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self.zone = ZoneInfo(ZONE) if zone is None else zone

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:  # noqa: ARG002 - the port's
        """Write one line; Permanent for a language without words."""
        if message.language not in LANGUAGES:
            return Permanent(f"there are no words in the language {message.language!r}")
        from logging import INFO  # noqa: PLC0415 - as in logs.py

        log = logger("notifiers.log")
        if log.isEnabledFor(INFO):
            text = rendered(message, self.zone)
            log.info("%s %s %s %s", message.key, message.kind, message.recipient, text)
        return Accepted()


def from_address(address: str) -> LogNotifier:
    """Make a LogNotifier from `log:` or `log:?zone=Europe/Paris`.

    Raises ConfigurationError for a time zone that there is not.
    """
    zone = _zone_in(address) if "?" in address else ZONE
    try:
        return LogNotifier(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        raise ConfigurationError(problem=f"there is no time zone {zone!r}") from None


def _zone_in(address: str) -> str:
    # Every flow has this notifier unless it says otherwise, and few give it an option.
    from urllib.parse import parse_qs, urlsplit  # noqa: PLC0415

    return parse_qs(urlsplit(address).query).get("zone", [ZONE])[-1]


def rendered(message: Message, zone: tzinfo) -> str:
    """Give the text of a message on one line."""
    return one_line(message, WORDS, "message", zone)
