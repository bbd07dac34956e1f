"""Why a request is not taken for a webhook.

NotVerified          do not act on it; answer 400 or 401
├── WrongHeader      a header is missing or cannot be read
├── WrongSignature   no signature fits any secret
├── OutOfTime        it was signed too long ago, or in the future: perhaps a replay
└── NoEvent          it is signed, but the body is no CloudEvent
"""

from __future__ import annotations

from typing import ClassVar

from referral_flow.errors import ReferralFlowError
from referral_flow.words import say

WORDS = "referral_flow_webhooks.words"


class NotVerified(ReferralFlowError):
    """Say that a request is not what it should be; nothing of it is repeated."""

    code: ClassVar[str] = "not_verified"

    def says(self, language: str) -> str:
        """Give the sentence in `language` ("vi" or "en")."""
        return say("error", self.code, language, self.data, WORDS)


class WrongHeader(NotVerified):
    """Say which header is missing or cannot be read."""

    code = "wrong_header"


class WrongSignature(NotVerified):
    """Say that no signature fits any of the secrets."""

    code = "wrong_signature"


class OutOfTime(NotVerified):
    """Say by how many seconds the time of signing is off, and how many may be."""

    code = "out_of_time"


class NoEvent(NotVerified):
    """Say that the body is no CloudEvent."""

    code = "no_event"
