"""A folder to install plugins into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.distributions import Installer


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    """Install distributions that are gone after the test."""
    return Installer(tmp_path, monkeypatch)
