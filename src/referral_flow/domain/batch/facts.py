"""What the rows of a batch must know of others."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.batch.commands import OpenBatch
from referral_flow.engine import Claim, Loaded, Needs
from referral_flow.engine.record import Record


def batch_name(name: str) -> Claim:
    """Give the claim on a batch's name."""
    return Claim("batch", name)


class NameFacts(Record):
    """Who bears the name."""

    holder: str | None

    @classmethod
    def needs(cls, _: None, command: OpenBatch, _at: At[None]) -> Needs:
        """Ask for the claim on the name."""
        return Needs(claims=(batch_name(command.name),))

    @classmethod
    def of(cls, loaded: Loaded, _: None, command: OpenBatch, _at: At[Any]) -> NameFacts:
        """Make the facts from what was loaded."""
        return cls(loaded.holders.get(batch_name(command.name)))
