"""Time one work in this process and print what was seen; imported by every contender.

It needs nothing but the standard library: each peer runs in an environment of its own.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Seen(NamedTuple):
    """Seconds of the clock and of the processor for a number of operations, and bytes for one."""

    wall: float
    cpu: float
    operations: int
    bytes: float = 0.0


COMPILED = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
"""The environment of a process that runs from compiled files, as an installed library does."""

Work = Callable[[int], Seen]


def timed(run: Callable[[], object], count: int) -> Seen:
    """Time `run`, which does `count` operations."""
    gc.collect()
    cpu = time.process_time()
    wall = time.perf_counter()
    run()
    return Seen(time.perf_counter() - wall, time.process_time() - cpu, count)


def best_of(run: Callable[[], object], count: int, times: int = 5) -> Seen:
    """Time a short run several times and keep the quickest: what disturbs only adds."""
    return min((timed(run, count) for _ in range(times)), key=lambda seen: seen.wall)


def held_bytes(make: Callable[[], object]) -> int:
    """Give the bytes that what `make` gives holds on to."""
    gc.collect()
    tracemalloc.start()
    made = make()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del made
    return held


def main(works: Mapping[str, Work]) -> None:
    """Do the work that the command line names, as often as it says."""
    name, count = sys.argv[1], int(sys.argv[2])
    seen = works[name](count)
    print(json.dumps(seen._asdict()))
