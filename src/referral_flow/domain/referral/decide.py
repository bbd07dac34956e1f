"""What an allowed command changes: one function for each, all pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.group.commands import Join, Leave
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.facts import (
    GroupFacts,
    IssueFacts,
    OverdueFacts,
    ReissueFacts,
    open_referral,
    paper_number,
)
from referral_flow.domain.referral.guards.year_end import cycle_meant, unsupported
from referral_flow.domain.referral.state import Attendance, Referral, State
from referral_flow.engine import EVERYTHING, Command, Decision, Said, Tell

REMIND, TELL_WORKPLACE, TELL_SUPERIOR = "remind_member", "tell_workplace", "tell_superior"
OVERDUE_STEPS = (REMIND, TELL_WORKPLACE, TELL_SUPERIOR)
CYCLE_TURN = "cycle_turn"
PAPER_OVERDUE = "paper_overdue"


def _cycle(at: At[Any]) -> int:
    return at.rules.cycle_of(at.on)


def _member(state: Referral) -> str:
    return f"member:{state.member}"


def _committee(id: str) -> str:
    return f"committee:{id}"


def _first_reminder(at: At[Any]) -> dict[str, Any]:
    rules = at.rules.submit
    day = at.on + timedelta(days=rules.deadline + rules.remind_after + 1)
    return {REMIND: max(at.start_of(day), at.now)}


def _leave(state: Referral, at: At[Any]) -> tuple[Command[Any], ...]:
    return () if state.group is None else (Leave(state.group, referral=state.id, on=at.on),)


def issue(_: None, command: c.Issue, at: At[IssueFacts]) -> Decision:
    """Issue the paper, claim its number and the member, and set the deadline (S1, S2)."""
    workplace = at.actor.committee or ""
    deadline = at.on + timedelta(days=at.rules.submit.deadline)
    issued = e.Issued(
        command.member,
        workplace,
        command.residence,
        command.paper,
        deadline,
        at.rules.name,
        _cycle(at),
    )
    return Decision(
        (issued,),
        take=(
            open_referral(command.member),
            paper_number(workplace, command.paper.number, command.paper.date),
        ),
        timers=_first_reminder(at),
        messages=(
            Tell("paper_issued", f"member:{command.member}", {"deadline": deadline}),
            Tell("paper_to_expect", _committee(command.residence), {"deadline": deadline}),
        ),
    )


def submit(state: Referral, _: c.Submit, at: At[None]) -> Decision:
    """Accept the paper, late or not; whoever was to be told of its absence is not (S3)."""
    late_by = max(0, (at.on - state.timeline.deadline).days)
    return Decision(
        (e.Submitted(late_by, _cycle(at)),),
        cancel=OVERDUE_STEPS,
        withdraw=(PAPER_OVERDUE, "paper_issued", "paper_to_expect"),
        messages=(Tell("paper_received", _committee(state.workplace), {"late_by": late_by}),),
    )


def return_paper(state: Referral, command: c.ReturnPaper, at: At[None]) -> Decision:
    """Send the paper back with a reason (S7)."""
    return Decision(
        (Said(e.Returned(_cycle(at)), {"reason": command.reason}),),
        messages=(Tell("paper_returned", _committee(state.workplace)),),
    )


def reissue(state: Referral, command: c.Reissue, at: At[ReissueFacts]) -> Decision:
    """Issue the paper again with a deadline of its own (S7)."""
    deadline = at.on + timedelta(days=at.rules.submit.deadline)
    return Decision(
        (e.Reissued(command.paper, deadline, _cycle(at)),),
        take=(paper_number(state.workplace, command.paper.number, command.paper.date),),
        timers=_first_reminder(at),
        messages=(Tell("paper_issued", _member(state), {"deadline": deadline}),),
    )


def assign(state: Referral, command: c.Assign, at: At[GroupFacts]) -> Decision:
    """Put the member into the group; the group's own row lets them in (S8)."""
    return Decision(
        (e.AssignedToGroup(command.group, _cycle(at)),),
        also=(Join(command.group, referral=state.id, member=state.member, on=at.on),),
        messages=(Tell("assigned_to_group", _member(state), {"group": command.group}),),
    )


def activate(_state: Referral, _: c.Activate, at: At[None]) -> Decision:
    """Record that the member takes part."""
    return Decision((e.Activated(_cycle(at)),))


def evaluate(state: Referral, command: c.Evaluate, at: At[None]) -> Decision:
    """Record rating and criteria; the words lie beside them (S33, S36)."""
    cycle = _cycle(at)
    reasoned = bool(unsupported(state, command, at))
    words = {"comment": command.comment}
    if command.reason is not None:
        words["reason"] = command.reason
    return Decision(
        (Said(e.Evaluated(command.rating, dict(command.criteria), reasoned, cycle), words),),
        timers={CYCLE_TURN: at.start_of(at.rules.cycle_start(cycle + 1))},
        messages=(Tell("comment_given", _committee(state.workplace), {"cycle": str(cycle)}),),
    )


def classify(state: Referral, command: c.Classify, at: At[None]) -> Decision:
    """Record the class that rests on the comment (S34)."""
    cycle = cycle_meant(command, at)
    return Decision(
        (e.Classified(command.classification, cycle),),
        messages=(Tell("class_given", _committee(state.residence), {"cycle": str(cycle)}),),
    )


def reopen(state: Referral, command: c.Reopen, at: At[None]) -> Decision:
    """Take the comment back."""
    return Decision(
        (Said(e.Reopened(_cycle(at)), {"reason": command.reason}),),
        cancel=(CYCLE_TURN,),
        withdraw=("comment_given",),
        messages=(Tell("comment_taken_back", _committee(state.workplace)),),
    )


def open_cycle(_state: Referral, _: c.OpenCycle, at: At[None]) -> Decision:
    """Begin the next cycle where the last one left off."""
    return Decision((e.CycleOpened(_cycle(at)),), cancel=(CYCLE_TURN,))


def suspend(_state: Referral, command: c.Suspend, at: At[None]) -> Decision:
    """Pause, and remember who did it."""
    event = e.Suspended(at.actor.role, _cycle(at))
    return Decision((Said(event, {"reason": command.reason}),))


def resume(_state: Referral, _: c.Resume, at: At[None]) -> Decision:
    """Go on."""
    return Decision((e.Resumed(_cycle(at)),))


def end(state: Referral, command: c.End, at: At[None]) -> Decision:
    """End it: the place in the group is free, and nothing more is due or sent (S58)."""
    ended: Any = e.Ended(command.reason, _cycle(at))
    if command.words is not None:
        ended = Said(ended, {"words": command.words})
    return Decision(
        (ended,),
        also=_leave(state, at),
        free=(open_referral(state.member),),
        cancel=EVERYTHING,
        withdraw=EVERYTHING,
        messages=(
            Tell("referral_ended", _committee(state.residence)),
            Tell("referral_ended", _committee(state.workplace)),
        ),
    )


def void(state: Referral, command: c.Void, at: At[None]) -> Decision:
    """Keep it as entered in error; its paper's number stays used."""
    return Decision(
        (Said(e.Voided(_cycle(at)), {"reason": command.reason}),),
        also=_leave(state, at),
        free=() if state.state is State.ENDED else (open_referral(state.member),),
        cancel=EVERYTHING,
        withdraw=EVERYTHING,
    )


def note_attendance(state: Referral, command: c.NoteAttendance, at: At[None]) -> Decision:
    """Count a meeting; the first one attended makes the member active (S18)."""
    noted = e.AttendanceNoted(command.group, command.meeting, command.attendance, _cycle(at))
    return Decision((noted,), also=_first_time(state, command.attendance is Attendance.PRESENT, at))


def note_contribution(state: Referral, command: c.NoteContribution, at: At[None]) -> Decision:
    """Count a contribution (S19)."""
    noted = e.ContributionNoted(command.group, command.meeting, _cycle(at))
    return Decision((noted,), also=_first_time(state, True, at))


def _first_time(state: Referral, took_part: bool, at: At[Any]) -> tuple[Command[Any], ...]:
    """Make the member active, unless the meeting belongs to a cycle that is past."""
    counts = _cycle(at) >= state.taking_part.cycle
    if not took_part or not counts or state.state is not State.ASSIGNED:
        return ()
    # An older meeting may be recorded after a pause or a comment that lies between.
    return (c.Activate(state.id, on=max(at.on, state.last_step)),)


def tell_overdue(state: Referral, command: c.TellOverdue, at: At[OverdueFacts]) -> Decision:
    """Tell the next one that the paper was not handed in (S4)."""
    to = {
        REMIND: _member(state),
        TELL_WORKPLACE: _committee(state.workplace),
        TELL_SUPERIOR: _committee(at.facts.above[0]) if at.facts.above else None,
    }[command.step]
    params = {"deadline": state.timeline.deadline, "step": command.step}
    return Decision(
        (e.OverdueTold(command.step, to, _cycle(at)),),
        messages=() if to is None else (Tell(PAPER_OVERDUE, to, params),),
    )


def note_settled(state: Referral, command: c.NoteSettled, at: At[None]) -> Decision:
    """Count the time to the next step from here, if there is one (S4)."""
    after = {
        REMIND: (TELL_WORKPLACE, at.rules.submit.tell_workplace_after),
        TELL_WORKPLACE: (TELL_SUPERIOR, at.rules.submit.tell_superior_after),
    }.get(command.step)
    timers = {}
    if after is not None and state.state is State.ISSUED:
        timers = {after[0]: at.now + timedelta(days=after[1])}
    return Decision((e.TellingSettled(command.step, command.outcome, _cycle(at)),), timers=timers)


DECIDE: Mapping[type[Any], Callable[[Any, Any, At[Any]], Decision]] = {
    c.Issue: issue,
    c.Submit: submit,
    c.ReturnPaper: return_paper,
    c.Reissue: reissue,
    c.Assign: assign,
    c.Activate: activate,
    c.Evaluate: evaluate,
    c.Classify: classify,
    c.Reopen: reopen,
    c.OpenCycle: open_cycle,
    c.Suspend: suspend,
    c.Resume: resume,
    c.End: end,
    c.Void: void,
    c.NoteAttendance: note_attendance,
    c.NoteContribution: note_contribution,
    c.TellOverdue: tell_overdue,
    c.NoteSettled: note_settled,
}
