"""The names of members, committees and venues, asked for at once and shown beside the ids."""

from __future__ import annotations

from collections.abc import Iterable

from referral_flow.cli.work import Work


class Names:
    """The names behind some ids, as far as the register has them and they are not erased."""

    def __init__(self, work: Work, ids: Iterable[str | None]) -> None:
        asked = sorted({id for id in ids if id})
        found = work.flow.directory.names(asked, work.today) if asked else {}
        self._names = {id: name for id, name in found.items() if name}

    def of(self, id: str | None) -> str:
        """Give the name behind an id, or nothing."""
        return self._names.get(id or "", "")

    def beside(self, id: str | None) -> str:
        """Give the name with the id, or the id alone."""
        name = self.of(id)
        return f"{name} ({id})" if name else id or ""

    def as_data(self) -> dict[str, str]:
        """Give the names by id."""
        return dict(self._names)
