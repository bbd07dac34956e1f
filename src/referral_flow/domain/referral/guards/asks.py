"""The parts of a command that guards judge, and what they share."""

from typing import Any, Protocol

from referral_flow.domain.at import At
from referral_flow.domain.referral.state import Exemption, Referral
from referral_flow.engine import Refusal


class HasReason(Protocol):
    """A command that says why."""

    @property
    def reason(self) -> str: ...


class HasMember(Protocol):
    """A command that names a member."""

    @property
    def member(self) -> str: ...


class HasResidence(Protocol):
    """A command that names a residence committee."""

    @property
    def residence(self) -> str: ...


class HasPaper(Protocol):
    """A command that brings a paper."""

    @property
    def paper(self) -> Any: ...


class HasGroup(Protocol):
    """A command that names a group."""

    @property
    def group(self) -> str | None: ...


class HasExemption(Protocol):
    """A command that may bring an exemption."""

    @property
    def exemption(self) -> Exemption | None: ...


class HasRating(Protocol):
    """A command that gives a rating."""

    @property
    def rating(self) -> str | None: ...


class HasClass(Protocol):
    """A command that names a class."""

    @property
    def classification(self) -> str: ...


class HasCriteria(Protocol):
    """A command that judges by criteria."""

    @property
    def criteria(self) -> Any: ...


def blank(words: str | None) -> bool:
    """Say whether words say nothing."""
    return not (words or "").strip()


def reason_given(_state: Referral, command: HasReason, _at: At[Any]) -> Refusal | None:
    """Refuse without a reason in words."""
    return Refusal("reason_required", missing=("reason",)) if blank(command.reason) else None
