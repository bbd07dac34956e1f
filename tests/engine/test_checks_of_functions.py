"""Guards, choosers and the facts that they want are checked when the lifecycle is made."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from referral_flow.engine import (
    At,
    Command,
    GuardFor,
    Refusal,
)
from referral_flow.engine.record import change
from tests.engine.doors import (
    AJAR,
    HUNG,
    OPENED,
    SHUT,
    Door,
    Keys,
    MasterKeys,
    Push,
    Weather,
    ajar,
    back,
    chosen,
    fine,
    fine_given,
    further,
    one_of,
    passes,
    read,
    refused,
    waits,
    waits_choosing,
    waits_given,
    wants_anything,
    wants_keys,
    wants_keys_and_forgets_the_rules,
    wants_keys_or_weather,
    wants_nothing,
    wants_whatever_has_keys,
)


def test_an_async_guard_is_refused() -> None:
    told = refused(*ajar(guards=(fine, waits)))
    assert told == ("push", "waits is async: what it needs is loaded before")


def test_an_async_given_is_refused() -> None:
    told = refused(*ajar(given=(waits_given,)))
    assert told == ("push", "waits_given is async: what it needs is loaded before")


def test_an_async_chooser_is_refused() -> None:
    told = refused(*ajar(target=one_of(waits_choosing)))
    assert told == ("push", "waits_choosing is async: what it needs is loaded before")


def test_a_lambda_is_refused() -> None:
    row, problem = refused(*ajar(guards=(lambda state, command, at: None,)))
    assert row == "push"
    assert problem.endswith("has no name: write it as a function")


def test_a_guard_without_a_name_is_refused() -> None:
    row, problem = refused(*ajar(guards=(partial(fine),)))
    assert row == "push"
    assert problem.endswith("has no name: write it as a function")


def test_a_guard_given_by_its_name_is_refused() -> None:
    assert refused(*ajar(guards=("fine",))) == ("push", "'fine' cannot be called")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"guards": (fine_given,)}, "fine_given takes 2 arguments, not 3"),
        ({"given": (fine,)}, "fine takes 3 arguments, not 2"),
        ({"target": one_of(read)}, "read takes 1 arguments, not 2"),
        ({"target": back(chosen)}, "chosen takes 2 arguments, not 1"),
    ],
)
def test_a_function_of_another_shape_is_refused(changes: Any, problem: str) -> None:
    assert refused(*ajar(**changes)) == ("push", problem)


def test_a_guard_that_stands_on_every_row_is_checked_too() -> None:
    assert refused(always=(waits,))[1] == "waits is async: what it needs is loaded before"
    assert refused(always=(wants_keys,)) == (
        "hang",
        "wants_keys reads Keys, but its row reads nothing",
    )


# --- facts


def test_a_guard_whose_facts_the_row_does_not_read_is_refused() -> None:
    told = refused(*ajar(guards=(wants_keys,)))
    assert told == ("push", "wants_keys reads Keys, but its row reads nothing")

    told = refused(*ajar(guards=(wants_keys,), reads=Weather))
    assert told == ("push", "wants_keys reads Keys, but its row reads Weather")


def test_a_guard_of_several_facts_needs_one_of_them() -> None:
    told = refused(*ajar(guards=(wants_keys_or_weather,), reads=Door))
    assert told == ("push", "wants_keys_or_weather reads Keys or Weather, but its row reads Door")

    passes(*ajar(guards=(wants_keys_or_weather,), reads=Weather))


@pytest.mark.parametrize("reads", [Keys, MasterKeys])
def test_a_row_reads_what_its_guard_wants_or_more(reads: Any) -> None:
    passes(*ajar(guards=(wants_keys,), reads=reads))


def test_facts_by_a_protocol_are_any_facts() -> None:
    passes(*ajar(guards=(wants_whatever_has_keys,), reads=Keys))
    assert refused(*ajar(guards=(wants_whatever_has_keys,)))[0] == "push"


@pytest.mark.parametrize("guard", [fine, wants_anything, wants_nothing])
def test_a_guard_that_names_no_facts_needs_none(guard: Any) -> None:
    passes(*ajar(guards=(guard,)))


def test_an_annotation_that_cannot_be_read_is_refused() -> None:
    row, problem = refused(*ajar(guards=(wants_keys_and_forgets_the_rules,)))
    assert row == "push"
    assert problem.startswith("wants_keys_and_forgets_the_rules has a wrong annotation: ")


def test_an_annotation_of_names_known_only_inside_a_function_is_let_be() -> None:
    class Inside:
        pass

    def wants_what_is_inside(_s: Any, _c: Any, _at: At[Inside, Any]) -> Refusal | None:
        return None

    passes(*ajar(guards=(wants_what_is_inside,)))


# --- further guards


def test_a_further_guard_for_an_unknown_command_is_refused_with_the_near_match() -> None:
    class Pusch(Command[Any]):
        pass

    told = refused(further=(GuardFor(Pusch, fine),))
    assert told == (
        "a further guard for pusch",
        "this lifecycle has no such command; did you mean 'push'?",
    )


def test_a_further_guard_in_an_unknown_state_is_refused_with_the_near_match() -> None:
    told = refused(further=(GuardFor(Push, fine, states=("ajarr",)),))
    assert told == ("a further guard for push", "unknown state 'ajarr'; did you mean 'ajar'?")


def test_a_further_guard_is_checked_like_a_guard() -> None:
    assert refused(further=further(waits))[1].startswith("waits is async")
    assert refused(further=further(fine_given))[1].startswith("fine_given takes 2")


def test_the_facts_of_a_further_guard_are_its_own_or_those_of_every_row() -> None:
    rows = (HUNG, AJAR, change(OPENED, reads=Keys), SHUT)

    told = refused(*rows, further=(GuardFor(Push, wants_keys),))
    assert told == (
        "a further guard for push",
        "wants_keys reads Keys, but its row reads nothing",
    )
    passes(*rows, further=(GuardFor(Push, wants_keys, reads=Keys),))
