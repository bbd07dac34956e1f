"""Run the contenders of one work in turn, each time in a process of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.environments import python_of
from benchmarks.works import LIMIT, OURS, Contender, Reach, Work

ROOT = Path(__file__).parents[1]


def run(work: Work, rounds: int, peers: bool) -> dict[str, Any]:
    """Give what each contender needed in each round, and the ratios that are to be reached.

    In each round every contender has its turn, so that a machine that wanders meets all of
    them alike; a ratio is taken within a round, and the median of the ratios is told.
    """
    if work.rounds is not None:
        rounds = min(rounds, work.rounds)
    contenders = [c for c in work.contenders if peers or c.environment is None]
    samples: dict[str, list[dict[str, float]]] = {c.name: [] for c in contenders}
    with _server(work) as place:
        for number in range(rounds):
            for contender in contenders:
                print(f"{work.name}: {contender.name}, {number + 1}/{rounds}", file=sys.stderr)
                samples[contender.name].append(_sample(contender, work.count, place))
    reached = [
        {
            "against": reach.against,
            "figure": reach.figure,
            "at_most": reach.ratio,
            "seen": statistics.median(_seen(reach, samples)),
        }
        for reach in work.reach
        if reach.against in samples or reach.against == LIMIT
    ]
    return {"name": work.name, "what": work.what, "samples": samples, "reached": reached}


def _seen(reach: Reach, samples: Mapping[str, Sequence[Mapping[str, float]]]) -> list[float]:
    """Give what is to be reached, as it was in each round."""
    ours = [_of_one(sample, reach.figure) for sample in samples["ours"]]
    if reach.against == LIMIT:
        return ours
    others = [_of_one(sample, reach.figure) for sample in samples[reach.against]]
    return [mine / other for mine, other in zip(ours, others, strict=True)]


def _of_one(sample: Mapping[str, float], figure: str) -> float:
    return sample[figure] if figure == "bytes" else sample[figure] / sample["operations"]


@contextmanager
def _server(work: Work) -> Iterator[Mapping[str, str]]:
    """Give the variables that say where the server is, one for all rounds of a work."""
    if not work.postgres:
        yield {}
        return
    from tests.support.postgres_server import DURABLE, running

    with running(settings=DURABLE) as server:
        yield {"REFERRAL_FLOW_BENCH_SERVER": server.url()}


def _sample(contender: Contender, count: int, place: Mapping[str, str]) -> dict[str, float]:
    command = [
        *_PINNED,
        str(python_of(contender.environment)),
        "-m",
        f"benchmarks.{contender.module}",
        contender.work,
        str(count),
    ]
    ours = contender.environment in (None, OURS)
    path = f"{ROOT}{os.pathsep}{ROOT / 'src'}" if ours else str(ROOT)
    ran = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **place, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if ran.returncode:
        raise SystemExit(f"{contender.name} failed:\n{ran.stderr}")
    return dict(json.loads(ran.stdout.splitlines()[-1]))


# One core, so that neither the scheduler nor a second core flatters anybody.
_CORE = os.environ.get("REFERRAL_FLOW_BENCH_CORE", "0")
_PINNED = ("taskset", "-c", _CORE) if sys.platform == "linux" else ()
