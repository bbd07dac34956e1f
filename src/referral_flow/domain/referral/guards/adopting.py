"""Why a referral may not be adopted, or its adoption undone: one function for each code."""

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.people import Role
from referral_flow.domain.referral.commands import Adopt
from referral_flow.domain.referral.facts import AdoptFacts
from referral_flow.domain.referral.state import CLOSED, Referral, State
from referral_flow.engine import Refusal

OPEN_STATES = tuple(state for state in State if state not in CLOSED)
TAKING_PART = (State.SUBMITTED, State.ASSIGNED, State.ACTIVE)
COMES_BACK = (State.SUSPENDED, State.EVALUATED)
SEATED = (State.ASSIGNED, State.ACTIVE)
MAY_BE_EXEMPT = (State.ISSUED, State.RETURNED, State.EXEMPT)


def state_is_open(_: None, command: Adopt, _at: At[Any]) -> Refusal | None:
    """Refuse a state in which nothing is under way any more (S56)."""
    if command.state not in OPEN_STATES:
        return Refusal("unknown_state", {"state": command.state, "known": OPEN_STATES})
    return None


def origin_is_possible(_: None, command: Adopt, _at: At[Any]) -> Refusal | None:
    """Refuse a state to which no suspension or comment leads back."""
    origin = command.came_from
    if command.state in COMES_BACK and origin is not None and origin not in TAKING_PART:
        return Refusal("unknown_state", {"state": origin, "known": TAKING_PART})
    return None


def nothing_is_beside_the_state(_: None, command: Adopt, _at: At[Any]) -> Refusal | None:
    """Refuse what a referral in this state does not have, rather than lose it."""
    state = command.state
    lands_in = command.came_from if state in COMES_BACK else state
    beside = {
        "came_from": command.came_from is not None and state not in COMES_BACK,
        "group": command.group is not None and lands_in not in (None, *SEATED),
        "exemption": command.exemption is not None and state not in MAY_BE_EXEMPT,
    }
    fields = tuple(field for field, is_beside in beside.items() if is_beside)
    return Refusal("not_for_state", {"state": state, "fields": fields}) if fields else None


def workplace_is_known(_: None, command: Adopt, at: At[AdoptFacts]) -> Refusal | None:
    """Refuse a workplace committee that the register does not have."""
    if at.facts.workplace is None:
        return Refusal("unknown_committee", {"committee": command.workplace})
    return None


def paper_came_before(_: None, command: Adopt, at: At[Any]) -> Refusal | None:
    """Refuse a paper that bears a later day than the state to which it led."""
    day = None if command.paper is None else command.paper.date
    if day is not None and day > at.on:
        return Refusal("before_paper", {"on": at.on, "paper": day})
    return None


def evaluation_was_given(_: None, command: Adopt, at: At[Any]) -> Refusal | None:
    """Refuse a rating of a cycle that has not begun."""
    past = command.evaluation
    if past is not None and past.cycle > at.rules.cycle_of(at.today):
        return Refusal("cycle_in_future", {"cycle": str(past.cycle)})
    return None


def past_rating_is_known(_: None, command: Adopt, at: At[Any]) -> Refusal | None:
    """Refuse a rating that the rule set does not have; a derived one is as good as given."""
    known = at.rules.evaluation.ratings
    rating = None if command.evaluation is None else command.evaluation.rating
    if rating is not None and rating not in known:
        return Refusal("unknown_rating", {"rating": rating, "known": known})
    return None


def batch_is_known(_: None, command: Adopt, at: At[AdoptFacts]) -> Refusal | None:
    """Refuse a batch that is not there, or that another committee opened."""
    if command.batch is None:
        return None
    batch = at.facts.batch
    foreign = batch is not None and batch.committee != at.actor.committee
    if batch is None or (foreign and at.actor.role != Role.OPERATOR):
        return Refusal("unknown_batch", {"batch": command.batch})
    return None


def row_is_new(_: None, command: Adopt, at: At[AdoptFacts]) -> Refusal | None:
    """Refuse a row of the batch that was adopted before."""
    if at.facts.row_holder is not None:
        return Refusal("already_adopted", {"value": command.row})
    return None


def was_adopted(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to undo what began here with a paper."""
    return Refusal("not_adopted") if state.adoption is None else None


def undone_from_the_start(state: Referral, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse to undo from a later day on: figures of the days between would still count it."""
    if state.adoption is not None and state.last_step < at.on <= at.today:
        return Refusal("undo_from_the_start", {"on": at.on, "first": state.last_step})
    return None


def was_not_touched(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to undo an adoption on which something was built since: it would be lost."""
    touched = state.adoption is not None and state.adoption.touched
    return Refusal("touched_since_adoption", {"member": state.member}) if touched else None
