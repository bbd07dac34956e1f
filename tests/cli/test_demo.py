"""The demo: a made province, told in two languages."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest

from referral_flow import ReferralFlow
from referral_flow.sample import PLAN_SMALL, build
from referral_flow.words import LANGUAGES, table
from tests.cli.conftest import Run

HINT = "referral-flow demo --store sqlite:///demo.db"


def test_it_tells_the_whole_in_less_than_ten_seconds(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    begun = time.monotonic()
    told = run("demo", now=None)
    assert time.monotonic() - begun < 10
    assert told.code == 0
    assert "đều do máy dựng ra" in told.out
    assert ["Tổng số đảng viên", str(PLAN_SMALL.members)] in told.rows
    funnel = {row[0]: row[1] for row in told.rows if row[-1].startswith("█")}
    assert funnel["Đã cấp giấy, chờ nộp"] == str(PLAN_SMALL.referred)
    assert funnel["Đã nhận xét"] == str(PLAN_SMALL.rated)
    assert list(funnel) == [
        "Đã cấp giấy, chờ nộp",
        "Đã nộp giấy, đã tiếp nhận",
        "Đã phân nhóm",
        "Đang sinh hoạt",
        "Đã nhận xét",
    ]
    assert told.out.count("Đã cấp giấy giới thiệu") == 3
    assert "merged_into_cell" in told.out
    assert HINT in told.err
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_a_store_behind_when_one_is_named(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    told = run("demo", "--store", url, "--json", "--lang", "en", now=None)
    assert told.code == 0
    demo = told.json
    assert demo["made_up"] is True
    assert demo["figures"]["referred"] == PLAN_SMALL.referred
    assert demo["funnel"]["issued"] == PLAN_SMALL.referred
    assert len(demo["stories"]) == 3
    assert f"worklist --store {url}" in told.err
    assert run("verify", "--store", url, now="2013-12-31").code == 0
    again = run("demo", "--store", url, now=None)
    assert again.code == 2
    assert again.out == ""


def test_a_store_in_memory_is_gone_as_well(run: Run) -> None:
    told = run("demo", "--store", "memory:", now=None)
    assert told.code == 0
    assert HINT in told.err


def test_a_store_that_cannot_be_made_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    told = run("demo", "--store", f"sqlite:///{tmp_path}/nowhere/demo.db", now=None)
    assert told.code == 3
    assert told.line.startswith("store_missing: ")


def test_every_step_of_the_building_has_words(tmp_path: Path) -> None:
    steps: set[str] = set()
    url = f"sqlite:///{tmp_path}/demo.db"
    build(
        lambda clock: ReferralFlow.open(url, clock=clock),
        PLAN_SMALL,
        lambda step, done, of: steps.add(f"step_{step}"),
    )
    for language in LANGUAGES:
        assert steps <= table(language)["demo"].keys()


def test_it_keeps_away_from_the_store_of_the_environment(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFERRAL_FLOW_STORE", f"sqlite:///{tmp_path}/real.db")
    assert run("demo", "--json", now=None).code == 0
    assert list(tmp_path.iterdir()) == []


def test_what_was_refused_and_told_has_words(run: Run) -> None:
    demo = run("demo", "--json", now=None).json
    for language in LANGUAGES:
        words = table(language)["demo"]
        assert {f"refused_{code}" for code in demo["refused"]} <= words.keys()
        assert {f"story_{story['fate']}" for story in demo["stories"]} <= words.keys()
