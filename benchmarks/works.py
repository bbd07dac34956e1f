"""What is compared with what, and how far we mean to be ahead."""

from __future__ import annotations

from attrs import frozen

OURS = "ours"


@frozen
class Contender:
    """A module of ours or of a peer, the environment that it runs in, and its work there.

    An environment of None is the one that runs the benchmarks; others are made from
    `peers/pins/NAME.txt`. That of OURS has what pip installs with the library and no more.
    """

    name: str
    module: str
    work: str
    environment: str | None = None


LIMIT = "limit"
"""Stands for a contender where ours is to stay within a figure of its own."""


@frozen
class Reach:
    """What is to be reached against one contender.

    `ratio` is the time of ours divided by the time of the other, at most; against LIMIT
    it is the seconds or the bytes of one operation. None is for a ratio that is only told.
    `figure` is what is compared: `wall`, `cpu` or `bytes`.
    """

    against: str
    ratio: float | None
    figure: str = "wall"


@frozen
class Work:
    """One line of the table: contenders that do the same `count` operations in turn.

    `postgres` says that they need a server; its address comes in REFERRAL_FLOW_BENCH_SERVER.
    `rounds` is how often a long one is run at most, however often the others are.
    """

    name: str
    what: str
    count: int
    contenders: tuple[Contender, ...]
    reach: tuple[Reach, ...]
    postgres: bool = False
    rounds: int | None = None


def _ours(work: str, module: str = "ours") -> Contender:
    return Contender(OURS, f"contenders.{module}", work)


def _floor(work: str, module: str = "floor") -> Contender:
    return Contender("floor", f"contenders.{module}", work)


def _peer(name: str, work: str, environment: str | None = None) -> Contender:
    return Contender(name, f"peers.{name.replace('-', '_')}", work, environment or name)


ENGINES = ("automat", "viewflow", "transitions", "xstate", "python-statemachine", "sismic")

WORKS: tuple[Work, ...] = (
    Work(
        "event",
        "one event, guard and record",
        9_000,
        (
            _floor("event", "floor_engine"),
            _ours("event", "ours_engine"),
            *(_peer(name, "event") for name in ENGINES),
        ),
        (
            Reach("floor", 2.0),
            Reach("automat", 1 / 3.5),
            Reach("viewflow", 1 / 5),
            Reach("transitions", 1 / 20),
            Reach("xstate", 1 / 30),
            Reach("python-statemachine", 1 / 200),
            Reach("sismic", 1 / 100),
        ),
    ),
    Work(
        "possible",
        "what may be done now, with reasons, no command in hand",
        9_000,
        (
            _ours("possible", "ours_engine"),
            _peer("transitions", "event"),
            Contender("transitions may_", "peers.transitions", "possible", "transitions"),
        ),
        (Reach("transitions", 0.2), Reach("transitions may_", 1 / 11)),
    ),
    Work(
        "decision",
        "a whole decision: command, permit, guards, events, new state",
        9_000,
        (_ours("decision", "ours_engine"), _peer("transitions", "event")),
        (Reach("transitions", 0.75),),
    ),
    Work(
        "instance",
        "one referral in memory, among 10,000",
        10_000,
        (_ours("instance", "ours_engine"), _peer("transitions", "instance")),
        (Reach("transitions", 1 / 40), Reach("transitions", 1 / 10, "bytes")),
    ),
    Work(
        "durable full",
        "one durable command, SQLite FULL",
        600,
        (
            _floor("durable_full"),
            _ours("durable_full"),
            Contender("viewflow, by hand", "peers.viewflow", "by_hand", "viewflow"),
            _peer("xstate", "durable"),
            Contender("xstate, snapshot", "peers.xstate", "snapshot", "xstate"),
            _peer("eventsourcing", "durable"),
            Contender(
                "eventsourcing, once", "peers.eventsourcing", "durable_once", "eventsourcing"
            ),
            _peer("sqlalchemy", "durable"),
            Contender("sqlalchemy, fewer rows", "peers.sqlalchemy", "durable_light", "sqlalchemy"),
            _peer("django", "durable"),
            Contender("django, fewer rows", "peers.django_light", "durable_light", "django"),
            _peer("dbos", "durable"),
            Contender("dbos, workflow", "peers.dbos", "workflow", "dbos"),
        ),
        (
            Reach("floor", 1 / 0.75),
            Reach("floor", 2.0, "cpu"),
            Reach("viewflow, by hand", None),
            Reach("viewflow, by hand", None, "cpu"),
            Reach("xstate", 1 / 4.5),
            Reach("xstate, snapshot", 1 / 4.5),
            Reach("eventsourcing", 1 / 2.3),
            Reach("eventsourcing, once", 1 / 2.3),
            Reach("sqlalchemy", 1 / 5),
            Reach("sqlalchemy, fewer rows", 1 / 5),
            Reach("django", 1 / 7),
            Reach("django, fewer rows", 1 / 7),
            Reach("dbos", 1 / 6.5),
            Reach("dbos, workflow", 1 / 6.5),
        ),
    ),
    Work(
        "durable normal",
        "one durable command, SQLite NORMAL",
        1_000,
        (_floor("durable_normal"), _ours("durable_normal")),
        (Reach("floor", 1 / 0.60), Reach("floor", 2.0, "cpu")),
    ),
    Work(
        "together",
        "sixteen callers at once, each acknowledged after its commit",
        2_000,
        (_floor("durable_full"), _ours("together")),
        (Reach("floor", 1 / 2.5),),
    ),
    Work(
        "bulk",
        "execute_many",
        5_000,
        (_floor("bulk"), _ours("bulk"), _peer("eventsourcing", "bulk")),
        (Reach("floor", 1 / 0.55),),
    ),
    Work(
        "opening",
        "open a memory flow, from a cold interpreter",
        1,
        (
            Contender(OURS, "contenders.ours_opening", "opening", OURS),
            _peer("transitions", "opening"),
        ),
        (Reach("transitions", 3.0),),
    ),
)
