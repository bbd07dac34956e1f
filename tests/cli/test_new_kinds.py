"""That a kind of stream which the command line has never heard of can be looked at."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from attrs import frozen

from referral_flow.cli import kinds
from referral_flow.cli.card import lines_of, subject
from referral_flow.cli.listing import rows_of
from referral_flow.cli.output import Output
from referral_flow.cli.work import Work
from referral_flow.domain.people import Role
from referral_flow.engine.actor import Actor
from tests.support.province import Province


@frozen
class Letter:
    """A stream of a kind that the library does not have."""

    id: str
    state: str
    member: str
    pages: int
    last_step: date


def test_a_new_kind_has_a_subject_a_card_and_a_row(monkeypatch: Any) -> None:
    class Process:
        snapshot = Letter

    monkeypatch.setitem(kinds.KINDS, "letter", cast("Any", Process))
    here = Province()
    out = Output("en")
    work = Work(here.flow, Actor("u-1", Role.SUPERIOR, "p"), out, here.clock)
    letter = Letter("1-2-3", "open", "m-1", 3, date(2013, 3, 1))
    assert subject(work, letter) == "1-2-3, letter"
    lines = dict(lines_of(work, letter))
    assert lines == {"Member": "m-1", "pages": "3", "last_step": "2013-03-01"}
    (row,) = rows_of(work, [letter])
    assert row == {"id": "1-2-3", "state": "open", "since": date(2013, 3, 1)}
