"""The address of a notifier: `apprise:` and an Apprise URL, or `apprise:?` and options."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from referral_flow_apprise.notifier import SECONDS, ZONE, AppriseNotifier
from referral_flow_apprise.services import wrong
from referral_flow_apprise.wording import Form

_OPTIONS = ("url", "schemas", "form", "seconds", "zone")
_LONGEST = 25
"""Seconds: a message that is the last of a slow page must still be within its lease."""


def from_address(address: str) -> AppriseNotifier:
    """Make the notifier of an address; what stands in it is in no error.

    Raises ConfigurationError for one that cannot work.
    """
    rest = address.partition(":")[2]
    if not rest.startswith("?"):
        return AppriseNotifier(_url(rest))
    given = parse_qs(rest[1:], keep_blank_values=True)
    for name in given:
        if name not in _OPTIONS:
            near = get_close_matches(name, _OPTIONS, n=1)
            wrong("it has an unknown option" + (f"; did you mean {near[0]!r}?" if near else ""))
    options = {name: values[-1] for name, values in given.items()}
    return AppriseNotifier(
        _url(options["url"]) if "url" in options else "",
        schemas=tuple(filter(None, options.get("schemas", "").split(","))),
        form=_form(options.get("form", Form.FULL)),
        seconds=_seconds(options.get("seconds", str(SECONDS))),
        zone=_zone(options.get("zone", ZONE)),
    )


def _url(text: str) -> str:
    """Give the Apprise URL: as it stands, or from an environment variable or file."""
    if not text:
        wrong("it needs an Apprise URL, or schemas= for addresses that are URLs themselves")
    kind, _, name = text.partition(":")
    if kind == "env":
        if not os.environ.get(name, "").strip():
            wrong("the environment variable of the URL is not set")
        return os.environ[name].strip()
    if kind == "file":
        try:
            return Path(name).read_text("utf-8").strip()
        except (OSError, ValueError):
            wrong("the file of the URL cannot be read")
    return text


def _form(text: str) -> Form:
    if text not in list(Form):
        wrong(f"form is one of {', '.join(Form)}")
    return Form(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST:
        wrong(f"seconds is a number up to {_LONGEST}")
    return seconds


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        wrong(f"there is no time zone {name!r}")
