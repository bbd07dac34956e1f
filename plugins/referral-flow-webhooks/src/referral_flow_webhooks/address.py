"""The address of a notifier: `webhook+https://host/path?query#secret=env:NAME&...`.

The options stand after `#`, which is never sent: what stands before it is the receiver's
own URL, query and all, as it was given out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from referral_flow_webhooks.networks import networks_of
from referral_flow_webhooks.notifier import WebhookNotifier
from referral_flow_webhooks.target import wrong

_SCHEME = "webhook+"
_LONGEST = 25
"""Seconds: a message that is the last of a slow page must still be within its lease."""


def from_address(address: str) -> WebhookNotifier:
    """Make the notifier of an address.

    Raises ConfigurationError for one that cannot work. A secret is read here, once, from
    where the address says; it never stands in the address itself.
    """
    url, _, rest = address.partition("#")
    given = parse_qs(rest, keep_blank_values=True)
    for name in given:
        if name not in _OPTIONS and name != "secret":
            near = get_close_matches(name, [*_OPTIONS, "secret"], n=1)
            wrong("it has an unknown option" + (f"; did you mean {near[0]!r}?" if near else ""))
    if "secret" not in given:
        wrong("it needs #secret=env:NAME or #secret=file:PATH, what the webhooks are signed with")
    secrets = [text for where in given["secret"] for text in _secrets(where)]
    options = {name: read(given[name][-1]) for name, read in _OPTIONS.items() if name in given}
    return WebhookNotifier(url[len(_SCHEME) :], secrets, **options)


def _secrets(where: str) -> list[str]:
    """Read the secrets of an environment variable or a file."""
    kind, _, name = where.partition(":")
    if kind not in ("env", "file") or not name:
        wrong("secret= is env:NAME or file:PATH, never the secret itself")
    if kind == "env" and not os.environ.get(name, "").strip():
        wrong("the environment variable of secret= is not set")
    try:
        return (os.environ[name] if kind == "env" else Path(name).read_text("utf-8")).split()
    except (OSError, ValueError):
        wrong("the file of secret= cannot be read")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST:
        wrong(f"seconds= and connect= are numbers up to {_LONGEST}")
    return seconds


def _named(text: str) -> str:
    if not text or not text.isprintable() or " " in text:
        wrong("source= and prefix= have letters and no spaces")
    return text


_OPTIONS: dict[str, Callable[[str], Any]] = {
    "source": _named,
    "prefix": _named,
    "allow": networks_of,
    "trusted": str,
    "proxy": str,
    "seconds": _seconds,
    "connect": _seconds,
}
