"""The parameters of rule sets, shown and compared."""

from __future__ import annotations

import pytest

from referral_flow.domain.rules import PACKAGED
from tests.cli.conftest import Run

NAME = "directive-22-1999"


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the name of a rule set that a plugin brings: with a longer deadline."""
    from referral_flow.cli import policy

    text = policy.rule_sets()[NAME].replace("deadline = { value = 30", "deadline = { value = 45")
    known = {**policy.rule_sets(), "ours": text}
    monkeypatch.setattr(policy, "rule_sets", lambda: known)
    return "ours"


@pytest.mark.parametrize("name", PACKAGED)
def test_every_parameter_has_a_value_and_a_source(run: Run, name: str) -> None:
    told = run("policy", "show", name, "--json").json
    assert told["citation"]
    assert len(told["parameters"]) > 25
    for key, parameter in told["parameters"].items():
        assert "." in key
        assert parameter["source"], key


def test_a_parameter_is_a_row(run: Run) -> None:
    told = run("policy")
    assert told.out.startswith(f"{NAME}\nDirective 22-CT/TU")
    rows = {row[0]: row[1:] for row in told.rows}
    assert rows["group.limit"][:2] == ["15", "members"]
    assert rows["evaluation.window"][0] == "11-01, 12-15"


def test_what_differs_is_told_side_by_side(run: Run, ours: str) -> None:
    told = run("policy", "diff", NAME, ours)
    assert told.code == 1
    assert told.rows == [["Tham số", NAME, ours], ["submit.deadline", "30", "45"]]
    asked = run("policy", "diff", NAME, ours, "--json").json
    assert asked == {"differing": {"submit.deadline": {NAME: 30, ours: 45}}}
    same = run("policy", "diff", ours, ours, "--lang", "en")
    assert (same.code, same.out) == (0, "No parameter differs.\n")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["shw"], "Có phải là “show”?"),
        (["show", "directive-22"], f"Có phải là “{NAME}”?"),
        (["diff", NAME], "diff cần tên hai bộ quy tắc."),
        (["show", NAME, NAME], f"Thừa “{NAME}”."),
    ],
)
def test_what_is_typed_wrongly(run: Run, typed: list[str], said: str) -> None:
    told = run("policy", *typed)
    assert told.code == 2
    assert said in told.line
