"""Every guard is heard, each on its own, and none can crash the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from referral_flow.engine import At, GuardFor, Lifecycle, Refusal, RefusalKind
from referral_flow.engine.judge import judge
from referral_flow.engine.record import change
from tests.engine.lending import LENDING, TODAY, Borrowing, Hand, Hold, Shelf, at

TOMORROW = TODAY + timedelta(days=1)
IN_ARREARS = Borrowing(in_good_standing=False)
WRONG = Hand(copy="c-9", until=TODAY)


def hand(
    lifecycle: Lifecycle = LENDING,
    state: Borrowing | None = None,
    command: Any = None,
    moment: At[Any, Any] | None = None,
    facts: dict[type[Any], Any] | None = None,
) -> tuple[Refusal, ...]:
    row = lifecycle.table["asked_for", Hand]
    return judge(row, state or Borrowing(), command or Hand(), moment or at(), facts or {})


def with_guards(*guards: Any, given: Any = ()) -> Lifecycle:
    rows = tuple(
        change(t, guards=(*guards, *t.guards), given=(*given, *t.given)) if t.command is Hand else t
        for t in LENDING.rows
    )
    return change(LENDING, rows=rows)


def raises(_state: Any, _command: Any, _at: Any) -> Refusal | None:
    raise LookupError("Nguyễn Văn A, 15/GT")


def raises_early(_state: Any, _at: Any) -> Refusal | None:
    raise LookupError("Nguyễn Văn A, 15/GT")


def leaves(_state: Any, _command: Any, _at: Any) -> Refusal | None:
    raise SystemExit(3)


def leaves_early(_state: Any, _at: Any) -> Refusal | None:
    raise SystemExit(3)


def says_true(_state: Any, _command: Any, _at: Any) -> Any:
    return True


def says_false(_state: Any, _command: Any, _at: Any) -> Any:
    return False


def says_words(_state: Any, _command: Any, _at: Any) -> Any:
    return "no, because of Nguyễn Văn A"


def crashed(refusal: Refusal, guard: str, error: str) -> bool:
    return (
        (refusal.code, refusal.kind) == ("guard_crashed", RefusalKind.CRASHED)
        and (refusal.guard, refusal.data["error"]) == (guard, error)
        and refusal.missing == ()
    )


def test_nothing_is_said_when_nothing_refuses() -> None:
    assert hand() == ()


def test_all_reasons_come_at_once_in_the_order_of_the_row() -> None:
    refusals = hand(state=IN_ARREARS, command=WRONG, moment=at(on=TOMORROW))

    assert [(r.code, r.guard) for r in refusals] == [
        ("reader_owes_a_book", "reader_in_good_standing"),
        ("copy_is_gone", "copy_is_there"),
        ("date_is_past", "until_is_ahead"),
        ("date_in_future", "not_in_future"),
    ]


def test_a_refusal_keeps_its_data_and_says_what_is_missing() -> None:
    (gone,) = hand(command=Hand(copy="c-9"))
    row = LENDING.table["lent_out", Hold]
    (unsaid,) = judge(row, Borrowing(), Hold(reason=""), at(), {})

    assert gone == Refusal("copy_is_gone", {"copy": "c-9"}, guard="copy_is_there")
    assert unsaid.missing == ("reason",)
    assert unsaid.named() == {"missing": ("reason",)}


def test_a_guard_that_raises_neither_refuses_by_the_rule_nor_allows() -> None:
    (refusal,) = hand(with_guards(raises))

    assert crashed(refusal, "raises", "LookupError")


def test_a_crash_tells_its_place_and_a_wrong_answer_has_none() -> None:
    crash, answer = hand(with_guards(raises, says_true))

    assert str(crash.data["where"]).startswith("raises:")
    assert answer.data["where"] == ""


def test_the_others_are_heard_when_one_raises() -> None:
    refusals = hand(with_guards(raises, given=(raises_early,)), IN_ARREARS, WRONG)

    assert [(r.code, r.guard) for r in refusals] == [
        ("guard_crashed", "raises_early"),
        ("reader_owes_a_book", "reader_in_good_standing"),
        ("guard_crashed", "raises"),
        ("copy_is_gone", "copy_is_there"),
        ("date_is_past", "until_is_ahead"),
    ]


def test_a_guard_that_leaves_ends_nobody_else_wherever_it_stands() -> None:
    refusals = hand(with_guards(leaves, given=(leaves_early,)), IN_ARREARS, WRONG)

    assert [(r.code, r.guard) for r in refusals[:2]] == [
        ("guard_crashed", "leaves_early"),
        ("reader_owes_a_book", "reader_in_good_standing"),
    ]
    assert [r.data["error"] for r in refusals if r.code == "guard_crashed"] == ["SystemExit"] * 2


def test_the_words_of_an_error_are_not_told() -> None:
    refusals = hand(with_guards(raises, says_words, given=(raises_early,)))

    assert len(refusals) == 3
    assert "Nguyễn" not in repr(refusals)


@pytest.mark.parametrize("guard", [says_true, says_false, says_words])
def test_an_answer_that_is_no_refusal_is_a_crash(guard: Any) -> None:
    (refusal,) = hand(with_guards(guard))

    assert crashed(refusal, guard.__name__, "TypeError")


def test_an_interruption_is_not_taken_for_an_answer() -> None:
    def interrupted(_state: Any, _command: Any, _at: Any) -> Refusal | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hand(with_guards(interrupted))


# --- further guards


def shelf_is_full(_state: Any, _command: Any, at: At[Shelf, Any]) -> Refusal | None:
    return Refusal("shelf_is_thin") if len(at.facts.copies) < 2 else None


def has_a_key(_state: Any, _command: Any, at: At[Any, Any]) -> Refusal | None:
    return None if at.facts == {"key": 1} else Refusal("no_key")


def test_further_guards_are_heard_last() -> None:
    narrowed = with_guards(raises).narrow([GuardFor(Hand, shelf_is_full), GuardFor(Hand, raises)])
    thin = at(facts=Shelf(frozenset({"c-1"})))

    refusals = hand(narrowed, moment=thin)
    assert [r.guard for r in refusals] == ["raises", "shelf_is_full", "raises"]


def test_a_further_guard_sees_its_own_facts_and_the_row_its_own() -> None:
    narrowed = LENDING.narrow([GuardFor(Hand, has_a_key, reads=dict)])

    assert hand(narrowed, facts={dict: {"key": 1}}) == ()
    assert [r.code for r in hand(narrowed, facts={dict: {}})] == ["no_key"]


def test_a_further_guard_whose_facts_are_not_there_has_crashed() -> None:
    narrowed = LENDING.narrow([GuardFor(Hand, has_a_key, reads=dict), GuardFor(Hand, says_true)])

    first, second = hand(narrowed)
    assert crashed(first, "has_a_key", "KeyError")
    assert crashed(second, "says_true", "TypeError")
