"""How every test runs: Hypothesis without a clock or a memory, stores closed at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from referral_flow.stores.sqlite import SqliteStore

settings.register_profile("here", deadline=None, database=None)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def every_store_is_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close with each test the files that it opened: newer Pythons warn of one left open."""
    opened: list[SqliteStore] = []
    open_store = SqliteStore.__init__

    def opening(store: SqliteStore, url: str) -> None:
        open_store(store, url)
        opened.append(store)

    monkeypatch.setattr(SqliteStore, "__init__", opening)
    yield
    for store in opened:
        store.close()


@pytest.fixture(autouse=True)
def nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the plugins that are installed here: which these are is no matter of a test's."""
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: ())
