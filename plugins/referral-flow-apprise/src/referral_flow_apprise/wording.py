"""A message as title and body: whole, short, or short in letters that every telephone has."""

from __future__ import annotations

import unicodedata
from datetime import tzinfo
from enum import StrEnum

from referral_flow.notifiers.telling import lines, subject
from referral_flow.ports import Message

_MARKED_D = str.maketrans("đĐ", "dD")


class Form(StrEnum):
    """How much is said: title and text, the title alone, or that without marks (for SMS)."""

    FULL = "full"
    SHORT = "short"
    ASCII = "ascii"


def worded(message: Message, form: Form, zone: tzinfo) -> tuple[str, str]:
    """Give the title, which may be empty, and the body."""
    about = subject(message, zone)
    match form:
        case Form.FULL:
            return about, "\n".join(lines(message, zone))
        case Form.SHORT:
            return "", about
        case Form.ASCII:
            return "", plain(about)


def plain(text: str) -> str:
    """Write Vietnamese without its marks, as people do in an SMS."""
    signs = unicodedata.normalize("NFD", text.translate(_MARKED_D))
    return signs.encode("ascii", "ignore").decode()
