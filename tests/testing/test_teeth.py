"""The contracts have teeth: what is broken on purpose is caught by the clause that it names."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from referral_flow.stores.memory import MemoryStore
from referral_flow.testing import broken_notifiers, broken_queues, broken_stores, teeth
from referral_flow.testing.broken_notifiers import HonestNotifier

Failures = Mapping[str, set[str]]


@pytest.fixture(scope="module")
def failures() -> Failures:
    return teeth.failures()


@pytest.mark.parametrize("honest", teeth.HONEST)
def test_an_honest_one_keeps_the_contract(failures: Failures, honest: type[Any]) -> None:
    assert failures[honest.__name__] == set()


@pytest.mark.parametrize("broken", teeth.BROKEN)
def test_what_is_broken_is_caught(failures: Failures, broken: type[Any]) -> None:
    assert broken.__doc__
    assert vars(broken)["caught_by"] in failures[broken.__name__]


@pytest.mark.parametrize(
    ("module", "base"),
    [
        (broken_stores, MemoryStore),
        (broken_queues, MemoryStore),
        (broken_notifiers, HonestNotifier),
    ],
)
def test_every_broken_one_is_tried(failures: Failures, module: ModuleType, base: type[Any]) -> None:
    found = {
        name
        for name, each in vars(module).items()
        if isinstance(each, type) and issubclass(each, base)
    }
    assert found <= set(failures)


def test_the_table_says_what_catches_each(
    failures: Failures, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(teeth, "failures", lambda: failures)
    assert teeth.main() == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(teeth.BROKEN) + 1
    assert all(each.caught_by in line for each, line in zip(teeth.BROKEN, told, strict=False))


def test_a_contract_without_teeth_is_told(
    failures: Failures, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(teeth, "failures", lambda: {name: set() for name in failures})
    assert teeth.main() == 1
    assert capsys.readouterr().out.count("NOT CAUGHT") == len(teeth.BROKEN)
