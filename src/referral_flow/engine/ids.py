"""Ids of streams: sixteen bytes in a store, the text of a UUID to everybody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BYTES = 16
_TEXT = 36
"""Characters of an id as text."""


def new_id(now: datetime, seed: bytes, n: int) -> str:
    """Make a UUID of version 7 from a time and a seed, without chance (RFC 9562, 5.7)."""
    tail = blake2b(n.to_bytes(4, "big") + seed, digest_size=10).digest()
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    number = (milliseconds << 80) | int.from_bytes(tail, "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return as_text(number.to_bytes(_BYTES, "big"))


def as_text(id: bytes) -> str:
    """Write an id as text."""
    hex = id.hex()
    return f"{hex[:8]}-{hex[8:12]}-{hex[12:16]}-{hex[16:20]}-{hex[20:]}"


def as_bytes(text: str) -> bytes | None:
    """Give the bytes of an id; None for a text that is no such id.

    Written out because `uuid.UUID`, which also takes braces and URNs, is four times slower.
    """
    if len(text) != _TEXT or text[8::5][:4] != "----":
        return None
    try:
        found = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return None
    return found if len(found) == _BYTES else None
