"""Write what was seen as a table that goes into the docs."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.works import LIMIT

_HEAD = (
    "| work | against | median, microseconds | ours | ratio seen | to reach | |\n"
    "|---|---|---|---|---|---|---|\n"
)


def written(works: Iterable[Mapping[str, Any]]) -> str:
    """Give one line for each ratio that is to be reached."""
    return _HEAD + "".join(line for work in works for line in _lines(work))


def _lines(work: Mapping[str, Any]) -> Iterable[str]:
    for reached in work["reached"]:
        figure, against = reached["figure"], reached["against"]
        limited = against == LIMIT
        told = " | ".join(
            (
                work["what"],
                against if figure == "wall" else f"{against}, {figure}",
                "" if limited else _median(work["samples"][against], figure),
                _median(work["samples"]["ours"], figure),
                _ratio(reached["seen"], limited),
                f"at most {_ratio(reached['at_most'], limited)}",
                "reached" if reached["seen"] <= reached["at_most"] else "**missed**",
            )
        )
        yield f"| {told} |\n"


def _ratio(value: float, limited: bool) -> str:
    return f"{value * 1e3:.3g} ms" if limited else f"{value:.3g}"


def _median(samples: Iterable[Mapping[str, float]], figure: str) -> str:
    if figure == "bytes":
        return f"{statistics.median(s['bytes'] for s in samples):.0f} bytes"
    return f"{statistics.median(s[figure] / s['operations'] for s in samples) * 1e6:.2f}"
