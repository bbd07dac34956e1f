"""What cannot stand is refused when the lifecycle is made, with the row and the near match."""

from __future__ import annotations

from enum import StrEnum
from types import new_class
from typing import Any

import pytest

from referral_flow.engine import (
    UNCHANGED,
    Back,
    Command,
    Lifecycle,
    OneOf,
    Transition,
    any_but,
)
from referral_flow.engine.record import change
from referral_flow.errors import ConfigurationError, LifecycleError
from tests.engine.doors import (
    AJAR,
    ANYBODY,
    HUNG,
    OPENED,
    ROWS,
    SHUT,
    Door,
    Keys,
    Pull,
    Push,
    Typo,
    ajar,
    chosen,
    doors,
    read,
    refused,
)
from tests.engine.lending import LENDING


def test_legal_rows_pass() -> None:
    assert doors().states is Door
    assert LENDING.name == "lending"


def test_the_error_is_one_of_the_set_up() -> None:
    assert issubclass(LifecycleError, ConfigurationError)


# --- states


def test_an_unknown_source_is_refused_with_the_near_match() -> None:
    told = refused(*ajar(source=Typo.SHUT))
    assert told == ("push", "unknown state 'shuut'; did you mean 'shut'?")


def test_an_unknown_source_among_several_is_refused() -> None:
    told = refused(*ajar(source=(Door.SHUT, Typo.SHUT)))
    assert told == ("push", "unknown state 'shuut'; did you mean 'shut'?")


def test_an_unknown_state_in_any_but_is_refused() -> None:
    told = refused(*ROWS, Transition(Pull, any_but(Typo.SHUT), UNCHANGED, by=ANYBODY))
    assert told == ("pull", "unknown state 'shuut'; did you mean 'shut'?")


def test_an_unknown_target_is_refused_with_the_near_match() -> None:
    told = refused(*ajar(target=Typo.SHUT))
    assert told == ("push", "unknown state 'shuut'; did you mean 'shut'?")


@pytest.mark.parametrize("target", [OneOf(chosen, (Typo.SHUT,)), Back(read, (Typo.SHUT,))])
def test_an_unknown_state_to_choose_from_is_refused(target: Any) -> None:
    told = refused(*ajar(target=target))
    assert told == ("push", "unknown state 'shuut'; did you mean 'shut'?")


def test_an_unknown_closed_state_is_refused() -> None:
    told = refused(closed=(Typo.SHUT,))
    assert told == ("closed", "unknown state 'shuut'; did you mean 'shut'?")


def test_a_state_like_no_other_has_no_near_match() -> None:
    class Far(StrEnum):
        AWAY = "xyz"

    assert refused(*ajar(target=Far.AWAY)) == ("push", "unknown state 'xyz'")


def test_a_state_that_no_row_reaches_is_refused() -> None:
    told = refused(HUNG, change(AJAR, target=UNCHANGED), OPENED, SHUT)
    assert told == ("state 'ajar'", "cannot be reached by any row")


def test_a_state_reached_only_from_unreachable_ones_is_refused() -> None:
    loop = (change(OPENED, target=Door.OPEN), change(SHUT, target=Door.AJAR))
    told = refused(HUNG, change(AJAR, target=Door.SHUT), *loop)
    assert told == ("state 'ajar'", "cannot be reached by any row")


def test_rows_without_a_creation_reach_nothing() -> None:
    assert refused(AJAR, OPENED, SHUT) == ("state 'shut'", "cannot be reached by any row")


def test_an_open_state_without_a_row_of_its_own_is_refused() -> None:
    told = refused(HUNG, AJAR, OPENED, Transition(Pull, any_but(), Door.SHUT, by=ANYBODY))
    assert told == ("state 'open'", "has no row of its own and is not closed")


def test_a_closed_state_needs_no_row_and_may_have_one() -> None:
    assert doors(HUNG, AJAR, OPENED, closed=(Door.OPEN,)).closed == (Door.OPEN,)
    assert doors(closed=(Door.OPEN,)).row("open", Pull) is not None


def test_a_creation_that_leaves_the_state_unchanged_is_refused() -> None:
    told = refused(change(HUNG, target=UNCHANGED), AJAR, OPENED, SHUT)
    assert told == ("hang", "creates a stream and leaves its state unchanged")


@pytest.mark.parametrize("source", [(), any_but(*Door)])
def test_a_row_from_nowhere_is_refused(source: Any) -> None:
    told = refused(*ROWS, Transition(Pull, source, UNCHANGED, by=ANYBODY))
    assert told == ("pull", "starts from no state: nobody could ever do it")


def test_a_row_to_nowhere_is_refused() -> None:
    told = refused(*ajar(target=OneOf(chosen, ())))
    assert told == ("push", "leads to no state: `among` is empty")


# --- rows


def test_a_lifecycle_without_rows_is_refused() -> None:
    with pytest.raises(LifecycleError) as caught:
        Lifecycle("doors", Door, ())
    assert caught.value.data["problem"] == "has no rows"


def test_a_second_row_for_a_pair_is_refused() -> None:
    row, problem = refused(*ROWS, change(AJAR, target=Door.OPEN))
    assert row == "push: shut -> open by anybody given  if  reads -"
    assert problem == "is a second row for push in shut"


def test_a_second_row_is_found_behind_any_but() -> None:
    row, problem = refused(*ROWS, Transition(Push, any_but(Door.SHUT), UNCHANGED, by=ANYBODY))
    assert row.startswith("push: any but shut -> unchanged")
    assert problem == "is a second row for push in ajar"


def test_a_second_creation_by_one_command_is_refused() -> None:
    assert refused(*ROWS, HUNG)[1] == "is a second row for hang in -"


def test_a_state_named_twice_in_one_row_is_refused() -> None:
    told = refused(*ajar(source=(Door.SHUT, Door.SHUT)))
    assert told[1] == "is a second row for push in shut"


def test_a_row_that_is_for_nobody_is_refused() -> None:
    assert refused(*ajar(by=())) == ("push", "names nobody in `by`: nobody could ever do it")


@pytest.mark.parametrize("command", [Keys, "push"])
def test_what_is_no_command_is_refused(command: Any) -> None:
    row, problem = refused(*ROWS, ajar(command=command)[1])
    assert row == repr(command)
    assert problem == "is not a subclass of Command"


def test_two_commands_by_one_name_are_refused() -> None:
    other = new_class("Push", (Command,))

    row, problem = refused(*ROWS, Transition(other, Door.OPEN, UNCHANGED, by=ANYBODY))
    assert row.startswith("push: open -> unchanged")
    assert problem == "is of a second command called 'push'"
