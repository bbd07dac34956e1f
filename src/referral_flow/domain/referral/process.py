"""The referral as a process: its rows, functions and stored names in one value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from referral_flow.domain.people import Role
from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.commands import (
    LiftExemption,
    NoteSettled,
    OpenCycle,
    TellConflict,
    TellOverdue,
)
from referral_flow.domain.referral.decide import DECIDE
from referral_flow.domain.referral.decide.parts import (
    CONFLICT_WAITS,
    CYCLE_TURN,
    EXEMPTION_ENDS,
    OVERDUE_STEPS,
    PAPER_OVERDUE,
)
from referral_flow.domain.referral.evolve import evolve
from referral_flow.domain.referral.findings import FINDINGS
from referral_flow.domain.referral.lifecycle import READERS, REFERRAL
from referral_flow.domain.referral.state import Referral, State
from referral_flow.domain.rules import RuleSet
from referral_flow.engine import Command, Figure, Labels, Process

# Stored for ever: never change a name here; add the next version and an upcaster.
EVENTS = {
    "referral.issued@1": e.Issued,
    "referral.submitted@1": e.Submitted,
    "referral.returned@1": e.Returned,
    "referral.reissued@1": e.Reissued,
    "referral.assigned@1": e.AssignedToGroup,
    "referral.activated@1": e.Activated,
    "referral.attendance_noted@1": e.AttendanceNoted,
    "referral.contribution_noted@1": e.ContributionNoted,
    "referral.overdue_told@1": e.OverdueTold,
    "referral.telling_settled@1": e.TellingSettled,
    "referral.evaluated@1": e.Evaluated,
    "referral.classified@1": e.Classified,
    "referral.reopened@1": e.Reopened,
    "referral.cycle_opened@1": e.CycleOpened,
    "referral.suspended@1": e.Suspended,
    "referral.resumed@1": e.Resumed,
    "referral.ended@1": e.Ended,
    "referral.voided@1": e.Voided,
    "referral.reassigned@1": e.Reassigned,
    "referral.evaluation_corrected@1": e.EvaluationCorrected,
    "referral.countersigned@1": e.Countersigned,
    "referral.comment_requested@1": e.CommentRequested,
    "referral.unknown_answered@1": e.UnknownAnswered,
    "referral.recommendation_answered@1": e.RecommendationAnswered,
    "referral.class_proposed@1": e.ClassProposed,
    "referral.reconcile_offered@1": e.ReconcileOffered,
    "referral.reconciled@1": e.Reconciled,
    "referral.conflict_told@1": e.ConflictTold,
    "referral.view_stated@1": e.ViewStated,
    "referral.view_answered@1": e.ViewAnswered,
    "referral.exempted@1": e.Exempted,
    "referral.request_answered@1": e.RequestAnswered,
    "referral.exemption_lifted@1": e.ExemptionLifted,
    "referral.amended@1": e.Amended,
    "referral.handed_over@1": e.HandedOver,
    "referral.transferred@1": e.Transferred,
    "referral.onward_noted@1": e.OnwardNoted,
    "referral.adopted@1": e.Adopted,
    "referral.adoption_undone@1": e.AdoptionUndone,
}


def labels(state: Referral) -> Labels:
    """Give both committees, when the paper is overdue, and the mark that figures count by.

    The mark is `cycle:rating`, with `:late` for a paper that came late and `:adopted` for a
    referral that was adopted (`2013:good:late`).
    """
    year = state.year_end
    mark = f"{year.cycle}:{year.rating or ''}{':late' if state.timeline.late_by else ''}"
    if state.adoption is not None:
        mark += ":adopted"
    due = state.timeline.deadline if state.state is State.ISSUED else None
    return Labels(state.workplace, state.residence, mark, due)


def told(stream: str, params: Mapping[str, Any], outcome: str) -> Command[Any]:
    """Note that an overdue message was settled: the next step counts from there (S4)."""
    return NoteSettled(stream, step=params["step"], outcome=outcome)


def rule_set(state: Referral) -> str:
    """Give the rule set that the referral began under (S43)."""
    return state.rule_set


def _counted(state: str, mark: str, on: date, rules: RuleSet) -> bool:
    """Tell who counts as referred: ended ones only in the cycle in which they ended (S40)."""
    if state == State.VOID:
        return False
    return state != State.ENDED or mark.startswith(f"{rules.cycle_of(on)}:")


def referred(state: str, mark: str, on: date, rules: RuleSet) -> bool:
    """Count the members referred (S40)."""
    return _counted(state, mark, on, rules)


def late(state: str, mark: str, on: date, rules: RuleSet) -> bool:
    """Count the papers that came late (S3)."""
    return _counted(state, mark, on, rules) and "late" in mark.split(":")


def adopted(state: str, mark: str, on: date, rules: RuleSet) -> bool:
    """Count those of the referred that were adopted, not issued here (S56)."""
    return _counted(state, mark, on, rules) and mark.endswith(":adopted")


def acts_well(state: str, mark: str, on: date, rules: RuleSet) -> bool:
    """Count the members rated as active well in the cycle of the day (S40)."""
    return _rated(rules.evaluation.acts_well, state, mark, on, rules)


def _rated(rating: str, state: str, mark: str, on: date, rules: RuleSet) -> bool:
    cycle, rated, *_ = mark.split(":")
    return state != State.VOID and cycle == str(rules.cycle_of(on)) and rated == rating


FIGURES = (
    Figure("referred", referred),
    Figure("adopted", adopted),
    Figure("late", late),
    Figure("acts_well", acts_well),
    Figure("rated_fair", partial(_rated, "fair")),
    Figure("rated_weak", partial(_rated, "weak")),
)

REFERRAL_PROCESS = Process(
    "referral",
    REFERRAL,
    Referral,
    EVENTS,
    DECIDE,
    evolve,
    labels,
    READERS,
    claims={
        "open_referral": "open_referral_exists",
        "paper": "duplicate_paper",
        "adopted": "already_adopted",
    },
    timers={
        **{step: partial(TellOverdue, step=step) for step in OVERDUE_STEPS},
        CYCLE_TURN: OpenCycle,
        CONFLICT_WAITS: TellConflict,
        EXEMPTION_ENDS: LiftExemption,
    },
    settled={PAPER_OVERDUE: told},
    rule_set=rule_set,
    findings=FINDINGS,
    figures=FIGURES,
    never=(State.VOID,),
    totals=(Role.OPERATOR,),
    snapshot_format=2,
)
