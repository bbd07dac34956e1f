"""Why a command to a referral may be refused: one function for each code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from referral_flow.domain.at import At
from referral_flow.domain.people import CommitteeKind, Role
from referral_flow.domain.referral.commands import Classify, End, Evaluate, Submit
from referral_flow.domain.referral.facts import (
    GroupFacts,
    IssueFacts,
    ReissueFacts,
    same_number,
)
from referral_flow.domain.referral.state import Referral, TakingPart
from referral_flow.engine import Refusal


class HasReason(Protocol):
    """A command that says why."""

    @property
    def reason(self) -> str: ...


class HasMember(Protocol):
    """A command that names a member."""

    @property
    def member(self) -> str: ...


class HasResidence(Protocol):
    """A command that names a residence committee."""

    @property
    def residence(self) -> str: ...


class HasPaper(Protocol):
    """A command that brings a paper."""

    @property
    def paper(self) -> Any: ...


class HasGroup(Protocol):
    """A command that names a group."""

    @property
    def group(self) -> str: ...


class HasRating(Protocol):
    """A command that gives a rating."""

    @property
    def rating(self) -> str: ...


class HasCriteria(Protocol):
    """A command that judges by criteria."""

    @property
    def criteria(self) -> Any: ...


def _blank(words: str | None) -> bool:
    return not (words or "").strip()


def reason_given(_state: Referral, command: HasReason, _at: At[Any]) -> Refusal | None:
    """Refuse without a reason in words."""
    return Refusal("reason_required", missing=("reason",)) if _blank(command.reason) else None


# --- issue and submit


def member_is_known(_: None, command: HasMember, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a member whom the register does not have (S1)."""
    if at.facts.member is None:
        return Refusal("unknown_member", {"member": command.member})
    return None


def member_is_own(_: None, command: HasMember, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a member who is managed by another workplace committee (S1)."""
    member = at.facts.member
    if member is not None and member.workplace != at.actor.committee:
        return Refusal("not_own_member", {"member": command.member})
    return None


def member_is_still_own(state: Referral, _: Any, at: At[ReissueFacts]) -> Refusal | None:
    """Refuse to reissue for a member who has gone to another workplace (S7)."""
    member = at.facts.member
    if member is None or member.workplace != at.actor.committee:
        return Refusal("not_own_member", {"member": state.member})
    return None


def _asks_of_own(at: At[IssueFacts]) -> bool:
    """Say whether the member is the actor's: of others' members nothing more is told."""
    member = at.facts.member
    return member is not None and member.workplace == at.actor.committee


def member_may_be_introduced(_: None, command: HasMember, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a member who is marked as not to be introduced."""
    member = at.facts.member
    if member is not None and not member.introduce and _asks_of_own(at):
        return Refusal("not_to_be_introduced", {"member": command.member})
    return None


def residence_is_known(_: None, command: HasResidence, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a committee that the register does not have."""
    if at.facts.residence is None:
        return Refusal("unknown_committee", {"committee": command.residence})
    return None


def residence_is_a_residence(_: None, command: HasResidence, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a committee that receives nobody."""
    residence = at.facts.residence
    if residence is not None and residence.kind is not CommitteeKind.RESIDENCE:
        return Refusal("not_a_residence_committee", {"committee": command.residence})
    return None


def no_other_referral_is_open(_: None, command: HasMember, at: At[IssueFacts]) -> Refusal | None:
    """Refuse a second open referral of one member."""
    if at.facts.open_referral is not None and _asks_of_own(at):
        return Refusal("open_referral_exists", {"member": command.member})
    return None


def paper_is_new(_: Any, command: HasPaper, at: At[IssueFacts | ReissueFacts]) -> Refusal | None:
    """Refuse a number that the issuer has used in that year."""
    if at.facts.paper_holder is not None:
        return Refusal(
            "duplicate_paper",
            {"number": command.paper.number, "year": str(command.paper.date.year)},
        )
    return None


def right_residence(state: Referral, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse a committee to which the paper is not addressed; tell it nothing else."""
    return None if at.actor.committee == state.residence else Refusal("wrong_residence")


def paper_matches(state: Referral, command: Submit, _at: At[Any]) -> Refusal | None:
    """Refuse a number that is not that of the paper issued."""
    if same_number(command.paper_number) != same_number(state.paper.number):
        return Refusal("paper_mismatch", {"number": command.paper_number})
    return None


# --- groups and taking part


def group_is_known(_: Referral, command: HasGroup, at: At[GroupFacts]) -> Refusal | None:
    """Refuse a group that does not exist."""
    if at.facts.group is None:
        return Refusal("unknown_group", {"group": command.group})
    return None


def group_is_local(state: Referral, command: HasGroup, at: At[GroupFacts]) -> Refusal | None:
    """Refuse a group of another residence area (S8)."""
    group = at.facts.group
    if group is not None and group.residence != state.residence:
        return Refusal("group_elsewhere", {"group": command.group})
    return None


def group_is_no_cell(_: Referral, command: HasGroup, at: At[GroupFacts]) -> Refusal | None:
    """Refuse the residential cell where the rule set forbids it (S9)."""
    group, rules = at.facts.group, at.facts.rules
    if group is not None and rules is not None and group.is_cell and not rules.group.cell_allowed:
        return Refusal("merged_into_cell", {"group": command.group})
    return None


def group_has_room(_: Referral, command: HasGroup, at: At[GroupFacts]) -> Refusal | None:
    """Refuse a group at its limit (S10)."""
    group, rules = at.facts.group, at.facts.rules
    if group is not None and rules is not None and len(group.seats) >= rules.group.limit:
        return Refusal("group_full", {"group": command.group, "limit": rules.group.limit})
    return None


def group_is_open(_: Referral, command: HasGroup, at: At[GroupFacts]) -> Refusal | None:
    """Refuse a group that was closed."""
    if at.facts.group is not None and not at.facts.group.is_open:
        return Refusal("group_closed", {"group": command.group})
    return None


def has_taken_part(state: Referral, _at: At[Any]) -> Refusal | None:
    """Refuse to call somebody active who was at no meeting."""
    part = state.taking_part
    if part.present == 0 and part.contributions == 0:
        return Refusal("no_participation_yet", {"called": part.called})
    return None


# --- year end


def within_window(_: Referral, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse an evaluation outside the window of the year (S33)."""
    first, last = at.rules.window(at.on)
    if not first <= at.on <= last:
        return Refusal("outside_window", {"on": at.on, "first": first, "last": last})
    return None


def not_evaluated_yet(state: Referral, _command: Any, at: At[Any]) -> Refusal | None:
    """Refuse a second evaluation in one cycle."""
    cycle = at.rules.cycle_of(at.on)
    if state.year_end.cycle == cycle and state.year_end.rating is not None:
        return Refusal("already_evaluated", {"cycle": str(cycle)})
    return None


def rating_is_known(_: Referral, command: HasRating, at: At[Any]) -> Refusal | None:
    """Refuse a rating that the rule set does not have."""
    known = at.rules.evaluation.ratings
    if command.rating not in known:
        return Refusal("unknown_rating", {"rating": command.rating, "known": known})
    return None


def criteria_are_complete(_: Referral, command: HasCriteria, at: At[Any]) -> Refusal | None:
    """Refuse an evaluation that leaves a criterion out, or gives it no known level."""
    levels = at.rules.evaluation.levels
    criteria = at.rules.evaluation.criteria
    missing = tuple(c for c in criteria if command.criteria.get(c) not in levels)
    if missing:
        return Refusal("missing_criterion", {"levels": levels}, missing=missing)
    return None


def rating_is_borne(state: Referral, command: Evaluate, at: At[Any]) -> Refusal | None:
    """Refuse a rating above what the recorded facts bear, but with a written reason (S36)."""
    missing = unsupported(state, command, at)
    if missing and _blank(command.reason):
        return Refusal("unsupported_rating", {"rating": command.rating}, missing=missing)
    return None


def unsupported(state: Referral, command: Evaluate, at: At[Any]) -> tuple[str, ...]:
    """Name the facts that fall short of what the rule set asks for this rating."""
    support = at.rules.evaluation.support.get(command.rating)
    if support is None:
        return ()
    cycle = at.rules.cycle_of(at.on)
    part = state.taking_part if state.taking_part.cycle == cycle else TakingPart(cycle)
    missing = []
    if (part.rate or 0) < support.attendance:
        missing.append("attendance")
    if part.contributions + part.duties_done < support.contributions_or_duties:
        missing.append("contributions_or_duties")
    lowest = at.rules.evaluation.levels[-1]
    missing += [c for c in support.not_low if command.criteria.get(c) == lowest]
    return tuple(missing)


def cycle_meant(command: Classify, at: At[Any]) -> int:
    """Give the cycle that a classification is for."""
    return command.cycle if command.cycle is not None else at.rules.cycle_of(at.on)


def residence_was_consulted(state: Referral, command: Classify, at: At[Any]) -> Refusal | None:
    """Refuse to classify before the residence committee has answered (S34)."""
    cycle = cycle_meant(command, at)
    if state.year_end.cycle != cycle or state.year_end.rating is None:
        return Refusal("residence_not_consulted", {"cycle": str(cycle)})
    return None


def not_classified_yet(state: Referral, command: Classify, at: At[Any]) -> Refusal | None:
    """Refuse a second class in one cycle."""
    cycle = cycle_meant(command, at)
    if state.year_end.cycle == cycle and state.year_end.classification is not None:
        return Refusal("already_classified", {"cycle": str(cycle)})
    return None


def class_is_known(_: Referral, command: Classify, at: At[Any]) -> Refusal | None:
    """Refuse a class that the rule set does not have."""
    known = at.rules.classification.classes
    if command.classification not in known:
        return Refusal("unknown_class", {"class": command.classification, "known": known})
    return None


def cycle_is_over(state: Referral, at: At[Any]) -> Refusal | None:
    """Refuse to open a new cycle while the evaluated one runs."""
    next_start = at.rules.cycle_start(state.year_end.cycle + 1)
    if at.on < next_start:
        return Refusal("cycle_not_over", {"last": next_start - timedelta(days=1)})
    return None


# --- pause and end


def whoever_suspended(state: Referral, at: At[Any]) -> Refusal | None:
    """Let only the side that suspended resume, or a superior."""
    if at.actor.role in (state.place.suspended_by, Role.SUPERIOR):
        return None
    return Refusal("suspended_by_other", {"by": state.place.suspended_by})


def end_reason_is_known(_: Referral, command: End, at: At[Any]) -> Refusal | None:
    """Refuse a reason that the rule set does not have."""
    known = at.rules.end.reasons
    if command.reason not in known:
        return Refusal("unknown_reason", {"reason": command.reason, "known": known})
    return None


def end_words_given(_: Referral, command: End, at: At[Any]) -> Refusal | None:
    """Refuse a reason that says nothing by itself, without words."""
    if command.reason in at.rules.end.words_required and _blank(command.words):
        return Refusal("reason_required", missing=("words",))
    return None


def only_for_a_move(_: Referral, command: End, at: At[Any]) -> Refusal | None:
    """Let the residence committee end a referral only because the member moved."""
    if at.actor.role == Role.RESIDENCE and command.reason != "moved":
        return Refusal("only_for_a_move", {"reason": command.reason})
    return None
