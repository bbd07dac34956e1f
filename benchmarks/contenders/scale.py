"""The same work in a province of 10,000 referrals and in one of 1,000,000."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.contenders import province_store
from benchmarks.contenders.measuring import Seen, main, timed
from benchmarks.contenders.province import OPERATOR, PLACES, SUPERIOR, ward_of
from benchmarks.contenders.province_life import NOW, opened
from referral_flow import Actor, Role
from referral_flow.commands import Resume, Suspend
from referral_flow.engine.ids import as_text
from referral_flow.ports import Query
from referral_flow.stores.sqlite import SqliteStore

ON = date(2012, 6, 30)
"""The past day of a report."""

_WARM = 50
_PAGE = 100
_TAKING_PART = "kind = 'referral' AND state IN ('submitted', 'assigned', 'active')"
_IN_JANUARY = datetime(2014, 1, 5, tzinfo=NOW.tzinfo)


@contextmanager
def _place(size: str) -> Iterator[Path]:
    """Give the store: the small one as a copy, the large one itself, which is put right again."""
    if size == "large":
        yield province_store.large()
        return
    with TemporaryDirectory() as folder:
        yield Path(shutil.copy(province_store.small(), folder))


def _asked(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _recent(path: Path, count: int) -> list[tuple[str, str]]:
    """Give those issued last, with the committee that receives."""
    sql = "SELECT id, owner FROM rf_stream WHERE {} ORDER BY id DESC LIMIT {}"
    return [(as_text(id), owner) for id, owner in _asked(path, sql.format(_TAKING_PART, count))]


def _even(path: Path, count: int) -> list[tuple[str, str]]:
    """Give some of all years alike."""
    found = _asked(path, f"SELECT id, owner FROM rf_stream WHERE {_TAKING_PART} ORDER BY id")
    chosen = found[:: len(found) // count][:count]
    random.Random(22).shuffle(chosen)
    return [(as_text(id), owner) for id, owner in chosen]


def command(size: str, choose: Callable[[Path, int], list[tuple[str, str]]], count: int) -> Seen:
    """Suspend referrals, one transaction each; afterwards they are resumed, untimed."""
    with _place(size) as path:
        chosen = choose(path, count + _WARM)
        with opened(path) as flow:
            desks = {owner: flow.acting_as(ward_of(owner)) for _, owner in chosen}

            def suspend(part: list[tuple[str, str]]) -> None:
                for id, owner in part:
                    desks[owner].execute(Suspend(id, "đi học dài ngày"))

            suspend(chosen[:_WARM])
            seen = timed(lambda: suspend(chosen[_WARM:]), count)
            for id, owner in chosen:
                desks[owner].execute(Resume(id))
            return seen


def overdue(size: str, count: int) -> Seen:
    """Ask the store for pages of 100 whose paper is overdue, from many places."""
    with _place(size) as path:
        due = int(NOW.timestamp()) * 1_000_000
        ids = _asked(path, f"SELECT id FROM rf_stream WHERE due < {due} ORDER BY id")
        starts = [id for (id,) in ids[: -2 * _PAGE : len(ids) // 50]]
        store = SqliteStore(f"sqlite:///{path}")
        queries = [Query("referral", due_before=due, after=id, limit=_PAGE) for id in starts]
        assert all(len(store.find(query)) == _PAGE for query in queries)
        return _repeated(store.find, queries, count)


def due(size: str, count: int) -> Seen:
    """Ask the store for the 100 timers that are due first."""
    with _place(size) as path:
        store = SqliteStore(f"sqlite:///{path}")
        moment = int(_IN_JANUARY.timestamp()) * 1_000_000
        assert len(store.due_timers(moment, _PAGE)) == _PAGE
        return _repeated(lambda now: store.due_timers(now, _PAGE), [moment], count)


def page(size: str, actor: Actor, overdue: bool, count: int) -> Seen:
    """Ask by the public face for the first page of 100."""
    with _place(size) as path, opened(path) as flow:
        desk = flow.acting_as(actor)
        assert len(desk.find(overdue=overdue, limit=_PAGE).items) == _PAGE
        return _repeated(lambda _: desk.find(overdue=overdue, limit=_PAGE), [None], count)


def report(count: int) -> Seen:
    """Count everything as it stood on a past day."""
    with opened(province_store.large()) as flow:
        desk = flow.acting_as(OPERATOR)
        return _repeated(lambda day: desk.figures(on=day), [ON], count)


def report_of_one(count: int) -> Seen:
    """Count for one committee after the other, each for the first time."""
    with opened(province_store.large()) as flow:
        homes = [flow.acting_as(Actor("u-9", Role.RESIDENCE, f"r-{n:03}")) for n in range(PLACES)]
        works = [flow.acting_as(Actor("u-1", Role.WORKPLACE, f"w-{n:03}")) for n in range(PLACES)]
        desks = [desk for pair in zip(homes, works, strict=True) for desk in pair]
        random.Random(22).shuffle(desks)
        desks[-1].figures(on=ON)
        return timed(lambda: [desk.figures(on=ON) for desk in desks[:count]], count)


def _repeated(ask: Callable[[Any], Any], what: list[Any], count: int) -> Seen:
    for each in what:
        ask(each)
    asked = list(islice(cycle(what), count))
    return timed(lambda: [ask(each) for each in asked], count)


_COMMITTEE = Actor("u-9", Role.RESIDENCE, "r-007")

if __name__ == "__main__":
    main(
        {
            **{f"recent_{size}": partial(command, size, _recent) for size in ("small", "large")},
            **{f"even_{size}": partial(command, size, _even) for size in ("small", "large")},
            **{f"overdue_{size}": partial(overdue, size) for size in ("small", "large")},
            **{f"due_{size}": partial(due, size) for size in ("small", "large")},
            **{f"page_{size}": partial(page, size, SUPERIOR, True) for size in ("small", "large")},
            "page_of_one": partial(page, "large", _COMMITTEE, False),
            "report": report,
            "report_of_one": report_of_one,
        }
    )
