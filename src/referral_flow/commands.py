"""The commands by name, and the values that they take."""

from referral_flow.domain.group.commands import (
    CallMeeting,
    CloseGroup,
    OpenGroup,
    PrepareMeeting,
    RecordAttendance,
    RecordContribution,
)
from referral_flow.domain.group.state import AgendaItem, GroupKind, ItemKind
from referral_flow.domain.referral.commands import (
    Activate,
    Assign,
    Classify,
    End,
    Evaluate,
    Issue,
    OpenCycle,
    Reissue,
    Reopen,
    Resume,
    ReturnPaper,
    Submit,
    Suspend,
    Void,
)
from referral_flow.domain.referral.state import Paper
from referral_flow.domain.register.commands import (
    AddCommittee,
    AddMember,
    AddVenue,
    MarkNotIntroduced,
)

__all__ = [
    "Activate",
    "AddCommittee",
    "AddMember",
    "AddVenue",
    "AgendaItem",
    "Assign",
    "CallMeeting",
    "Classify",
    "CloseGroup",
    "End",
    "Evaluate",
    "GroupKind",
    "Issue",
    "ItemKind",
    "MarkNotIntroduced",
    "OpenCycle",
    "OpenGroup",
    "Paper",
    "PrepareMeeting",
    "RecordAttendance",
    "RecordContribution",
    "Reissue",
    "Reopen",
    "Resume",
    "ReturnPaper",
    "Submit",
    "Suspend",
    "Void",
]
