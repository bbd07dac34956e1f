"""Find out whether the transaction of a host is one over the store that is open here."""

from __future__ import annotations

from typing import Any

from referral_flow.errors import OtherDatabase, StoreNotMigrated, StoreTooNew
from referral_flow.ports import Store


def joined_store(store: Store, host: Any, secret: bytes) -> Store:
    """Give `store`, known by its secret, inside the host's transaction.

    Raises OtherDatabase where that is a transaction of another database.
    """
    try:
        joined = store.join(host)
        same = joined.secret() == secret
    except (StoreNotMigrated, StoreTooNew) as error:
        # Ours has the right schema, or it would not be open.
        raise OtherDatabase from error
    if not same:
        raise OtherDatabase
    return joined
