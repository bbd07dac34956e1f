"""Messages of referral-flow by any service that Apprise reaches."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from referral_flow_apprise.notifier import AppriseNotifier
    from referral_flow_apprise.wording import Form

_WHERE = {"AppriseNotifier": "notifier", "Form": "wording"}

__all__ = ["AppriseNotifier", "Form"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: whoever opens a flow imports this package."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
