"""Diagrams and plugins: what needs no store."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from referral_flow import __version__, hookimpl, plugin_host
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


def test_what_is_built_in_is_listed_as_a_plugin(run: Run) -> None:
    told = run("plugins", now=None)
    assert told.code == 0
    assert told.rows[1][:4] == ["built-in", "referral-flow", __version__, "dùng được"]
    (plugin,) = run("plugins", "--json", now=None).json["plugins"]
    assert plugin == {
        "name": "built-in",
        "distribution": "referral-flow",
        "version": __version__,
        "hooks": ["referral_flow_notifiers", "referral_flow_stores"],
        "state": "ok",
        "problem": "",
    }


def test_a_plugin_that_fails_is_listed_with_its_problem(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = EntryPoint("absent", "no_such_module", plugin_host.GROUP)
    monkeypatch.setattr(plugin_host, "entry_points", lambda group: (missing,))
    told = run("plugins", "--lang", "en", now=None)
    assert told.code == 0
    (row,) = (row for row in told.rows if row[0] == "absent")
    assert "failed" in row
    assert "no_such_module" in row[-1]


def test_a_plugin_that_cannot_bring_its_stores_is_listed_as_failed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stores() -> None:
        raise OSError("no driver")

    plugin = SimpleNamespace(referral_flow_stores=hookimpl(stores))
    entry = SimpleNamespace(name="broken", dist=None, load=lambda: plugin)
    monkeypatch.setattr(plugin_host, "entry_points", lambda group: (entry,))
    listed = run("plugins", "--json", now=None).json["plugins"]
    assert [(one["name"], one["state"]) for one in listed] == [
        ("built-in", "ok"),
        ("broken", "failed"),
    ]
