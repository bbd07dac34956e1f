"""The province of the article, whole: made in a new store on SQLite, and counted again."""

from __future__ import annotations

from benchmarks.works import LIMIT, Contender, Reach, Work

_MB = 1e6

WORKS: tuple[Work, ...] = (
    Work(
        "province",
        "the whole province of 2013: some 200,000 events, made and counted, SQLite FULL",
        1,
        (Contender("ours", "contenders.province_2013", "whole"),),
        (Reach(LIMIT, 30), Reach(LIMIT, 200 * _MB, "bytes")),
        # A round takes as long as all rounds of other works.
        rounds=3,
    ),
)
