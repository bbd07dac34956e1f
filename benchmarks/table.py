"""Write what was seen as a table that goes into the docs."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.works import LIMIT

_MB = 1e6
_HEAD = (
    "| work | against | median, microseconds | ours | ratio seen | to reach | |\n"
    "|---|---|---|---|---|---|---|\n"
)


def written(works: Iterable[Mapping[str, Any]]) -> str:
    """Give one line for each ratio that is to be reached, or told."""
    return _HEAD + "".join(line for work in works for line in _lines(work))


def _lines(work: Mapping[str, Any]) -> Iterable[str]:
    for reached in work["reached"]:
        figure, against, at_most = reached["figure"], reached["against"], reached["at_most"]
        line = " | ".join(
            (
                work["what"],
                seen_against(reached),
                "" if against == LIMIT else _median(work["samples"][against], figure),
                _median(work["samples"]["ours"], figure),
                told(reached, reached["seen"]),
                "" if at_most is None else f"at most {told(reached, at_most)}",
                _verdict(reached["seen"], at_most),
            )
        )
        yield f"| {line} |\n"


def _verdict(seen: float, at_most: float | None) -> str:
    if at_most is None:
        return "told"
    return "reached" if seen <= at_most else "**missed**"


def seen_against(reached: Mapping[str, Any]) -> str:
    """Give what ours was held against, with the figure where it is not the clock's."""
    against, figure = reached["against"], reached["figure"]
    return against if figure == "wall" else f"{against}, {figure}"


def told(reached: Mapping[str, Any], value: float) -> str:
    """Tell a ratio; where there is a limit, a value in the unit of its figure."""
    if reached["against"] != LIMIT:
        return f"{value:.3g}"
    return _bytes(value) if reached["figure"] == "bytes" else _seconds(value)


def _seconds(value: float) -> str:
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"


def _bytes(value: float) -> str:
    return f"{value:.0f} bytes" if value < _MB else f"{value / _MB:.3g} MB"


def _median(samples: Iterable[Mapping[str, float]], figure: str) -> str:
    if figure == "bytes":
        return _bytes(statistics.median(s["bytes"] for s in samples))
    median = statistics.median(s[figure] / s["operations"] for s in samples)
    return f"{median * 1e6:.2f}" if median < 1 else _seconds(median)
