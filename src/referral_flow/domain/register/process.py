"""The register's three processes. They are small enough to stand on one page."""

from __future__ import annotations

from typing import Any

from referral_flow.domain.register import commands as c
from referral_flow.domain.register import events as e
from referral_flow.domain.register.facts import EntryFacts, claim_of
from referral_flow.domain.register.lifecycle import (
    COMMITTEE,
    MEMBER,
    OPERATOR,
    VENUE,
    WORKPLACE,
)
from referral_flow.domain.register.state import (
    CommitteeEntry,
    EntryState,
    MemberEntry,
    VenueEntry,
)
from referral_flow.engine import At, Decision, Labels, Process, Said, Step
from referral_flow.engine.record import change

ELIGIBLE, NOT_INTRODUCED = "eligible", "not_introduced"
NAME_VERSION = 1
"""The version of the event beside which a member's name lies."""


def add_committee(_: None, command: c.AddCommittee, _at: At[EntryFacts, Any]) -> Decision:
    """Add the committee and claim its id."""
    added = e.CommitteeAdded(command.committee, command.kind, command.name, command.superior)
    return Decision((added,), take=(claim_of(command),))


def add_member(_: None, command: c.AddMember, _at: At[EntryFacts, Any]) -> Decision:
    """Add the member, with the name beside, and claim the id."""
    added = Said(e.MemberAdded(command.member, command.workplace), {"full_name": command.full_name})
    return Decision((added,), take=(claim_of(command),))


def add_venue(_: None, command: c.AddVenue, _at: At[EntryFacts, Any]) -> Decision:
    """Add the venue and claim its id."""
    added = e.VenueAdded(command.venue, command.name, command.residence, command.places)
    return Decision((added,), take=(claim_of(command),))


def mark_not_introduced(_state: MemberEntry, _: c.MarkNotIntroduced, _at: At[Any, Any]) -> Decision:
    """Mark the member, without a reason."""
    return Decision((e.MarkedNotIntroduced(),))


def move_member(state: MemberEntry, command: c.MoveMember, _at: At[EntryFacts, Any]) -> Decision:
    """Let the member be managed by the other committee from that day on."""
    return Decision((e.MemberMoved(command.workplace, state.workplace),))


def evolve_committee(_: CommitteeEntry | None, event: e.CommitteeAdded, step: Step) -> Any:
    """Give the committee's entry."""
    return CommitteeEntry(
        step.stream,
        EntryState(step.now),
        event.key,
        event.kind,
        event.name,
        event.superior,
        step.on,
    )


def evolve_member(state: MemberEntry | None, event: Any, step: Step) -> MemberEntry:
    """Give the member's entry after `event`."""
    if state is None:
        now = EntryState(step.now)
        return MemberEntry(step.stream, now, event.key, event.workplace, True, step.on)
    if isinstance(event, e.MemberMoved):
        return change(state, workplace=event.workplace, changed_on=step.on)
    return change(state, introduce=False, changed_on=step.on)


def evolve_venue(_: VenueEntry | None, event: e.VenueAdded, step: Step) -> VenueEntry:
    """Give the venue's entry."""
    return VenueEntry(
        step.stream,
        EntryState(step.now),
        event.key,
        event.name,
        event.residence,
        event.places,
        step.on,
    )


def committee_labels(state: CommitteeEntry) -> Labels:
    """Give the superior: what is below a committee is found by it."""
    return Labels(owner=state.superior)


def member_labels(state: MemberEntry) -> Labels:
    """Give the workplace, and whether the member may be introduced."""
    return Labels(state.workplace, mark=ELIGIBLE if state.introduce else NOT_INTRODUCED)


def venue_labels(state: VenueEntry) -> Labels:
    """Give the residence committee."""
    return Labels(owner=state.residence)


COMMITTEE_PROCESS = Process(
    "committee",
    COMMITTEE,
    CommitteeEntry,
    {"register.committee_added@1": e.CommitteeAdded},
    {c.AddCommittee: add_committee},
    evolve_committee,
    committee_labels,
    (OPERATOR,),
    claims={"committee": "already_registered"},
    known_by="committee",
)

MEMBER_PROCESS = Process(
    "member",
    MEMBER,
    MemberEntry,
    {
        "register.member_added@1": e.MemberAdded,
        "register.marked_not_introduced@1": e.MarkedNotIntroduced,
        "register.member_moved@1": e.MemberMoved,
    },
    {
        c.AddMember: add_member,
        c.MarkNotIntroduced: mark_not_introduced,
        c.MoveMember: move_member,
    },
    evolve_member,
    member_labels,
    (OPERATOR, WORKPLACE),
    claims={"member": "already_registered"},
    known_by="member",
    snapshot_format=2,
)

VENUE_PROCESS = Process(
    "venue",
    VENUE,
    VenueEntry,
    {"register.venue_added@1": e.VenueAdded},
    {c.AddVenue: add_venue},
    evolve_venue,
    venue_labels,
    (OPERATOR,),
    claims={"venue": "already_registered"},
    known_by="venue",
)

REGISTER_PROCESSES = (COMMITTEE_PROCESS, MEMBER_PROCESS, VENUE_PROCESS)
