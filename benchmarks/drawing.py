"""Draw bars as SVG, in an environment with matplotlib: bars as JSON come in, a file goes out.

Text stays text, and the same bars give the same bytes.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

# Inches; a row is a line of text.
_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM, _ROW = 8.6, 2.15, 1.85, 1.05, 0.4, 0.2
# Told apart also by who sees few colours; each on white, which the chart brings with it.
_REACHED, _MISSED, _WANTED = "#2a6fbb", "#bf5700", "#111111"
_TEXT, _QUIET, _GRID, _PAPER = "#1f2328", "#57606a", "#d8dee4", "#ffffff"
_TITLE = "How many times as fast as others referral-flow is"
_NOTE = (
    "1\N{MULTIPLICATION SIGN} is as fast as the other; less is a share of its speed."
    " bytes: as small. limit: what one may take."
)
_MANY_DECADES = 3.5
_APART = 0.4
_OVER_LINES = {"facecolor": _PAPER, "edgecolor": "none", "pad": 1}

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "referral-flow",
    "font.family": "sans-serif",
    # The first one comes with matplotlib, so that all machines measure alike; it is the
    # widest too, so that text in another one stays in its place.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica", "Arial"],
    "font.size": 9,
    "text.color": _TEXT,
}


class _Row(NamedTuple):
    """A line of the chart, so many rows from the top: a heading, or a bar below it."""

    place: float
    heading: str | None
    bar: dict[str, Any]


def draw(bars: list[dict[str, Any]], path: Path) -> None:
    """Write the chart of bars, those of a work under its heading."""
    rows = _rows(bars)
    tall = _ROW * (rows[-1].place + 1)
    mpl.rcdefaults()
    mpl.rcParams.update(_STYLE)
    height = _TOP + _BOTTOM + tall
    figure = Figure(figsize=(_WIDTH, height), facecolor=_PAPER)
    wide = _WIDTH - _LEFT - _RIGHT
    axes = figure.add_axes((_LEFT / _WIDTH, _BOTTOM / height, wide / _WIDTH, tall / height))
    _axis(axes, bars, rows[-1].place)
    for row in rows:
        if row.heading is None:
            _bar(axes, row.place, row.bar)
        else:
            _text(axes, 0.1 - _LEFT, row.place, row.heading, weight="bold", bbox=_OVER_LINES)
    _head(figure, axes, height)
    figure.savefig(path, format="svg", facecolor=_PAPER, metadata={"Date": None, "Creator": None})


def _rows(bars: list[dict[str, Any]]) -> list[_Row]:
    """Give the bars of each work under its heading, and some room before the next."""
    rows: list[_Row] = []
    place = 0.0
    for work, group in groupby(bars, key=lambda bar: bar["work"]):
        rows.append(_Row(place, work, {}))
        for bar in group:
            place += 1
            rows.append(_Row(place, None, bar))
        place += 1 + _APART
    return rows


def _axis(axes: Axes, bars: list[dict[str, Any]], last: float) -> None:
    shown = [1.0, *(bar[what] for bar in bars for what in ("times", "wanted"))]
    least, most = min(shown) / 1.3, max(shown) * 1.3
    axes.set_xscale("log")
    axes.set_xlim(least, most)
    axes.set_ylim(last + 0.6, -0.4)
    steps = (1, 2, 5) if most < least * 10**_MANY_DECADES else (1,)
    ticks = [step * 10.0**tens for tens in range(-6, 7) for step in steps]
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if least < tick < most]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:g}\N{MULTIPLICATION SIGN}")
    )
    axes.yaxis.set_major_locator(NullLocator())
    axes.tick_params(axis="x", top=True, labeltop=True, color=_GRID, labelcolor=_QUIET, labelsize=8)
    axes.grid(axis="x", color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.axvline(1, color=_QUIET, linewidth=1)
    for side in axes.spines.values():
        side.set_visible(False)


def _bar(axes: Axes, place: float, bar: dict[str, Any]) -> None:
    colour = _REACHED if bar["reached"] else _MISSED
    axes.barh(place, bar["times"] - 1, left=1, height=0.6, color=colour)
    axes.plot([bar["wanted"]] * 2, [place - 0.42, place + 0.42], color=_WANTED, linewidth=2)
    _text(axes, -0.1, place, bar["against"], ha="right")
    wide = _WIDTH - _LEFT - _RIGHT
    _text(axes, wide + 0.85, place, bar["seen"], ha="right", weight="bold", color=colour)
    _text(axes, wide + _RIGHT - 0.1, place, bar["asked"], ha="right", color=_QUIET)


def _text(axes: Axes, inches: float, place: float, text: str, **how: Any) -> None:
    """Write on a row, so many inches from the left end of the axis."""
    wide = _WIDTH - _LEFT - _RIGHT
    axes.text(
        inches / wide,
        place,
        text.replace("$", r"\$"),
        transform=axes.get_yaxis_transform(),
        va="center_baseline",
        clip_on=False,
        **how,
    )


def _head(figure: Figure, axes: Axes, height: float) -> None:
    at = 0.1 / _WIDTH
    figure.text(at, 1 - 0.15 / height, _TITLE, va="top", size=12, weight="bold")
    figure.text(at, 1 - 0.4 / height, _NOTE, va="top", size=8, color=_QUIET)
    marks = [
        Patch(color=_REACHED, label="reached"),
        Patch(color=_MISSED, label="missed"),
        Line2D([], [], color=_WANTED, marker="|", markersize=10, markeredgewidth=2, linewidth=0),
    ]
    figure.legend(
        marks,
        ["reached", "missed", "to be reached"],
        loc="upper left",
        bbox_to_anchor=(0, 1 - 0.52 / height),
        ncols=3,
        frameon=False,
        fontsize=8,
    )
    wide = _WIDTH - _LEFT - _RIGHT
    head = {"ha": "right", "size": 8, "color": _QUIET}
    _text(axes, wide + 0.85, -1.35, "seen", **head)
    _text(axes, wide + _RIGHT - 0.1, -1.35, "to reach", **head)


if __name__ == "__main__":
    draw(json.load(sys.stdin), Path(sys.argv[1]))
