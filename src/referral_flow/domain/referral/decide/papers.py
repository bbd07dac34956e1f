"""What an allowed command changes: a paper, from its issue to its end."""

from __future__ import annotations

from datetime import timedelta

from referral_flow.domain.at import At
from referral_flow.domain.referral import commands as c
from referral_flow.domain.referral import events as e
from referral_flow.domain.referral.decide.parts import (
    OVERDUE_STEPS,
    PAPER_OVERDUE,
    REMIND,
    TELL_SUPERIOR,
    TELL_WORKPLACE,
    TO_THE_WORKPLACE,
    cycle_of,
    exemption_ends,
    first_reminder,
    said,
    to_committee,
    to_member,
)
from referral_flow.domain.referral.facts import (
    IssueFacts,
    MemberFacts,
    ReissueFacts,
    SuperiorFacts,
    paper_number,
)
from referral_flow.domain.referral.state import (
    Exemption,
    Referral,
    State,
)
from referral_flow.engine import Decision, Said, Tell


def issue(_: None, command: c.Issue, at: At[IssueFacts]) -> Decision:
    """Issue the paper, claim its number and the member, and set the deadline (S1, S2)."""
    return _issue(command, at, command.exemption, None)


def issue_onward(_: None, command: c.IssueOnward, at: At[IssueFacts]) -> Decision:
    """Issue the paper after a move, and link both referrals."""
    return _issue(command, at, None, command.origin)


def _issue(
    command: c.Issue | c.IssueOnward,
    at: At[IssueFacts],
    exemption: Exemption | None,
    origin: str | None,
) -> Decision:
    issuer = at.facts.issuer
    deadline = at.on + timedelta(days=at.rules.submit.deadline)
    issued = e.Issued(
        command.member,
        issuer,
        command.residence,
        command.paper,
        deadline,
        at.rules.name,
        cycle_of(at),
        exemption,
        origin,
    )
    return Decision(
        (issued,),
        also=() if origin is None else (c.NoteOnward(origin, onward=at.new()),),
        take=at.facts.claims,
        timers=first_reminder(at),
        messages=(
            Tell("paper_issued", f"member:{command.member}", {"deadline": deadline}),
            Tell("paper_to_expect", to_committee(command.residence), {"deadline": deadline}),
        ),
    )


def submit(state: Referral, command: c.Submit, at: At[None]) -> Decision:
    """Accept the paper, late or not; whoever was to be told of its absence is not (S3)."""
    deadline = state.timeline.deadline
    late_by = 0 if deadline is None else max(0, (at.on - deadline).days)
    receipt = said(
        brought_by=command.brought_by,
        passed_to=command.passed_to,
        signed_by=command.signed_by,
    )
    return Decision(
        (Said(e.Submitted(late_by, cycle_of(at)), receipt),),
        cancel=OVERDUE_STEPS,
        timers=exemption_ends(state.exemption, at),
        withdraw=(PAPER_OVERDUE, "paper_issued", "paper_to_expect"),
        messages=(Tell("paper_received", to_committee(state.workplace), {"late_by": late_by}),),
    )


def return_paper(state: Referral, command: c.ReturnPaper, at: At[None]) -> Decision:
    """Send the paper back with a reason (S7)."""
    return Decision(
        (Said(e.Returned(cycle_of(at)), {"reason": command.reason}),),
        messages=(Tell("paper_returned", to_committee(state.workplace)),),
    )


def reissue(state: Referral, command: c.Reissue, at: At[ReissueFacts]) -> Decision:
    """Issue the paper again with a deadline of its own (S7)."""
    deadline = at.on + timedelta(days=at.rules.submit.deadline)
    return Decision(
        (e.Reissued(command.paper, deadline, cycle_of(at)),),
        take=(paper_number(state.workplace, command.paper.number, command.paper.date),),
        timers=first_reminder(at),
        messages=(Tell("paper_issued", to_member(state), {"deadline": deadline}),),
    )


def amend(state: Referral, command: c.Amend, at: At[ReissueFacts]) -> Decision:
    """Keep the new value; the old one stays in the history, and timers move (S55)."""
    deadline = command.deadline or state.timeline.deadline
    submitted_on = command.submitted_on or state.timeline.submitted_on
    late_by = 0
    if submitted_on is not None and deadline is not None:
        late_by = max(0, (submitted_on - deadline).days)
    paper = command.paper
    timers = {}
    if state.state is State.ISSUED and command.deadline is not None:
        day = command.deadline + timedelta(days=at.rules.submit.remind_after + 1)
        timers = {REMIND: max(at.start_of(day), at.now)}
    amended = e.Amended(paper, command.deadline, command.submitted_on, late_by, cycle_of(at))
    return Decision(
        (Said(amended, {"reason": command.reason}),),
        take=() if paper is None else (paper_number(state.workplace, paper.number, paper.date),),
        cancel=OVERDUE_STEPS if timers else (),
        timers=timers,
        withdraw=(PAPER_OVERDUE,) if timers else (),
        messages=(
            Tell("amended", to_committee(state.workplace)),
            Tell("amended", to_committee(state.residence)),
        ),
    )


def hand_over(state: Referral, _: c.HandOver, at: At[MemberFacts]) -> Decision:
    """Let the committee that the member has come to go on in the place of the former one."""
    workplace = at.actor.committee or ""
    return Decision(
        (e.HandedOver(workplace, state.workplace, cycle_of(at)),),
        withdraw=TO_THE_WORKPLACE,
        messages=(
            Tell("taken_over", to_committee(state.workplace)),
            Tell("handed_over", to_committee(state.residence)),
            Tell("handed_over", to_member(state)),
        ),
    )


def transfer(state: Referral, command: c.Transfer, at: At[None]) -> Decision:
    """Refer the member onward; the new referral's own row judges its paper."""
    onward = c.IssueOnward(state.member, command.residence, command.paper, state.id, on=at.on)
    return Decision((e.Transferred(command.residence, cycle_of(at)),), also=(onward,))


def note_onward(_state: Referral, command: c.NoteOnward, at: At[None]) -> Decision:
    """Note the referral that follows."""
    return Decision((e.OnwardNoted(command.onward, cycle_of(at)),))


def tell_overdue(state: Referral, command: c.TellOverdue, at: At[SuperiorFacts]) -> Decision:
    """Tell the next one that the paper was not handed in (S4)."""
    to = {
        REMIND: to_member(state),
        TELL_WORKPLACE: to_committee(state.workplace),
        TELL_SUPERIOR: to_committee(at.facts.above[0]) if at.facts.above else None,
    }[command.step]
    params = {"deadline": state.timeline.deadline, "step": command.step}
    return Decision(
        (e.OverdueTold(command.step, to, cycle_of(at)),),
        messages=() if to is None else (Tell(PAPER_OVERDUE, to, params),),
    )


def note_settled(state: Referral, command: c.NoteSettled, at: At[None]) -> Decision:
    """Count the time to the next step from here, if there is one (S4)."""
    after = {
        REMIND: (TELL_WORKPLACE, at.rules.submit.tell_workplace_after),
        TELL_WORKPLACE: (TELL_SUPERIOR, at.rules.submit.tell_superior_after),
    }.get(command.step)
    timers = {}
    # A step of a deadline that was moved since, or of a paper issued again, leads to no other.
    if after is not None and state.state is State.ISSUED and state.timeline.told == command.step:
        timers = {after[0]: at.now + timedelta(days=after[1])}
    return Decision((e.TellingSettled(command.step, command.outcome, cycle_of(at)),), timers=timers)
