"""The secret that sender and receiver share, and what is signed with it (Standard Webhooks)."""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import NoReturn

from attrs import field, frozen

from referral_flow.errors import ConfigurationError

PREFIX = "whsec_"
VERSION = "v1"
_SHORTEST, _LONGEST, _NEW = 24, 64, 32


@frozen(eq=False)
class Secret:
    """A key of 24 to 64 bytes; it is shown nowhere."""

    key: bytes = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Secret:
        """Read `whsec_` and base64; raises ConfigurationError, which does not repeat it."""
        if not text.startswith(PREFIX):
            _wrong(f"it does not begin with {PREFIX}")
        coded = text.removeprefix(PREFIX)
        try:
            key = b64decode(coded + "=" * (-len(coded) % 4), validate=True)
        except ValueError:
            _wrong(f"after {PREFIX} comes base64")
        if not _SHORTEST <= len(key) <= _LONGEST:
            _wrong(f"it has {len(key)} bytes, not {_SHORTEST} to {_LONGEST}")
        return cls(key)

    def signature(self, id: str, timestamp: int, body: bytes) -> str:
        """Give the signature of a body that is sent under this id at this time (seconds)."""
        signed = b".".join((id.encode(), str(timestamp).encode(), body))
        digest = hmac.digest(self.key, signed, hashlib.sha256)
        return f"{VERSION},{b64encode(digest).decode()}"


def secrets_of(given: str | Iterable[str]) -> tuple[Secret, ...]:
    """Read secrets, the newest first: a text has them with spaces or line ends between.

    Raises ConfigurationError where there is none, or one that cannot be used.
    """
    texts = given.split() if isinstance(given, str) else given
    secrets = tuple(Secret.read(text) for text in texts)
    if not secrets:
        raise ConfigurationError(problem="there is no secret to sign webhooks with")
    return secrets


def new_secret() -> str:
    """Make a secret from the system's chance."""
    return PREFIX + b64encode(os.urandom(_NEW)).decode()


def _wrong(problem: str) -> NoReturn:
    raise ConfigurationError(problem=f"a secret of webhooks cannot be used: {problem}") from None
