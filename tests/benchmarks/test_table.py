"""The table of a benchmark: what was seen, in the unit of its figure, reached or missed."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.table import written


def _line(
    reached: dict[str, Any], ours: dict[str, float], other: dict[str, float] | None = None
) -> list[str]:
    """Give the cells of the one line that is written of one work."""
    samples = {"ours": [ours]} if other is None else {"ours": [ours], "floor": [other]}
    work = {"what": "one event", "samples": samples, "reached": [reached]}
    (line,) = written([work]).splitlines()[2:]
    return [cell.strip() for cell in line.strip("|").split("|")]


def _reached(against: str, figure: str, at_most: float | None, seen: float) -> dict[str, Any]:
    return {"against": against, "figure": figure, "at_most": at_most, "seen": seen}


def _seen(wall: float, cpu: float = 0.0, operations: int = 1, bytes: float = 0.0) -> Any:
    return {"wall": wall, "cpu": cpu, "operations": operations, "bytes": bytes}


def test_a_ratio_stands_beside_both_times_of_one_operation() -> None:
    line = _line(_reached("floor", "wall", 2.0, 1.5), _seen(3e-3, 0, 1000), _seen(4e-3, 0, 2000))
    assert line == ["one event", "floor", "2.00", "3.00", "1.5", "at most 2", "reached"]


def test_a_ratio_that_is_only_told_is_neither_reached_nor_missed() -> None:
    line = _line(_reached("floor", "wall", None, 1.5), _seen(3e-3), _seen(2e-3))
    assert line[4:] == ["1.5", "", "told"]


def test_another_figure_than_the_clock_is_named() -> None:
    line = _line(_reached("floor", "cpu", 2.0, 4.0), _seen(9.0, 8e-6), _seen(9.0, 2e-6))
    assert line == ["one event", "floor, cpu", "2.00", "8.00", "4", "at most 2", "**missed**"]


def test_a_limit_of_a_moment_is_told_in_milliseconds() -> None:
    line = _line(_reached("limit", "wall", 5e-4, 4e-4), _seen(4e-4))
    assert line == ["one event", "limit", "", "400.00", "0.4 ms", "at most 0.5 ms", "reached"]


def test_a_limit_of_a_while_is_told_in_seconds() -> None:
    line = _line(_reached("limit", "wall", 30, 74.26), _seen(74.26))
    assert line[3:] == ["74.3 s", "74.3 s", "at most 30 s", "**missed**"]


@pytest.mark.parametrize(
    ("seen", "told", "verdict"),
    [
        (183_500_800.0, "184 MB", "reached"),
        (200e6, "200 MB", "reached"),
        (260e6, "260 MB", "**missed**"),
    ],
)
def test_a_limit_of_memory_is_told_in_megabytes(seen: float, told: str, verdict: str) -> None:
    line = _line(_reached("limit", "bytes", 200e6, seen), _seen(1, bytes=seen))
    assert line[1:] == ["limit, bytes", "", told, told, "at most 200 MB", verdict]


def test_a_few_bytes_are_told_as_they_are() -> None:
    line = _line(_reached("floor", "bytes", 0.1, 0.111), _seen(1, bytes=385), _seen(1, bytes=3463))
    assert line[2:5] == ["3463 bytes", "385 bytes", "0.111"]


def test_each_ratio_of_each_work_has_a_line() -> None:
    two = [_reached("floor", "wall", 2.0, 1.5), _reached("limit", "wall", 1.0, 0.5)]
    works = [
        {"what": what, "samples": {"ours": [_seen(1)], "floor": [_seen(2)]}, "reached": two}
        for what in ("one event", "many")
    ]
    lines = written(works).splitlines()[2:]
    assert [line.split(" | ")[0] for line in lines] == ["| one event"] * 2 + ["| many"] * 2
