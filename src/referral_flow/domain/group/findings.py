"""What must not go unseen in a group: derived, one function for each finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.group import commands as c
from referral_flow.domain.group.state import Group
from referral_flow.domain.people import Role
from referral_flow.engine import Finding

Data = Mapping[str, Any] | None


def group_near_limit(state: Group, at: At[Any]) -> Data:
    """Find a group that is nearly full (S10)."""
    members, rules = len(state.seats), at.rules.group
    if not state.is_open or not rules.warn_at <= members <= rules.limit:
        return None
    return {"members": members, "limit": rules.limit}


def group_over_limit(state: Group, at: At[Any]) -> Data:
    """Find a group that is too large to manage (S10)."""
    members, limit = len(state.seats), at.rules.group.limit
    return {"members": members, "limit": limit} if state.is_open and members > limit else None


def no_meeting_for_long(state: Group, at: At[Any]) -> Data:
    """Find a group with members that has not met for long (S51)."""
    if not state.is_open or not state.seats:
        return None
    since = state.tally.last or state.last_step
    days = (at.today - since).days
    return {"days": days, "since": since} if days > at.rules.meeting.none_for else None


_TOLD = (Role.RESIDENCE,)

FINDINGS = (
    Finding("group_near_limit", "S10", _TOLD, group_near_limit, ()),
    Finding("group_over_limit", "S10", _TOLD, group_over_limit, ()),
    Finding(
        "no_meeting_for_long", "S51", _TOLD, no_meeting_for_long, (c.PrepareMeeting, c.CallMeeting)
    ),
)
