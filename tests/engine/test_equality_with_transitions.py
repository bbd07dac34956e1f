"""Our table and `transitions` agree, in every case that there is."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from referral_flow.engine import (
    At,
    Back,
    GuardFor,
    Lifecycle,
    Refusal,
    judge,
    lifecycle,
)
from referral_flow.engine.command import name_of
from referral_flow.engine.machine import oracle
from referral_flow.engine.record import change
from referral_flow.engine.rows import AnyBut
from referral_flow.testing.every_case import compare_with_transitions, every_case
from tests.engine.lending import LENDING, ROWS, Ask, Borrowing, Hand, Hold, Loan, at

# The rows written out again with their targets: nothing here is read from the lifecycle.
OPEN = ("in_line", "asked_for", "lent_out", "held_back")
EXPECTED: dict[tuple[str | None, str], set[str]] = {
    (None, "ask"): {"in_line", "asked_for"},
    ("in_line", "offer"): {"asked_for"},
    ("asked_for", "hand"): {"lent_out"},
    ("lent_out", "swap"): {"lent_out"},
    ("asked_for", "hold"): {"held_back"},
    ("lent_out", "hold"): {"held_back"},
    ("held_back", "release"): {"asked_for", "lent_out"},
    **{(state, "remind"): {state} for state in OPEN},
    **{(state, "return"): {"given_back"} for state in OPEN},
    **{(state, "lose"): {"never_seen_again"} for state in (*OPEN, "given_back")},
    ("never_seen_again", "find"): {"given_back"},
}


def never(_state: Any, _command: Any, _at: At[Any, Any]) -> Refusal | None:
    return Refusal("never")


def test_our_table_and_the_oracle_agree_in_every_case() -> None:
    # 70 pairs; 49 have no row. Of the 21 others, by functions asked and targets to choose from:
    # 1 of 1 and 2, 6 of 1, 14 of 2, 1 of 1 and 2, 1 of 4.
    assert compare_with_transitions(LENDING) == 49 + 4 + 6 * 2 + 12 * 4 + 4 + 16


def test_what_is_allowed_leads_where_the_page_says() -> None:
    found: dict[tuple[str | None, str], set[str | None]] = {}
    as_written = oracle(LENDING)
    for state, command, verdicts in every_case(LENDING):
        if not verdicts or not all(verdicts):
            continue
        row = LENDING.row(state, command)
        assert row is not None
        chosen = Loan(verdicts[-1]) if isinstance(verdicts[-1], str) else None
        seen = Borrowing(held_from=chosen)
        asked = command(queue=int(chosen is Loan.WAITING)) if command is Ask else command()
        ours = row.target(seen, asked)
        assert as_written.fire(state, command, seen, asked, at()) == ours
        found.setdefault((state, name_of(command)), set()).add(ours)

    assert found == EXPECTED


def test_further_guards_are_compared_too() -> None:
    narrowed = LENDING.narrow(
        [GuardFor(Hand, never), GuardFor(Hold, never, states=(Loan.LENT,), reads=dict)]
    )

    assert compare_with_transitions(narrowed) == compare_with_transitions(LENDING) + 16 + 4
    assert oracle(narrowed).fire("asked_for", Hand, Borrowing(), Hand(), at()) is None


def test_a_row_of_many_guards_is_compared_by_each_single_refusal() -> None:
    names = [f"guard_{n}" for n in range(10)]
    rows = tuple(
        change(t, guards=tuple(map(_guard, names))) if t.command is Hand else t for t in ROWS
    )
    many = Lifecycle("many", Loan, rows, closed=LENDING.closed, always=LENDING.always)

    of_hand = [v for _, command, v in every_case(many) if command is Hand and v]

    assert len(of_hand) == 1 + 1 + 12
    assert sorted(verdicts.count(True) for verdicts in of_hand) == [0, *[11] * 12, 12]
    assert compare_with_transitions(many) == compare_with_transitions(LENDING) - 16 + 14


def _guard(name: str) -> Any:
    def guard(_state: Any, _command: Any, _at: Any) -> Refusal | None:
        return None

    guard.__name__ = name
    return guard


def test_the_oracle_refuses_where_a_guard_crashes() -> None:
    def crashes(_state: Any, _command: Any, _at: Any) -> Refusal | None:
        raise RuntimeError

    narrowed = LENDING.narrow([GuardFor(Hand, crashes)])

    assert oracle(narrowed).fire("asked_for", Hand, Borrowing(), Hand(), at()) is None


def test_the_oracle_gives_further_guards_their_own_facts() -> None:
    def asks_for_a_key(_state: Any, _command: Any, at: At[Any, Any]) -> Refusal | None:
        return None if "key" in at.facts else Refusal("no_key")

    narrowed = oracle(LENDING.narrow([GuardFor(Hand, asks_for_a_key, reads=dict)]))
    asked = ("asked_for", Hand, Borrowing(), Hand(), at())

    assert narrowed.fire(*asked, facts={dict: {"key": 1}}) == "lent_out"
    assert narrowed.fire(*asked, facts={dict: {}}) is None


def test_the_oracle_finds_a_name_for_nothing_that_no_state_has() -> None:
    class Named(StrEnum):
        NEW = "new"

    named = Lifecycle("named", Named, (change(ROWS[0], target=Named.NEW),), closed=(Named.NEW,))

    assert compare_with_transitions(named) == 2
    assert oracle(named).fire("new", Ask, None, Ask(), at()) is None


class TestAFaultIsNoticed:
    """A comparison that cannot fail would show nothing."""

    def test_in_the_sources(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sources = Lifecycle.sources

        def careless(self: Lifecycle, transition: Any) -> tuple[str | None, ...]:
            if isinstance(transition.source, AnyBut):
                return tuple(map(str, self.states))
            return sources(self, transition)

        monkeypatch.setattr(Lifecycle, "sources", careless)
        with pytest.raises(AssertionError, match="given_back"):
            compare_with_transitions(LENDING)

    def test_in_the_verdicts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def careless(row: lifecycle.Row, *asked: Any) -> tuple[Refusal, ...]:
            return judge.judge(change(row, given=()), *asked)

        monkeypatch.setattr("referral_flow.testing.every_case.judge", careless)
        with pytest.raises(AssertionError, match="reader_in_good_standing"):
            compare_with_transitions(LENDING)

    def test_in_the_way_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        target = lifecycle.Row.target

        def forgetful(self: lifecycle.Row, state: Any, command: Any) -> str:
            back = self.transition.target
            return str(back.among[0]) if isinstance(back, Back) else target(self, state, command)

        monkeypatch.setattr(lifecycle.Row, "target", forgetful)
        with pytest.raises(AssertionError, match="release"):
            compare_with_transitions(LENDING)
