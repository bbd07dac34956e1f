"""Draw what was seen, again or for the first time: python -m benchmarks.chart [FOLDER]."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from benchmarks.environments import python_to_draw
from benchmarks.table import seen_against, told
from benchmarks.works import LIMIT

FOLDER = Path("build/benchmarks")
RESULTS, CHART = "results.json", "chart.svg"
_ROOT = Path(__file__).parents[1]


class NotDrawn(Exception):
    """Say why there is no chart, in one sentence."""


@frozen
class Bar:
    """One ratio that is to be reached, as it is drawn.

    `times` is how many times as fast ours is as the other (bytes: as small; a limit: as
    fast as it asks), `wanted` what that is to be at least; `seen` and `asked` tell both, a
    limit in its own unit.
    """

    work: str
    against: str
    times: float
    wanted: float
    seen: str
    asked: str
    reached: bool


def bars(works: Iterable[Mapping[str, Any]]) -> list[Bar]:
    """Give one bar for each ratio that is to be reached."""
    return [
        _bar(work["what"], reached)
        for work in works
        for reached in work["reached"]
        if reached["at_most"] is not None
    ]


def draw(folder: Path) -> Path:
    """Write the chart of the results in a folder beside them; raises NotDrawn.

    It is drawn in an environment of its own: who works on the library needs nothing for it.
    """
    chart = folder / CHART
    # One of other results would be taken for theirs.
    chart.unlink(missing_ok=True)
    drawn = bars(_results(folder / RESULTS))
    if not drawn:
        raise NotDrawn(f"there is nothing to draw in {folder / RESULTS}: no ratio was seen")
    try:
        subprocess.run(
            [python_to_draw(), "-m", "benchmarks.drawing", chart.absolute()],
            check=True,
            input=json.dumps([asdict(bar) for bar in drawn]),
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotDrawn(f"the chart cannot be drawn: {error}") from error
    return chart


def _results(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise NotDrawn(f"there is no {path}: run `make bench` first") from None
    except (OSError, ValueError) as error:
        raise NotDrawn(f"{path} cannot be read: {error}") from error


def _bar(work: str, reached: Mapping[str, Any]) -> Bar:
    seen, at_most, limited = reached["seen"], reached["at_most"], reached["against"] == LIMIT
    times, wanted = (at_most / seen, 1.0) if limited else (1 / seen, 1 / at_most)
    return Bar(
        work,
        seen_against(reached),
        times,
        wanted,
        told(reached, seen) if limited else f"{times:.3g}\N{MULTIPLICATION SIGN}",
        told(reached, at_most) if limited else f"{wanted:.3g}\N{MULTIPLICATION SIGN}",
        seen <= at_most,
    )


def main() -> None:
    """Draw the results of a folder, `build/benchmarks` by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chart", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    try:
        print(draw(parser.parse_args().folder))
    except NotDrawn as why:
        sys.exit(str(why))


if __name__ == "__main__":
    main()
