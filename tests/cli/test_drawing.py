"""Diagrams and plugins: what needs no store."""

from __future__ import annotations

from tests.cli.conftest import Run


def test_the_referral_is_drawn_in_vietnamese_as_mermaid(run: Run) -> None:
    told = run("diagram", now=None)
    assert told.code == 0
    assert told.err == ""
    assert told.out.startswith("stateDiagram-v2\n")
    assert "Đang sinh hoạt" in told.out


def test_another_kind_and_form_and_language(run: Run) -> None:
    told = run("diagram", "group", "--format", "dot", "--lang", "en", now=None)
    assert told.out.startswith('digraph "group" {\n')
    assert "Open" in told.out


def test_a_state_is_lit(run: Run) -> None:
    assert "class active present" in run("diagram", "--light", "active", now=None).out


def test_a_diagram_as_json(run: Run) -> None:
    drawn = run("diagram", "venue", "--json", now=None).json
    assert (drawn["kind"], drawn["format"]) == ("venue", "mermaid")
    assert drawn["text"].startswith("stateDiagram-v2")
