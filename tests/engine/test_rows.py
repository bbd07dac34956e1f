"""Rows make a table; lifecycles grow, narrow and are told apart by their fingerprint."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest

from referral_flow.engine import (
    UNCHANGED,
    Back,
    Command,
    GuardFor,
    Lifecycle,
    OneOf,
    Party,
    Refusal,
    Transition,
    any_but,
)
from referral_flow.engine.command import name_of, own_fields
from referral_flow.engine.record import change
from referral_flow.errors import LifecycleError
from tests.engine.lending import (
    CLOSED,
    DESK,
    LENDING,
    ROWS,
    SYSTEM,
    Ask,
    Borrowing,
    Find,
    Hand,
    Hold,
    Loan,
    Release,
    Remind,
    Shelf,
    Swap,
    by_the_queue,
    copy_is_there,
    held_from,
    not_in_future,
    reader_in_good_standing,
    reason_given,
    until_is_ahead,
)


def of(lifecycle: Lifecycle, command: type[Any]) -> Transition:
    return next(t for t in lifecycle.rows if t.command is command)


def changed(command: type[Any], **changes: Any) -> Lifecycle:
    rows = [change(t, **changes) if t.command is command else t for t in ROWS]
    return change(LENDING, rows=tuple(rows))


def never(_state: Any, _command: Any, _at: Any) -> Refusal | None:
    return Refusal("never")


def someone(_state: Any, _command: Any, _actor: Any) -> tuple[str, ...]:
    return ()


def someone_else(_state: Any, _command: Any, _actor: Any) -> tuple[str, ...]:
    return ()


# --- the table


def test_there_is_one_row_for_each_state_and_command() -> None:
    assert len(LENDING.table) == 21
    assert LENDING.row("asked_for", Hand) is LENDING.table["asked_for", Hand]
    assert LENDING.row("lent_out", Hand) is None
    assert LENDING.row(None, Ask) is not None


def test_a_state_is_found_as_text_and_as_a_member() -> None:
    assert LENDING.row(Loan.ASKED, Hand) is LENDING.row("asked_for", Hand)


def test_any_but_is_every_state_but_these_and_no_creation() -> None:
    in_states = [row.source for row in LENDING.commands[Remind]]
    assert in_states == ["in_line", "asked_for", "lent_out", "held_back"]


def test_a_row_asks_its_own_guards_and_those_of_every_row() -> None:
    row = LENDING.table["asked_for", Hand]

    assert row.given == (reader_in_good_standing,)
    assert row.guards == (copy_is_there, until_is_ahead, not_in_future)
    assert row.reads == (Shelf,)
    assert row.by == (DESK,)


def test_the_target_is_a_state_the_same_state_or_chosen() -> None:
    def leads(state: str | None, command: Any, seen: Borrowing) -> str:
        return LENDING.table[state, type(command)].target(seen, command)

    seen = Borrowing(held_from=Loan.LENT)
    assert leads("asked_for", Hand(), seen) == "lent_out"
    assert leads("held_back", Remind(), seen) == "held_back"
    assert leads(None, Ask(queue=2), seen) == "in_line"
    assert leads("held_back", Release(), seen) == "lent_out"


@pytest.mark.parametrize("remembered", [None, Loan.LOST])
def test_a_target_out_of_the_list_is_an_error(remembered: Loan | None) -> None:
    row = LENDING.table["held_back", Release]
    with pytest.raises(ValueError, match="not among its targets"):
        row.target(Borrowing(held_from=remembered), Release())


# --- extend


class LoanOfMaps(StrEnum):
    WAITING = "in_line"
    ASKED = "asked_for"
    LENT = "lent_out"
    HELD = "held_back"
    DONE = "given_back"
    LOST = "never_seen_again"
    TORN = "torn"


class Tear(Command[Borrowing]):
    loan: str = "l-1"


class Mend(Command[Borrowing]):
    loan: str = "l-1"


TORN = Transition(Tear, Loan.LENT, LoanOfMaps.TORN, by=(DESK,))
MENDED = Transition(Mend, LoanOfMaps.TORN, Loan.LENT, by=(DESK,))


def test_extend_gives_a_new_lifecycle_and_leaves_the_old_one() -> None:
    before = LENDING.fingerprint
    maps = LENDING.extend(TORN, MENDED, states=LoanOfMaps, always=(never,))

    assert maps.row("torn", Mend) is not None
    assert maps.table["asked_for", Hand].guards[-1] is never
    assert LENDING.row("torn", Mend) is None
    assert LENDING.fingerprint == before


def test_rows_from_everywhere_reach_the_states_that_were_added() -> None:
    maps = LENDING.extend(TORN, MENDED, states=LoanOfMaps)

    assert maps.row("torn", Remind) is not None


def test_a_state_that_is_added_as_closed_needs_no_row() -> None:
    maps = LENDING.extend(TORN, states=LoanOfMaps, closed=(LoanOfMaps.TORN,))

    assert maps.closed == (*CLOSED, LoanOfMaps.TORN)


def test_an_extension_is_checked_like_any_lifecycle() -> None:
    with pytest.raises(LifecycleError) as caught:
        LENDING.extend(TORN)
    assert caught.value.data["problem"] == "unknown state 'torn'"

    with pytest.raises(LifecycleError) as caught:
        LENDING.extend(of(LENDING, Hand))
    assert caught.value.data["problem"] == "is a second row for hand in asked_for"


# --- narrow


def test_narrow_adds_a_guard_to_every_row_of_its_command() -> None:
    further = GuardFor(Hold, never)
    narrowed = LENDING.narrow([further])

    assert [row.further for row in narrowed.commands[Hold]] == [(further,), (further,)]
    assert narrowed.table["asked_for", Hand].further == ()
    assert LENDING.table["asked_for", Hold].further == ()


def test_narrow_adds_a_guard_in_some_states_only() -> None:
    narrowed = LENDING.narrow([GuardFor(Hold, never, states=("lent_out",))])

    assert narrowed.table["asked_for", Hold].further == ()
    assert len(narrowed.table["lent_out", Hold].further) == 1


def test_what_a_further_guard_reads_is_read_once_beside_the_facts_of_the_row() -> None:
    further = [GuardFor(Hand, never, reads=dict), GuardFor(Hand, never, reads=Shelf)]

    assert LENDING.narrow(further).table["asked_for", Hand].reads == (Shelf, dict)


# --- fingerprint


def test_equal_rows_are_equal_lifecycles_with_an_equal_fingerprint() -> None:
    again = Lifecycle("lending", Loan, tuple(ROWS), closed=CLOSED, always=(not_in_future,))

    assert again == LENDING
    assert again.fingerprint == LENDING.fingerprint


CHANGES: list[Callable[[], Lifecycle]] = [
    lambda: change(LENDING, name="loans"),
    lambda: change(LENDING, rows=ROWS[::-1]),
    lambda: change(LENDING, closed=(*CLOSED, Loan.HELD)),
    lambda: change(LENDING, closed=CLOSED[::-1]),
    lambda: change(LENDING, always=()),
    lambda: change(LENDING, always=(not_in_future, never)),
    lambda: LENDING.extend(TORN, MENDED, states=LoanOfMaps),
    lambda: LENDING.extend(Transition(Find, Loan.DONE, UNCHANGED, by=(DESK,))),
    lambda: LENDING.narrow([GuardFor(Hand, never)]),
    lambda: LENDING.narrow([GuardFor(Hand, never, states=("asked_for",))]),
    lambda: LENDING.narrow([GuardFor(Hand, never, reads=Shelf)]),
    lambda: LENDING.narrow([GuardFor(Hold, never)]),
    lambda: changed(Hold, source=(Loan.LENT, Loan.ASKED)),
    lambda: changed(Hold, source=(Loan.ASKED, Loan.LENT, Loan.WAITING)),
    lambda: changed(Remind, source=any_but(Loan.DONE)),
    lambda: changed(Find, source=CLOSED),
    lambda: changed(Find, target=Loan.ASKED),
    lambda: changed(Find, target=UNCHANGED),
    lambda: changed(Release, target=Back(held_from, among=(Loan.LENT, Loan.ASKED))),
    lambda: changed(Release, target=Loan.ASKED),
    lambda: changed(Release, target=OneOf(by_the_queue, among=(Loan.ASKED, Loan.LENT))),
    lambda: changed(Hand, guards=(until_is_ahead, copy_is_there)),
    lambda: changed(Hand, guards=(copy_is_there,)),
    lambda: changed(Hand, given=()),
    lambda: changed(Swap, guards=(), reads=None),
    lambda: changed(Swap, guards=(reason_given,)),
    lambda: changed(Find, reads=Shelf),
    lambda: changed(Find, by=(SYSTEM,)),
    lambda: changed(Find, by=(DESK, SYSTEM)),
    lambda: changed(Find, by=(Party("desk", someone),)),
    lambda: changed(Find, by=(Party("desk", someone_else),)),
    lambda: changed(Find, by=(Party("desk", someone, above=True),)),
    lambda: changed(Find, by=(Party("desk", someone, person=True),)),
    lambda: changed(Find, by=(Party("desk", someone, claim="reader"),)),
    lambda: changed(Find, by=(Party("desk", someone, claim="copy"),)),
]


def test_any_change_of_the_rows_changes_the_fingerprint() -> None:
    prints = [LENDING.fingerprint, *(change().fingerprint for change in CHANGES)]

    assert len(set(prints)) == len(prints)


def test_a_guard_and_a_given_by_one_name_are_told_apart() -> None:
    def same(_state: Any, _at: Any) -> Refusal | None:
        return None

    given = same

    def same(_state: Any, _command: Any, _at: Any) -> Refusal | None:  # type: ignore[no-redef]
        return None

    one, other = changed(Find, given=(given,)), changed(Find, guards=(same,))
    assert one.fingerprint != other.fingerprint


def test_a_fingerprint_is_short_and_the_same_in_every_process() -> None:
    one = Lifecycle(
        "one",
        Single,
        (Transition(Ask, None, Single.ONLY, (Party("reader"),)),),
        closed=(Single.ONLY,),
    )

    assert one.fingerprint == "5a14da6f718f399f67042752e44bab4c"


class Single(StrEnum):
    ONLY = "only"


# --- commands


def test_a_command_is_named_as_people_write_it() -> None:
    class RecordAttendance2(Command[Any]):
        meeting: str

    assert name_of(RecordAttendance2) == "record_attendance2"
    assert own_fields(RecordAttendance2) == ("meeting",)
    assert RecordAttendance2("m-1").stream is None
