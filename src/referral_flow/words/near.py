"""The near match of a word that was misspelt."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Give the known word that is most like `word`, or None where none is like it.

    `cutoff` says how like it must be, from 0 to 1.
    """
    # Only what is wrong needs it.
    from difflib import get_close_matches  # noqa: PLC0415

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=cutoff)), None)
