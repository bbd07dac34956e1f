"""A store in a file, new and up to date, and the application beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from referral_flow.ports import Store
from referral_flow.stores.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of the store, which is the application's database too."""
    return tmp_path / "host.db"


@pytest.fixture
def sqlite_store(path: Path) -> Store:
    """Give a new store in a file."""
    return SqliteStore(f"sqlite:///{path}")
