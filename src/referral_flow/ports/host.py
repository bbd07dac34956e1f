"""What a store is given of a host that has more in hand than the driver's connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from referral_flow.engine.record import Record


def _nothing() -> None:
    """The driver's own connection knows by itself whether a transaction is open."""


class HostConnection(Record, gc=True):
    """The transaction of a host, as a store joins it.

    `driver` is the connection of the driver. `check` raises NoTransaction once the
    transaction that was joined is over, also where the driver has begun another by then.
    `after_commit` calls a function after the outermost commit, None where the host cannot:
    it may call it after a rollback too. `run_async` is there for an asynchronous driver: it
    calls a function with `driver` and gives what the awaitable gives that comes of it.
    """

    # With `gc`: what it holds of the host may lead back to it.

    driver: Any
    check: Callable[[], None] = _nothing
    after_commit: Callable[[Callable[[], None]], None] | None = None
    run_async: Callable[[Callable[[Any], Awaitable[Any]]], Any] | None = None
