"""What may be done now, said before anybody tries."""

from __future__ import annotations

from typing import Any, Protocol

from referral_flow.engine import Command, GuardFor, Lifecycle, Refusal
from referral_flow.engine.explain import possibility
from referral_flow.engine.record import change
from referral_flow.engine.refusal import NOT_PERMITTED
from referral_flow.engine.verdict import Possibility, Verdict
from tests.engine.lending import (
    LENDING,
    Ask,
    Borrowing,
    Hand,
    HasCopy,
    HasReason,
    Hold,
    Loan,
    Release,
    Remind,
    Return,
    Swap,
    at,
)

IN_ARREARS = Borrowing(in_good_standing=False)


def told(
    state: str | None,
    command: type[Command[Any]],
    seen: Borrowing | None = None,
    lifecycle: Lifecycle = LENDING,
    permitted: bool = True,
) -> Possibility:
    row = lifecycle.table[state, command]
    return possibility(row, seen or Borrowing(), at(), permitted)


def guarded(*guards: Any) -> Lifecycle:
    rows = tuple(change(t, guards=guards) if t.command is Hand else t for t in LENDING.rows)
    return change(LENDING, rows=rows)


def test_a_row_without_guards_of_its_own_is_allowed() -> None:
    assert told("lent_out", Return) == Possibility(
        "return", Verdict.ALLOWED, leads_to=("given_back",)
    )


def test_what_the_stream_itself_refuses_is_refused_with_the_reason() -> None:
    possible = told("asked_for", Hand, IN_ARREARS)

    assert possible.verdict is Verdict.REFUSED
    assert [r.code for r in possible.refusals] == ["reader_owes_a_book"]
    assert possible.depends_on == ()


def test_who_is_not_permitted_hears_that_first() -> None:
    possible = told("asked_for", Hand, IN_ARREARS, permitted=False)

    assert possible.verdict is Verdict.REFUSED
    assert possible.refusals[0] == NOT_PERMITTED
    assert [r.code for r in possible.refusals] == ["not_permitted", "reader_owes_a_book"]


def test_a_given_that_crashes_refuses() -> None:
    possible = told("asked_for", Hand, seen=Shapeless())  # type: ignore[arg-type]

    assert possible.verdict is Verdict.REFUSED
    assert [r.code for r in possible.refusals] == ["guard_crashed"]


class Shapeless:
    """A state without the fields that a guard looks for."""


def test_what_depends_on_the_command_names_the_fields_judged() -> None:
    assert told("lent_out", Swap) == Possibility(
        "swap", Verdict.DEPENDS, depends_on=("copy",), leads_to=()
    )


def test_a_protocol_names_its_fields_by_property_and_by_annotation() -> None:
    assert told("lent_out", Swap).depends_on == ("copy",)
    assert told("lent_out", Hold).depends_on == ("reason",)


class HasCopyAndMore(HasCopy, Protocol):
    until: Any


def judges_copy_and_more(_state: Any, command: HasCopyAndMore, _at: Any) -> Refusal | None:
    return None


def judges_reason(_state: Any, command: HasReason, _at: Any) -> Refusal | None:
    return None


def judges_hand(_state: Any, command: Hand, _at: Any) -> Refusal | None:
    return None


def judges_anything(_state: Any, command: Any, _at: Any) -> Refusal | None:
    return None


def judges_without_a_word(_state, command, _at):  # type: ignore[no-untyped-def]
    return None


def test_a_protocol_names_what_it_takes_over_from_another() -> None:
    lifecycle = guarded(judges_copy_and_more)

    assert told("asked_for", Hand, lifecycle=lifecycle).depends_on == ("copy", "until")


def test_a_field_that_the_command_does_not_have_is_not_named() -> None:
    assert told("asked_for", Hand, lifecycle=guarded(judges_reason)).depends_on == ()


def test_a_guard_of_the_command_itself_judges_all_fields_but_the_stream() -> None:
    for guard in (judges_hand, judges_anything, judges_without_a_word):
        possible = told("asked_for", Hand, lifecycle=guarded(guard))
        assert possible.depends_on == ("copy", "until")


def test_the_fields_of_a_creation_are_all_its_own() -> None:
    row = next(t for t in LENDING.rows if t.command is Ask)
    rows = (change(row, guards=(judges_anything,)), *LENDING.rows[1:])
    lifecycle = change(LENDING, rows=rows)

    assert told(None, Ask, lifecycle=lifecycle).depends_on == ("reader", "queue")


def test_a_further_guard_makes_a_row_depend_and_names_its_fields() -> None:
    lifecycle = LENDING.narrow([GuardFor(Return, judges_reason)])

    assert told("lent_out", Return, lifecycle=lifecycle) == Possibility(
        "return", Verdict.DEPENDS, depends_on=("reason",), leads_to=("given_back",)
    )


def test_every_state_that_it_may_lead_to_is_named() -> None:
    assert told("held_back", Release, Borrowing(held_from=Loan.LENT)).leads_to == (
        "asked_for",
        "lent_out",
    )
    assert told("held_back", Remind).leads_to == ()


def test_a_row_depends_exactly_when_a_guard_of_its_own_judges_the_command() -> None:
    for row in LENDING.table.values():
        possible = possibility(row, Borrowing(), at(), permitted=True)

        assert (possible.verdict is Verdict.DEPENDS) == bool(row.transition.guards)
        assert (possible.verdict is Verdict.ALLOWED) == (not row.transition.guards)
