"""THE page: every row of a referral, who may do it, and what may refuse it."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.dates import ON_EVERY_ROW
from referral_flow.domain.people import Role
from referral_flow.domain.referral.commands import (
    Activate,
    Assign,
    Classify,
    End,
    Evaluate,
    Issue,
    NoteAttendance,
    NoteContribution,
    NoteSettled,
    OpenCycle,
    Reissue,
    Reopen,
    Resume,
    ReturnPaper,
    Submit,
    Suspend,
    TellOverdue,
    Void,
)
from referral_flow.domain.referral.facts import GroupFacts, IssueFacts, OverdueFacts, ReissueFacts
from referral_flow.domain.referral.guards.asks import reason_given
from referral_flow.domain.referral.guards.groups import (
    group_has_room,
    group_is_known,
    group_is_local,
    group_is_no_cell,
    group_is_open,
    has_taken_part,
)
from referral_flow.domain.referral.guards.papers import (
    member_is_known,
    member_is_own,
    member_is_still_own,
    member_may_be_introduced,
    no_other_referral_is_open,
    paper_is_new,
    paper_matches,
    residence_is_a_residence,
    residence_is_known,
    right_residence,
)
from referral_flow.domain.referral.guards.pausing import (
    end_reason_is_known,
    end_words_given,
    only_for_a_move,
    whoever_suspended,
)
from referral_flow.domain.referral.guards.year_end import (
    class_is_known,
    criteria_are_complete,
    cycle_is_over,
    not_classified_yet,
    not_evaluated_yet,
    rating_is_borne,
    rating_is_known,
    residence_was_consulted,
    within_window,
)
from referral_flow.domain.referral.state import CLOSED, Referral
from referral_flow.domain.referral.state import State as S
from referral_flow.engine import UNCHANGED, Back, Lifecycle, Party, Transition, any_but


def the_workplace(state: Referral, _command: Any, _actor: Any) -> tuple[str]:
    """Give the committee that issued the paper."""
    return (state.workplace,)


def the_residence(state: Referral, _command: Any, _actor: Any) -> tuple[str]:
    """Give the committee that receives."""
    return (state.residence,)


def the_residence_until_classified(state: Referral, _command: Any, _actor: Any) -> tuple[str, ...]:
    """Give the committee that receives, as long as no class rests on its comment."""
    return () if state.year_end.classification is not None else (state.residence,)


def both_once_classified(state: Referral, _command: Any, _actor: Any) -> tuple[str, ...]:
    """Give both committees, once a class rests on the comment."""
    return () if state.year_end.classification is None else (state.workplace, state.residence)


def both_committees(state: Referral, _command: Any, _actor: Any) -> tuple[str, str]:
    """Give both committees."""
    return (state.workplace, state.residence)


def the_member(state: Referral, _command: Any, _actor: Any) -> tuple[str]:
    """Give the member."""
    return (state.member,)


ISSUER = Party(Role.WORKPLACE)
BEARER = Party(Role.RESIDENCE)
WORKPLACE = Party(Role.WORKPLACE, the_workplace)
RESIDENCE = Party(Role.RESIDENCE, the_residence)
REVISER = Party(Role.RESIDENCE, the_residence_until_classified)
SUPERIOR_REVISER = Party(Role.SUPERIOR, both_once_classified, above=True)
SUPERIOR = Party(Role.SUPERIOR, both_committees, above=True)
MEMBER = Party(Role.MEMBER, the_member, person=True, claim="open_referral")
SYSTEM = Party(Role.SYSTEM)
READERS = (
    WORKPLACE,
    RESIDENCE,
    SUPERIOR,
    MEMBER,
    Party(Role.AUDITOR, both_committees),
    Party(Role.AUDITOR, both_committees, above=True),
)

A_MEMBER = (
    member_is_known,
    member_is_own,
    member_may_be_introduced,
    no_other_referral_is_open,
)
A_RESIDENCE = (residence_is_known, residence_is_a_residence)
A_GROUP = (group_is_known, group_is_local, group_is_no_cell, group_has_room, group_is_open)
A_COMMENT = (
    within_window,
    not_evaluated_yet,
    rating_is_known,
    criteria_are_complete,
    rating_is_borne,
)
A_CLASS = (class_is_known, residence_was_consulted, not_classified_yet)
AN_ENDING = (end_reason_is_known, end_words_given, only_for_a_move)

TAKING_PART = (S.SUBMITTED, S.ASSIGNED, S.ACTIVE)
OPEN = any_but(*CLOSED)


def suspended_from(state: Referral) -> S | None:
    """Give the state in which the referral was suspended."""
    return state.place.suspended_from


def evaluated_from(state: Referral) -> S | None:
    """Give the state in which the member was evaluated."""
    return state.place.evaluated_from


BEFORE_SUSPENSION = Back(suspended_from, among=TAKING_PART)
BEFORE_EVALUATION = Back(evaluated_from, among=(*TAKING_PART, S.SUSPENDED))

# fmt: off
REFERRAL = Lifecycle("referral", S, (
    Transition(Issue, None, S.ISSUED, by=(ISSUER,), reads=IssueFacts, guards=(*A_MEMBER, *A_RESIDENCE, paper_is_new)),
    Transition(Submit, S.ISSUED, S.SUBMITTED, by=(BEARER,), guards=(right_residence, paper_matches)),
    Transition(ReturnPaper, S.SUBMITTED, S.RETURNED, by=(RESIDENCE,), guards=(reason_given,)),
    Transition(Reissue, S.RETURNED, S.ISSUED, by=(WORKPLACE,), reads=ReissueFacts, guards=(member_is_still_own, paper_is_new)),
    Transition(Assign, S.SUBMITTED, S.ASSIGNED, by=(RESIDENCE,), reads=GroupFacts, guards=A_GROUP),
    Transition(Activate, S.ASSIGNED, S.ACTIVE, by=(RESIDENCE, SYSTEM), given=(has_taken_part,)),
    Transition(Evaluate, (*TAKING_PART, S.SUSPENDED), S.EVALUATED, by=(RESIDENCE,), guards=A_COMMENT),
    Transition(Classify, OPEN, UNCHANGED, by=(WORKPLACE,), guards=A_CLASS),
    Transition(Reopen, S.EVALUATED, BEFORE_EVALUATION, by=(REVISER, SUPERIOR_REVISER), guards=(reason_given,)),
    Transition(OpenCycle, S.EVALUATED, BEFORE_EVALUATION, by=(SYSTEM, SUPERIOR), given=(cycle_is_over,)),
    Transition(Suspend, TAKING_PART, S.SUSPENDED, by=(RESIDENCE, WORKPLACE), guards=(reason_given,)),
    Transition(Resume, S.SUSPENDED, BEFORE_SUSPENSION, by=(RESIDENCE, WORKPLACE, SUPERIOR), given=(whoever_suspended,)),
    Transition(End, OPEN, S.ENDED, by=(WORKPLACE, RESIDENCE), guards=AN_ENDING),
    Transition(Void, S.ISSUED, S.VOID, by=(WORKPLACE, SUPERIOR), guards=(reason_given,)),
    Transition(Void, any_but(S.ISSUED, S.VOID), S.VOID, by=(SUPERIOR,), guards=(reason_given,)),
    # Only other rows, timers and the delivery call these.
    Transition(NoteAttendance, OPEN, UNCHANGED, by=(SYSTEM,)),
    Transition(NoteContribution, OPEN, UNCHANGED, by=(SYSTEM,)),
    Transition(TellOverdue, S.ISSUED, UNCHANGED, by=(SYSTEM,), reads=OverdueFacts),
    Transition(NoteSettled, OPEN, UNCHANGED, by=(SYSTEM,)),
), closed=CLOSED, always=ON_EVERY_ROW)
# fmt: on
