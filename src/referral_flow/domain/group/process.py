"""The group as a process: its rows, functions and stored names in one value."""

from __future__ import annotations

from referral_flow.domain.group import events as e
from referral_flow.domain.group.decide import DECIDE
from referral_flow.domain.group.evolve import evolve
from referral_flow.domain.group.findings import FINDINGS
from referral_flow.domain.group.lifecycle import GROUP, READERS
from referral_flow.domain.group.state import Group
from referral_flow.engine import Labels, Process

# Stored for ever: never change a name here; add the next version and an upcaster.
EVENTS = {
    "group.opened@1": e.GroupOpened,
    "group.closed@1": e.GroupClosed,
    "group.meeting_prepared@1": e.MeetingPrepared,
    "group.meeting_called@1": e.MeetingCalled,
    "group.attendance_recorded@1": e.AttendanceRecorded,
    "group.contribution_recorded@1": e.ContributionRecorded,
    "group.member_joined@1": e.MemberJoined,
    "group.member_left@1": e.MemberLeft,
}


def labels(state: Group) -> Labels:
    """Give the committee whose group it is."""
    return Labels(owner=state.residence)


def rule_set(state: Group) -> str:
    """Give the rule set that the group began under: its limit is the group's (S43)."""
    return state.rule_set


GROUP_PROCESS = Process(
    "group",
    GROUP,
    Group,
    EVENTS,
    DECIDE,
    evolve,
    labels,
    READERS,
    rule_set=rule_set,
    findings=FINDINGS,
    snapshot_format=2,
)
