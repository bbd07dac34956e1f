"""What people are told of a message, whatever carries it: a subject and lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from referral_flow.notifiers.log import WORDS as LOG_WORDS
from referral_flow.notifiers.rendering import ANYTHING, one_line, said
from referral_flow.ports import DIGEST, Message
from referral_flow.words import table

WORDS = "referral_flow.notifiers.smtp_words"


def subject(message: Message, zone: tzinfo) -> str:
    """Give what a message is about, in a few words on one line."""
    return one_line(message, WORDS, "subject", zone)


def lines(message: Message, zone: tzinfo) -> list[str]:
    """Give what a message says: a sentence, and for a digest a line for each kind."""
    language = message.language
    own = message.kind in table(language, WORDS)["body"]
    words = (WORDS, "body") if own else (LOG_WORDS, "message")
    told = [one_line(message, *words, zone)]
    if message.kind == DIGEST:
        told += [f"- {thing}" for thing in _things(message.params["kinds"], language)]
    return told


def _things(kinds: Mapping[str, Any], language: str) -> list[str]:
    """Say how many things of each kind wait; kinds without words are counted together."""
    counts: dict[str, int] = {}
    for kind, count in kinds.items():
        known = kind if kind in table(language, WORDS)["thing"] else ANYTHING
        counts[known] = counts.get(known, 0) + count
    return [said("thing", kind, language, {"count": n}, WORDS) for kind, n in counts.items()]
