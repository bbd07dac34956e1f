"""What an allowed command changes: one function for each, all pure, a file for each part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral.decide import classes, groups, papers, pausing, year_end
from referral_flow.engine import Decision

DECIDE: Mapping[type[Any], Callable[[Any, Any, At[Any]], Decision]] = {
    c.Issue: papers.issue,
    c.IssueOnward: papers.issue_onward,
    c.Submit: papers.submit,
    c.ReturnPaper: papers.return_paper,
    c.Reissue: papers.reissue,
    c.Assign: groups.assign,
    c.Reassign: groups.reassign,
    c.Activate: groups.activate,
    c.Evaluate: year_end.evaluate,
    c.CorrectEvaluation: year_end.correct_evaluation,
    c.Countersign: year_end.countersign,
    c.RequestComment: year_end.request_comment,
    c.AnswerUnknown: year_end.answer_unknown,
    c.AnswerRecommendation: year_end.answer_recommendation,
    c.Classify: classes.classify,
    c.Reconcile: classes.reconcile,
    c.StateView: year_end.state_view,
    c.AnswerView: year_end.answer_view,
    c.Reopen: year_end.reopen,
    c.OpenCycle: year_end.open_cycle,
    c.Suspend: pausing.suspend,
    c.Resume: pausing.resume,
    c.Exempt: pausing.exempt,
    c.AnswerRequest: year_end.answer_request,
    c.LiftExemption: pausing.lift_exemption,
    c.Amend: papers.amend,
    c.HandOver: papers.hand_over,
    c.Transfer: papers.transfer,
    c.NoteOnward: papers.note_onward,
    c.TellConflict: classes.tell_conflict,
    c.End: pausing.end,
    c.Void: pausing.void,
    c.NoteAttendance: groups.note_attendance,
    c.NoteContribution: groups.note_contribution,
    c.TellOverdue: papers.tell_overdue,
    c.NoteSettled: papers.note_settled,
}
