"""Run the works and write what was seen: python -m benchmarks [WORK ...] [--rounds N]."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.chart import FOLDER, RESULTS, NotDrawn, draw
from benchmarks.running import run
from benchmarks.table import written
from benchmarks.works import WORKS as BESIDE_OTHERS
from benchmarks.works_postgres import WORKS as POSTGRES
from benchmarks.works_province import WORKS as PROVINCE
from benchmarks.works_scale import WORKS as SCALE

WORKS = (*BESIDE_OTHERS, *POSTGRES, *SCALE, *PROVINCE)


def main() -> None:
    """Run what the command line names, all of it by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("work", nargs="*", choices=[[], *(work.name for work in WORKS)])
    parser.add_argument("--rounds", type=int, default=7, help="how often each is run, in turn")
    parser.add_argument("--without-peers", action="store_true", help="only the floor and ours")
    parser.add_argument("--to", type=Path, default=FOLDER, help="a folder")
    asked = parser.parse_args()
    chosen = [work for work in WORKS if not asked.work or work.name in asked.work]
    asked.to.mkdir(parents=True, exist_ok=True)
    seen: list[dict[str, Any]] = []
    # Written after each: of an hour's run that is stopped, what was seen by then stays.
    for work in chosen:
        seen.append(run(work, asked.rounds, not asked.without_peers))
        (asked.to / RESULTS).write_text(json.dumps(seen, indent=1), encoding="utf-8")
        (asked.to / "table.md").write_text(written(seen), encoding="utf-8")
    sys.stdout.write(written(seen))
    try:
        draw(asked.to)
    except NotDrawn as why:
        print(why, file=sys.stderr)


if __name__ == "__main__":
    main()
