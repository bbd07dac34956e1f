"""The address of a mail server: `smtp://user:password@host:port?from=...&tls=...`."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from referral_flow.errors import ConfigurationError
from referral_flow.notifiers.smtp import (
    ADDRESS,
    IMPLICIT,
    NONE,
    SECONDS,
    STARTTLS,
    ZONE,
    SmtpNotifier,
)
from referral_flow.words.near import nearest

_PORTS = {STARTTLS: 587, IMPLICIT: 465, NONE: 25}
_OPTIONS = ("from", "tls", "seconds", "trusted", "zone")
_LONGEST = 25
"""Seconds: a message that is the last of a slow page must still be within its lease."""


def from_address(address: str) -> SmtpNotifier:
    """Make the notifier of an address; what stands in it is in no error.

    Raises ConfigurationError for an address that cannot work, and for a password that
    would go over a network in the clear.
    """
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError:
        wrong("its host or port cannot be read")
    given = parse_qs(url.query, keep_blank_values=True)
    for name in given:
        if name not in _OPTIONS:
            near = nearest(name, _OPTIONS)
            wrong("it has an unknown option" + (f"; did you mean {near!r}?" if near else ""))
    options = {name: values[-1] for name, values in given.items()}
    tls = options.get("tls", STARTTLS)
    if tls not in _PORTS:
        wrong(f"tls is one of {', '.join(_PORTS)}")
    if not url.hostname:
        wrong("it names no host")
    if not ADDRESS.fullmatch(options.get("from", "")):
        wrong("it needs from=, the address that the mails come from")
    user, password = _signs_in(url, tls)
    return SmtpNotifier(
        url.hostname,
        port or _PORTS[tls],
        options["from"],
        tls,
        user,
        password,
        _seconds(options.get("seconds")),
        _trusted(options.get("trusted")),
        _zone(options.get("zone", ZONE)),
    )


def _signs_in(url: SplitResult, tls: str) -> tuple[str | None, str | None]:
    if url.username is None:
        return None, None
    if tls == NONE and not _is_here(url.hostname or ""):
        wrong("its password would go in the clear: use tls=starttls or tls=implicit")
    return unquote(url.username), unquote(url.password or "")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds(text: str | None) -> float:
    if text is None:
        return SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST:
        wrong(f"seconds is a number up to {_LONGEST}")
    return seconds


def _trusted(path: str | None) -> str | None:
    if path is not None and not Path(path).is_file():
        wrong("there is no file at the path of trusted=")
    return path


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        wrong(f"there is no time zone {name!r}")


def wrong(problem: str) -> NoReturn:
    """Refuse the address, without repeating any of it but what is no secret."""
    raise ConfigurationError(problem=f"the address of the mail server cannot be used: {problem}")
