"""A store that loses every race inside a host's transaction: somebody was always quicker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from referral_flow.ports import CommandRow, Store, StreamRow


class StaleWhenJoined:
    """Passes on a store; what is joined reads each stream as it was one version before."""

    def __init__(self, store: Store, stale: bool = False) -> None:
        self._store = store
        self._stale = stale

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def join(self, connection: Any) -> StaleWhenJoined:
        """Join the host's transaction, and read there what is no longer so."""
        return StaleWhenJoined(self._store.join(connection), stale=True)

    def load(
        self, ids: Sequence[bytes], command_id: bytes | None = None
    ) -> tuple[dict[bytes, StreamRow], CommandRow | None]:
        """Load streams with the version before theirs."""
        found, command = self._store.load(ids, command_id)
        if self._stale:
            found = {id: row._replace(version=row.version - 1) for id, row in found.items()}
        return found, command
