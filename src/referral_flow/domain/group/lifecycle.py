"""THE page: every row of a group, who may do it, and what may refuse it."""

from typing import Any

from referral_flow.domain.dates import ON_EVERY_ROW
from referral_flow.domain.group.commands import (
    CallMeeting,
    CloseGroup,
    Join,
    Leave,
    OpenGroup,
    PrepareMeeting,
    RecordAttendance,
    RecordContribution,
)
from referral_flow.domain.group.facts import OpenFacts
from referral_flow.domain.group.guards import (
    all_were_called,
    group_is_empty,
    leader_is_known,
    meeting_has_begun,
    meeting_is_known,
    meeting_is_not_held_yet,
    meeting_is_prepared,
    meeting_was_held,
    member_was_called,
    reasons_are_given,
    residence_is_a_residence,
    residence_is_known,
    venue_is_known,
    venue_is_local,
    words_are_given,
)
from referral_flow.domain.group.state import Group
from referral_flow.domain.group.state import GroupState as S
from referral_flow.domain.people import Role
from referral_flow.engine import UNCHANGED, Lifecycle, Party, Transition


def the_residence(state: Group | None, command: Any, _actor: Any) -> tuple[str]:
    """Give the committee whose group it is, or is to be."""
    return (command.residence if state is None else state.residence,)


def the_leader(state: Group, _command: Any, _actor: Any) -> tuple[str | None]:
    """Give the member who leads the group."""
    return (state.leader,)


RESIDENCE = Party(Role.RESIDENCE, the_residence)
LEADER = Party(Role.GROUP_LEADER, the_leader, person=True)
SYSTEM = Party(Role.SYSTEM)
READERS = (
    RESIDENCE,
    LEADER,
    Party(Role.SUPERIOR, the_residence, above=True),
    Party(Role.AUDITOR, the_residence),
    Party(Role.AUDITOR, the_residence, above=True),
)

A_NEW_GROUP = (
    residence_is_known,
    residence_is_a_residence,
    venue_is_known,
    venue_is_local,
    leader_is_known,
)
AN_ATTENDANCE = (meeting_has_begun, meeting_is_not_held_yet, all_were_called, reasons_are_given)
A_CONTRIBUTION = (meeting_was_held, member_was_called, words_are_given)

# fmt: off
GROUP = Lifecycle("group", S, (
    Transition(OpenGroup, None, S.OPEN, by=(RESIDENCE,), reads=OpenFacts, guards=A_NEW_GROUP),
    Transition(CloseGroup, S.OPEN, S.CLOSED, by=(RESIDENCE,), given=(group_is_empty,)),
    Transition(PrepareMeeting, S.OPEN, UNCHANGED, by=(RESIDENCE,), guards=(meeting_is_known, meeting_is_not_held_yet)),
    Transition(CallMeeting, S.OPEN, UNCHANGED, by=(RESIDENCE,), guards=(meeting_is_prepared, meeting_is_not_held_yet)),
    Transition(RecordAttendance, S.OPEN, UNCHANGED, by=(RESIDENCE, LEADER), guards=AN_ATTENDANCE),
    Transition(RecordContribution, S.OPEN, UNCHANGED, by=(RESIDENCE, LEADER), guards=A_CONTRIBUTION),
    # Only a referral's rows call these.
    Transition(Join, S.OPEN, UNCHANGED, by=(SYSTEM,)),
    Transition(Leave, S.OPEN, UNCHANGED, by=(SYSTEM,)),
), closed=(S.CLOSED,), always=ON_EVERY_ROW)
# fmt: on
