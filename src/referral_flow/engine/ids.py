"""Ids of streams: sixteen bytes in a store, the text of a UUID to everybody else."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BYTES = 16
_TEXT = 36
"""Characters of an id as text."""
# The two bits of the variant, in place of the first two of a digit.
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


def new_id(now: datetime, seed: bytes, n: int) -> str:
    """Make a UUID of version 7 from a time and a seed, without chance (RFC 9562, 5.7)."""
    since = now - _EPOCH
    milliseconds = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
    head = milliseconds.to_bytes(6, "big").hex()
    tail = blake2b(n.to_bytes(4, "big") + seed, digest_size=10).hexdigest()
    return f"{head[:8]}-{head[8:]}-7{tail[1:4]}-{_VARIANT[tail[4]]}{tail[5:8]}-{tail[8:]}"


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
