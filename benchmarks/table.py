"""Write what was seen as a table that goes into the docs."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

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
        told = " | ".join(
            (
                work["what"],
                against if figure == "wall" else f"{against}, {figure}",
                _median(work["samples"][against], figure),
                _median(work["samples"]["ours"], figure),
                f"{reached['seen']:.3g}",
                f"at most {reached['at_most']:.3g}",
                "reached" if reached["seen"] <= reached["at_most"] else "**missed**",
            )
        )
        yield f"| {told} |\n"


def _median(samples: Iterable[Mapping[str, float]], figure: str) -> str:
    if figure == "bytes":
        return f"{statistics.median(s['bytes'] for s in samples):.0f} bytes"
    return f"{statistics.median(s[figure] / s['operations'] for s in samples) * 1e6:.2f}"
