"""THE page: the rows of the three kinds of entries, and what may refuse them."""

from typing import Any

from referral_flow.domain.dates import not_before_last_step, not_in_future
from referral_flow.domain.people import CommitteeKind, Role
from referral_flow.domain.register.commands import (
    AddCommittee,
    AddMember,
    AddVenue,
    MarkNotIntroduced,
    MoveMember,
)
from referral_flow.domain.register.facts import EntryFacts, belongs_to
from referral_flow.domain.register.state import EntryState as S
from referral_flow.domain.register.state import MemberEntry
from referral_flow.engine import UNCHANGED, At, Lifecycle, Party, Refusal, Transition


def committee_is_known(_: Any, command: Any, at: At[EntryFacts, Any]) -> Refusal | None:
    """Refuse an entry of a committee that the register does not have."""
    belongs = belongs_to(command)
    if belongs is not None and at.facts.committee is None:
        return Refusal("unknown_committee", {"committee": belongs})
    return None


def workplace_is_a_workplace(
    _: Any, command: AddMember | MoveMember, at: At[EntryFacts, Any]
) -> Refusal | None:
    """Refuse a member of a committee that manages nobody."""
    committee = at.facts.committee
    if committee is not None and committee.kind is not CommitteeKind.WORKPLACE:
        return Refusal("not_a_workplace_committee", {"committee": command.workplace})
    return None


def id_is_new(_: None, _command: Any, at: At[EntryFacts, Any]) -> Refusal | None:
    """Refuse an id that is in use."""
    return None if at.facts.holder is None else Refusal("already_registered")


def workplace_is_another(
    state: MemberEntry, command: MoveMember, _at: At[Any, Any]
) -> Refusal | None:
    """Refuse to move a member to where they are."""
    return Refusal("same_workplace") if command.workplace == state.workplace else None


def not_before_last_change(state: MemberEntry, _command: Any, at: At[Any, Any]) -> Refusal | None:
    """Refuse a day before the last change: members are counted by the order of days."""
    last = state.changed_on
    if last is None or at.on >= last:
        return None
    return Refusal("before_last_step", {"on": at.on, "last_step": last})


def the_workplace(state: MemberEntry, _command: Any, _actor: Any) -> tuple[str]:
    """Give the committee that manages the member."""
    return (state.workplace,)


OPERATOR = Party(Role.OPERATOR)
WORKPLACE = Party(Role.WORKPLACE, the_workplace)
AN_ENTRY = (committee_is_known, id_is_new)
# An entry may be as old as it is: nothing is too far back here.
DATES = (not_in_future, not_before_last_step)

# fmt: off
COMMITTEE = Lifecycle("committee", S, (
    Transition(AddCommittee, None, S.KEPT, by=(OPERATOR,), reads=EntryFacts, guards=AN_ENTRY),
), closed=(S.KEPT,), always=DATES)

MEMBER = Lifecycle("member", S, (
    Transition(AddMember, None, S.KEPT, by=(OPERATOR,), reads=EntryFacts, guards=(*AN_ENTRY, workplace_is_a_workplace)),
    Transition(MarkNotIntroduced, S.KEPT, UNCHANGED, by=(WORKPLACE,), guards=(not_before_last_change,)),
    Transition(MoveMember, S.KEPT, UNCHANGED, by=(OPERATOR,), reads=EntryFacts, guards=(committee_is_known, workplace_is_a_workplace, workplace_is_another, not_before_last_change)),
), closed=(S.KEPT,), always=DATES)

VENUE = Lifecycle("venue", S, (
    Transition(AddVenue, None, S.KEPT, by=(OPERATOR,), reads=EntryFacts, guards=AN_ENTRY),
), closed=(S.KEPT,), always=DATES)
# fmt: on
