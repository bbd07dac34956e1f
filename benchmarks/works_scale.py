"""How cost grows: from 10,000 referrals to 1,000,000, on SQLite."""

from __future__ import annotations

from benchmarks.works import LIMIT, Contender, Reach, Work

_MS = 1e-3


def _sizes(work: str) -> tuple[Contender, ...]:
    return (
        Contender("10,000", "contenders.scale", f"{work}_small"),
        Contender("ours", "contenders.scale", f"{work}_large"),
    )


def _ours(work: str) -> Contender:
    return Contender("ours", "contenders.scale", work)


WORKS: tuple[Work, ...] = (
    Work(
        "scale recent",
        "a command at 1,000,000 referrals, on those issued last",
        600,
        _sizes("recent"),
        (Reach("10,000", 1.05), Reach("10,000", 1.05, "cpu")),
    ),
    Work(
        "scale even",
        "a command at 1,000,000 referrals, on those of all years alike",
        600,
        _sizes("even"),
        (Reach("10,000", 1.3), Reach("10,000", 1.3, "cpu")),
    ),
    Work(
        "scale due",
        "100 timers that are due, of a store of 1,000,000",
        500,
        _sizes("due"),
        (Reach("10,000", 1.2), Reach(LIMIT, 0.5 * _MS)),
    ),
    Work(
        "scale overdue",
        "100 overdue referrals, of a store of 1,000,000",
        500,
        _sizes("overdue"),
        (Reach("10,000", 1.2), Reach(LIMIT, 0.5 * _MS)),
    ),
    Work(
        "scale page",
        "a page of 100 overdue of a province, 1,300 committees, with permission and state of each",
        50,
        _sizes("page"),
        (Reach("10,000", 1.2),),
    ),
    Work(
        "scale page of one",
        "a page of 100 of one committee, with permission and state of each",
        200,
        (_ours("page_of_one"),),
        (Reach(LIMIT, 0.5 * _MS),),
    ),
    Work(
        "scale report",
        "a report at a past date over 1,000,000 referrals",
        2,
        (Contender("floor", "contenders.scale_floor", "report"), _ours("report")),
        (Reach("floor", 1.5),),
    ),
    Work(
        "scale report of one",
        "a report at a past date for one committee of 1,300",
        300,
        (_ours("report_of_one"),),
        (Reach(LIMIT, 10 * _MS),),
    ),
    Work(
        "scale bytes",
        "bytes in the file for each command",
        1,
        (
            Contender("rows", "contenders.scale_floor", "rows"),
            Contender("ours", "contenders.scale_floor", "file"),
        ),
        (Reach("rows", 1.5, "bytes"),),
    ),
)
