"""The store on PostgreSQL beside psycopg alone, and a queue of messages beside a queue of jobs."""

from __future__ import annotations

from benchmarks.works import Contender, Reach, Work

_DURABLE = ("plain", "pipelined", "one message")


def _contender(name: str, module: str, work: str, environment: str | None = None) -> Contender:
    return Contender(name, module, work, environment)


def _ours(work: str) -> Contender:
    return _contender("ours", "contenders.ours_postgres", work)


def _psycopg(work: str) -> Contender:
    return _contender(f"psycopg, {work}", "contenders.floor_postgres", work)


def _procrastinate(work: str) -> Contender:
    return _contender(
        f"procrastinate, {work}", "peers.procrastinate", work, environment="procrastinate"
    )


WORKS: tuple[Work, ...] = (
    Work(
        "postgres durable",
        "one durable command, PostgreSQL",
        600,
        (*(_psycopg(how) for how in _DURABLE), _ours("durable")),
        tuple(Reach(f"psycopg, {how}", 1 / 0.65) for how in _DURABLE),
        postgres=True,
    ),
    Work(
        "postgres bulk",
        "execute_many, PostgreSQL",
        5_000,
        (_psycopg("copied"), _ours("bulk")),
        (Reach("psycopg, copied", 1 / 0.45),),
        postgres=True,
    ),
    Work(
        "postgres deliver",
        "messages delivered to nobody, PostgreSQL",
        2_000,
        (_procrastinate("ten at once"), _procrastinate("one by one"), _ours("deliver")),
        (Reach("procrastinate, ten at once", 1 / 3), Reach("procrastinate, one by one", 1 / 3)),
        postgres=True,
    ),
)
