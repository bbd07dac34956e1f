"""referral-flow: a referral between committees, from the paper to the closed loop."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from referral_flow.application.answers import Done
    from referral_flow.application.desk import Desk
    from referral_flow.application.flow import ReferralFlow
    from referral_flow.domain.people import Committee, CommitteeKind, Member, Role, Venue
    from referral_flow.domain.referral.state import Paper
    from referral_flow.engine.actor import Actor
    from referral_flow.engine.command import Command
    from referral_flow.errors import ReferralFlowError, Refused
    from referral_flow.hooks import hookimpl

__version__ = "0.1.0"

_WHERE = {
    "Actor": "engine.actor",
    "Command": "engine.command",
    "Committee": "domain.people",
    "CommitteeKind": "domain.people",
    "Desk": "application.desk",
    "Done": "application.answers",
    "Member": "domain.people",
    "Paper": "domain.referral.state",
    "ReferralFlow": "application.flow",
    "ReferralFlowError": "errors",
    "Refused": "errors",
    "Role": "domain.people",
    "Venue": "domain.people",
    "hookimpl": "hooks",
}

__all__ = [
    "Actor",
    "Command",
    "Committee",
    "CommitteeKind",
    "Desk",
    "Done",
    "Member",
    "Paper",
    "ReferralFlow",
    "ReferralFlowError",
    "Refused",
    "Role",
    "Venue",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing stays cheap (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
