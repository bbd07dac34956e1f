"""THE page: every row of a referral, who may do it, and what may refuse it."""

from typing import Any

from referral_flow.domain.dates import ON_EVERY_ROW
from referral_flow.domain.people import Role
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral.facts import (
    AdoptFacts,
    GroupFacts,
    IssueFacts,
    MemberFacts,
    ReissueFacts,
    SuperiorFacts,
)
from referral_flow.domain.referral.guards import (
    adopting,
    asks,
    groups,
    papers,
    pausing,
    year_end,
)
from referral_flow.domain.referral.state import CLOSED, Referral
from referral_flow.domain.referral.state import State as S
from referral_flow.engine import (
    UNCHANGED,
    Actor,
    Back,
    Lifecycle,
    OneOf,
    Party,
    Transition,
    any_but,
)


def the_committees_named(_state: None, command: c.Adopt, _actor: Any) -> tuple[str, str]:
    """Give both committees of a referral that is to be adopted."""
    return (command.workplace, command.residence)


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


def the_addressee(state: Referral, _command: Any, actor: Actor) -> tuple[str, ...]:
    """Give the committee that the member's view is addressed to; both while there is none."""
    view = state.year_end.view
    if view is not None and view.to != actor.role:
        return ()
    return (state.workplace if actor.role == Role.WORKPLACE else state.residence,)


ISSUER = Party(Role.WORKPLACE)
IMPORTER = Party(Role.OPERATOR)
ADOPTERS = (Party(Role.OPERATOR), Party(Role.SUPERIOR, the_committees_named, above=True))
BEARER = Party(Role.RESIDENCE)
NEW_WORKPLACE = Party(Role.WORKPLACE)
WORKPLACE = Party(Role.WORKPLACE, the_workplace)
RESIDENCE = Party(Role.RESIDENCE, the_residence)
REVISER = Party(Role.RESIDENCE, the_residence_until_classified)
SUPERIOR_REVISER = Party(Role.SUPERIOR, both_once_classified, above=True)
SUPERIOR = Party(Role.SUPERIOR, both_committees, above=True)
MEMBER = Party(Role.MEMBER, the_member, person=True, claim="open_referral")
RESIDENCES_SUPERIOR = Party(Role.SUPERIOR, the_residence, above=True)
ADDRESSEES = (Party(Role.WORKPLACE, the_addressee), Party(Role.RESIDENCE, the_addressee))
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
    papers.member_is_known,
    papers.member_is_own,
    papers.member_may_be_introduced,
    papers.no_other_referral_is_open,
)
A_RESIDENCE = (papers.residence_is_known, papers.residence_is_a_residence)
A_PAPER = (*A_MEMBER, *A_RESIDENCE, papers.paper_is_new)
AN_EXEMPTION_ON_PAPER = (
    papers.exemption_is_in_rule_set,
    papers.exemption_has_known_ground,
    papers.exemption_has_expiry,
)
AN_EXEMPTION = (pausing.ground_is_in_rule_set, pausing.ground_is_known, pausing.expiry_is_given)
AN_AMENDMENT = (
    asks.reason_given,
    papers.deadline_or_paper_changes,
    papers.whoever_recorded,
    papers.submission_is_there,
    papers.paper_is_new,
)
A_GROUP = (
    groups.group_is_known,
    groups.group_is_local,
    groups.group_is_no_cell,
    groups.group_has_room,
    groups.group_is_open,
)
ANOTHER_GROUP = (*A_GROUP, groups.group_is_another)
A_RATING = (
    year_end.rating_is_known,
    year_end.criteria_are_complete,
    year_end.criteria_are_known,
    year_end.rating_is_borne,
)
A_COMMENT = (
    year_end.within_window,
    year_end.not_evaluated_yet,
    *A_RATING,
    year_end.front_was_consulted,
    year_end.recommendation_is_known,
)
A_CORRECTION = (year_end.why_is_given, *A_RATING)
A_SIGNATURE = (
    year_end.countersigning_is_in_rule_set,
    year_end.is_evaluated,
    year_end.not_countersigned_yet,
)
A_REQUEST = (year_end.occasion_is_known, year_end.due_day_is_ahead)
A_CLASS = (
    year_end.class_is_known,
    year_end.residence_was_consulted,
    year_end.not_classified_yet,
    year_end.comment_bears_the_class,
)
A_SETTLEMENT = (
    asks.reason_given,
    year_end.class_is_known,
    year_end.other_party_answers,
    year_end.superior_settles_late,
)
A_STATE_AS_FOUND = (
    adopting.state_is_open,
    adopting.origin_is_possible,
    adopting.nothing_is_beside_the_state,
    adopting.paper_came_before,
    adopting.evaluation_was_given,
    adopting.past_rating_is_known,
)
# What an earlier run has done is said first.
AN_ADOPTION = (
    adopting.row_is_new,
    *A_MEMBER,
    adopting.workplace_is_known,
    *A_RESIDENCE,
    papers.paper_is_new,
    *A_STATE_AS_FOUND,
    *A_GROUP,
    papers.exemption_is_in_rule_set,
    papers.exemption_has_known_ground,
    adopting.batch_is_known,
)
AN_UNDO = (adopting.was_adopted, adopting.was_not_touched)
AN_ENDING = (pausing.end_reason_is_known, pausing.end_words_given, pausing.only_for_a_move)

TAKING_PART = adopting.TAKING_PART
OPEN = any_but(*CLOSED)


def suspended_from(state: Referral) -> S | None:
    """Give the state in which the referral was suspended."""
    return state.place.suspended_from


def evaluated_from(state: Referral) -> S | None:
    """Give the state in which the member was evaluated."""
    return state.place.evaluated_from


def exempt_or_not(state: Referral, _command: Any) -> S:
    """Give the state that a submission leads to: the paper may say that the bearer is exempt."""
    return S.SUBMITTED if state.exemption is None else S.EXEMPT


def state_as_found(_state: None, command: c.Adopt) -> S:
    """Give the state in which a referral was found that is adopted."""
    return command.state


BEFORE_SUSPENSION = Back(suspended_from, among=TAKING_PART)
BEFORE_EVALUATION = Back(evaluated_from, among=(*TAKING_PART, S.SUSPENDED))
AS_FOUND = OneOf(state_as_found, among=adopting.OPEN_STATES)
SUBMITTED_OR_EXEMPT = OneOf(exempt_or_not, among=(S.SUBMITTED, S.EXEMPT))

# fmt: off
REFERRAL = Lifecycle("referral", S, (
    Transition(c.Issue, None, S.ISSUED, by=(ISSUER, IMPORTER), reads=IssueFacts, guards=(*A_PAPER, *AN_EXEMPTION_ON_PAPER)),
    Transition(c.Adopt, None, AS_FOUND, by=ADOPTERS, reads=AdoptFacts, guards=AN_ADOPTION),
    Transition(c.Submit, S.ISSUED, SUBMITTED_OR_EXEMPT, by=(BEARER,), guards=(papers.right_residence, papers.paper_matches)),
    Transition(c.AnswerUnknown, S.ISSUED, UNCHANGED, by=(RESIDENCE,), given=(year_end.comment_was_requested,)),
    Transition(c.ReturnPaper, S.SUBMITTED, S.RETURNED, by=(RESIDENCE,), guards=(asks.reason_given,)),
    Transition(c.Reissue, S.RETURNED, S.ISSUED, by=(WORKPLACE,), reads=ReissueFacts, guards=(papers.member_is_still_own, papers.paper_is_new)),
    Transition(c.Assign, S.SUBMITTED, S.ASSIGNED, by=(RESIDENCE,), reads=GroupFacts, guards=A_GROUP),
    Transition(c.Reassign, (S.ASSIGNED, S.ACTIVE), UNCHANGED, by=(RESIDENCE,), reads=GroupFacts, guards=ANOTHER_GROUP),
    Transition(c.Activate, S.ASSIGNED, S.ACTIVE, by=(RESIDENCE, SYSTEM), given=(groups.has_taken_part,)),
    Transition(c.Evaluate, (*TAKING_PART, S.SUSPENDED), S.EVALUATED, by=(RESIDENCE,), guards=A_COMMENT),
    Transition(c.CorrectEvaluation, OPEN, UNCHANGED, by=(REVISER, SUPERIOR_REVISER), given=(year_end.is_evaluated,), guards=A_CORRECTION),
    Transition(c.Countersign, OPEN, UNCHANGED, by=(RESIDENCES_SUPERIOR,), given=A_SIGNATURE),
    Transition(c.RequestComment, OPEN, UNCHANGED, by=(WORKPLACE,), guards=A_REQUEST),
    Transition(c.AnswerRecommendation, OPEN, UNCHANGED, by=(WORKPLACE,), given=(year_end.recommendation_waits,), guards=(year_end.view_words_are_given,)),
    Transition(c.Classify, OPEN, UNCHANGED, by=(WORKPLACE,), guards=A_CLASS),
    Transition(c.Reconcile, OPEN, UNCHANGED, by=(WORKPLACE, RESIDENCE, SUPERIOR), reads=SuperiorFacts, given=(year_end.conflict_is_open,), guards=A_SETTLEMENT),
    Transition(c.StateView, OPEN, UNCHANGED, by=(MEMBER,), given=(year_end.something_was_told,), guards=(year_end.view_words_are_given,)),
    Transition(c.AnswerView, OPEN, UNCHANGED, by=ADDRESSEES, given=(year_end.view_waits,), guards=(year_end.view_words_are_given,)),
    Transition(c.Reopen, S.EVALUATED, BEFORE_EVALUATION, by=(REVISER, SUPERIOR_REVISER), guards=(asks.reason_given,)),
    Transition(c.OpenCycle, S.EVALUATED, BEFORE_EVALUATION, by=(SYSTEM, SUPERIOR), given=(year_end.cycle_is_over,)),
    Transition(c.Suspend, TAKING_PART, S.SUSPENDED, by=(RESIDENCE, WORKPLACE), guards=(asks.reason_given,)),
    Transition(c.Resume, S.SUSPENDED, BEFORE_SUSPENSION, by=(RESIDENCE, WORKPLACE, SUPERIOR), given=(pausing.whoever_suspended,)),
    Transition(c.Exempt, TAKING_PART, S.EXEMPT, by=(WORKPLACE,), guards=AN_EXEMPTION),
    Transition(c.AnswerRequest, S.EXEMPT, UNCHANGED, by=(RESIDENCE,), guards=(pausing.purpose_is_given,)),
    Transition(c.LiftExemption, S.EXEMPT, S.SUBMITTED, by=(WORKPLACE, SYSTEM), given=(pausing.exemption_is_over,)),
    Transition(c.Amend, OPEN, UNCHANGED, by=(WORKPLACE, RESIDENCE, SUPERIOR), reads=ReissueFacts, guards=AN_AMENDMENT),
    Transition(c.HandOver, OPEN, UNCHANGED, by=(NEW_WORKPLACE,), reads=MemberFacts, given=(papers.workplace_is_another,), guards=(papers.member_has_come,)),
    Transition(c.End, OPEN, S.ENDED, by=(WORKPLACE, RESIDENCE), guards=AN_ENDING),
    Transition(c.Transfer, S.ENDED, UNCHANGED, by=(WORKPLACE,), given=(papers.has_moved, papers.not_transferred_yet)),
    Transition(c.Void, S.ISSUED, S.VOID, by=(WORKPLACE, SUPERIOR), guards=(asks.reason_given,)),
    Transition(c.Void, any_but(S.ISSUED, S.VOID), S.VOID, by=(SUPERIOR,), guards=(asks.reason_given,)),
    Transition(c.UndoAdoption, OPEN, S.VOID, by=(IMPORTER, SUPERIOR), given=AN_UNDO, guards=(adopting.undone_from_the_start,)),
    # Only other rows, timers and the delivery call these.
    Transition(c.IssueOnward, None, S.ISSUED, by=(SYSTEM,), reads=IssueFacts, guards=A_PAPER),
    Transition(c.NoteOnward, S.ENDED, UNCHANGED, by=(SYSTEM,)),
    Transition(c.NoteAttendance, OPEN, UNCHANGED, by=(SYSTEM,)),
    Transition(c.NoteContribution, OPEN, UNCHANGED, by=(SYSTEM,)),
    Transition(c.TellOverdue, S.ISSUED, UNCHANGED, by=(SYSTEM,), reads=SuperiorFacts, given=(papers.paper_is_overdue,)),
    Transition(c.TellConflict, OPEN, UNCHANGED, by=(SYSTEM,), reads=SuperiorFacts, given=(year_end.conflict_is_open,)),
    Transition(c.NoteSettled, OPEN, UNCHANGED, by=(SYSTEM,)),
), closed=CLOSED, always=ON_EVERY_ROW)
# fmt: on
