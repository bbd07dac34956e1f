"""The notifiers that come with the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from referral_flow.ports import Notifier


def built_in_notifiers() -> dict[str, Callable[[str], Notifier]]:
    """Give the built-in notifiers: how to make one from its address, by scheme."""
    return {"log": _log, "smtp": _smtp}


def _log(address: str) -> Notifier:
    # Loaded when it is asked for, as the notifiers of plugins are.
    from referral_flow.notifiers.log import from_address  # noqa: PLC0415

    return from_address(address)


def _smtp(address: str) -> Notifier:
    from referral_flow.notifiers.smtp_address import from_address  # noqa: PLC0415

    return from_address(address)
