"""A clause that is added later binds only the tests that ask for it."""

from __future__ import annotations

import pytest

from referral_flow.testing import versions
from referral_flow.testing.versions import Versioned, since


class Clauses(Versioned):
    def test_old(self) -> str:
        return "old"

    @since(2)
    def test_new(self) -> str:
        return "new"


def clauses_of(test: type[object]) -> list[str]:
    return [name for name in dir(test) if name.startswith("test_") and getattr(test, name)]


def test_a_test_that_says_nothing_keeps_the_first_version() -> None:
    assert clauses_of(type("Test", (Clauses,), {})) == ["test_old"]


def test_a_later_clause_is_there_for_who_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "CONTRACT_VERSION", 2)
    first = type("First", (Clauses,), {})
    second = type("Second", (first,), {"contract_version": 2})
    assert clauses_of(first) == ["test_old"]
    assert clauses_of(second) == ["test_new", "test_old"]
    assert second().test_new() == "new"


def test_a_version_that_there_is_not_yet_is_refused() -> None:
    with pytest.raises(TypeError, match="install a newer one"):
        type("Test", (Clauses,), {"contract_version": 99})
