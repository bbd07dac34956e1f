"""Django: `flow.within(connection)` inside `transaction.atomic()`."""

from __future__ import annotations

from functools import partial
from typing import Any

from referral_flow.errors import NoTransaction
from referral_flow.ports import HostConnection

_TO_TYPE = "with transaction.atomic():"


def joined(connection: Any) -> Any:
    """Give the transaction of `django.db.connection`, or of one of `connections`.

    Observers hear by `on_commit`. Raises NoTransaction outside `atomic()`, and what Django
    raises for a block that is broken already or belongs to another thread.
    """
    if not hasattr(connection, "in_atomic_block"):
        return connection

    def check() -> None:
        connection.validate_thread_sharing()
        if not connection.in_atomic_block or connection.connection is not driver:
            raise NoTransaction(hint=_TO_TYPE)
        connection.validate_no_broken_transaction()

    driver = connection.connection
    check()
    # psycopg begins with the first statement, and `atomic` is none.
    driver.cursor().execute("SELECT 1")
    return HostConnection(driver, check, partial(connection.on_commit, robust=True))
