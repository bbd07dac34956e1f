"""Keep out of the log what Apprise would write there: addresses, tokens, whole requests."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOGGERS = (
    "apprise",
    # Where its requests go, with the tokens that many services have in the path.
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.util.retry",
)
_ours: ContextVar[bool] = ContextVar("referral_flow_apprise_ours", default=False)


def _not_ours(_record: logging.LogRecord) -> bool:
    """Let pass what others do with the same libraries."""
    return not _ours.get()


@contextmanager
def quiet() -> Iterator[None]:
    """Let nothing of what happens inside, in this thread, come into the log."""
    for name in _LOGGERS:
        # Once for each logger: a filter that is there already is not added again.
        logging.getLogger(name).addFilter(_not_ours)
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)
