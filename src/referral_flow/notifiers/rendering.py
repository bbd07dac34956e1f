"""How a message becomes text: by its kind, in the words of the notifier that sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from referral_flow.ports import Message
from referral_flow.words import say, table

ANYTHING = "anything"
"""What is said of a kind without words: only that there is something to see (S57)."""
_ISO = r"\d{4}-\d{2}-\d{2}(T\S+)?"


def one_line(message: Message, package: str, section: str, zone: tzinfo) -> str:
    """Give what `section` of a notifier's words says of a message, on one line."""
    params = {name: _dated(value, zone) for name, value in message.params.items()}
    return said(section, message.kind, message.language, params, package)


def said(section: str, kind: str, language: str, params: Mapping[str, Any], package: str) -> str:
    """Give what `section` says of a kind, or of anything where it has no such kind."""
    known = kind in table(language, package)[section]
    text = say(section, kind if known else ANYTHING, language, params, package)
    # A place is free text: it must not be able to begin another line.
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _dated(value: Any, zone: tzinfo) -> Any:
    """Give ISO text back as the day or time that it was before it was stored."""
    if isinstance(value, str) and re.fullmatch(_ISO, value):
        try:
            value = (datetime if "T" in value else date).fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(zone)
    return value
