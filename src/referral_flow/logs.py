"""The loggers of the library: `referral_flow.` and what speaks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger


@cache
def logger(name: str) -> Logger:
    """Give the logger `referral_flow.NAME`."""
    # Loaded when something is said: most programs end without, and it takes a twentieth of a start.
    import logging  # noqa: PLC0415

    library = logging.getLogger("referral_flow")
    if not library.handlers:
        # Whoever embeds the library decides what is logged; without one Python prints warnings.
        library.addHandler(logging.NullHandler())
    return library.getChild(name)
