"""The province that the domain's tests play in; whatever they do, it stays sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.province import Province


@pytest.fixture
def here() -> Iterator[Province]:
    """Give a province whose store is in memory."""
    yield from sound("memory:")


@pytest.fixture(params=["memory", "sqlite"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Province]:
    """Give a province over each store in turn."""
    yield from sound("memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/p.db")


def sound(url: str) -> Iterator[Province]:
    province = Province(url)
    with province.flow:
        yield province
        assert province.flow.verify().faults == ()
