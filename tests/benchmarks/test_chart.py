"""The chart of a benchmark: a bar for each ratio, and a clear word where there is none."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import chart
from benchmarks.chart import Bar, NotDrawn, bars, draw


def _work(against: str, figure: str, at_most: float | None, seen: float) -> dict[str, Any]:
    reached = {"against": against, "figure": figure, "at_most": at_most, "seen": seen}
    return {"what": "one event", "samples": {}, "reached": [reached]}


@pytest.mark.parametrize(
    ("work", "bar"),
    [
        (
            _work("automat", "wall", 0.25, 0.2),
            Bar("one event", "automat", 5.0, 4.0, "5×", "4×", True),
        ),
        (
            _work("floor", "cpu", 2.0, 2.5),
            Bar("one event", "floor, cpu", 0.4, 0.5, "0.4×", "0.5×", False),
        ),
        (
            _work("limit", "wall", 0.001, 0.0005),
            Bar("one event", "limit", 2.0, 1.0, "0.5 ms", "1 ms", True),
        ),
        (
            _work("limit", "bytes", 200e6, 250e6),
            Bar("one event", "limit, bytes", 0.8, 1.0, "250 MB", "200 MB", False),
        ),
    ],
    ids=["a peer", "the floor", "a limit of time", "a limit of memory"],
)
def test_a_bar_is_as_long_as_ours_is_times_as_fast(work: dict[str, Any], bar: Bar) -> None:
    assert bars([work]) == [bar]


def test_what_was_not_run_has_no_bar() -> None:
    assert bars([{"what": "one event", "samples": {}, "reached": []}]) == []


def test_a_ratio_that_is_only_told_has_no_bar() -> None:
    assert bars([_work("floor", "wall", None, 1.5)]) == []


@pytest.mark.parametrize(
    ("results", "why"),
    [
        (None, "there is no .*results.json: run `make bench` first"),
        ("[]", "there is nothing to draw in .*results.json"),
        ('[{"what":', "results.json cannot be read"),
    ],
    ids=["no file", "no ratio", "half a file"],
)
def test_where_there_is_nothing_to_draw_it_says_so(
    tmp_path: Path, results: str | None, why: str
) -> None:
    if results is not None:
        (tmp_path / "results.json").write_text(results)
    with pytest.raises(NotDrawn, match=why):
        draw(tmp_path)


def test_no_chart_of_other_results_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_made() -> Path:
        raise subprocess.CalledProcessError(1, ["pip", "install"])

    monkeypatch.setattr(chart, "python_to_draw", not_made)
    (tmp_path / "results.json").write_text(json.dumps([_work("floor", "wall", 2.0, 1.0)]))
    (tmp_path / "chart.svg").write_text("of other results")
    with pytest.raises(NotDrawn, match=r"the chart cannot be drawn: .*pip"):
        draw(tmp_path)
    assert not (tmp_path / "chart.svg").exists()
