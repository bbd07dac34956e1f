"""The moment of a decision, with the rules of this domain."""

from __future__ import annotations

from typing import TypeVar

from referral_flow.domain.rules import RuleSet
from referral_flow.engine.at import At as AnyAt

F = TypeVar("F")

At = AnyAt[F, RuleSet]
