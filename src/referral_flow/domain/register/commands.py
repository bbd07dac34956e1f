"""What may be asked of the kept register."""

from referral_flow.domain.people import CommitteeKind, Id
from referral_flow.domain.register.state import CommitteeEntry, MemberEntry, VenueEntry
from referral_flow.engine import Command


class AddCommittee(Command[CommitteeEntry]):
    """Add a committee under its superior."""

    committee: Id
    kind: CommitteeKind
    name: str
    superior: str | None = None


class AddMember(Command[MemberEntry]):
    """Add a member of a workplace committee; the name lies beside, erasable."""

    member: Id
    workplace: str
    full_name: str


class AddVenue(Command[VenueEntry]):
    """Add a venue of a residence committee."""

    venue: Id
    name: str
    residence: str
    places: int | None = None


class MarkNotIntroduced(Command[MemberEntry]):
    """Mark a member as not to be introduced; no reason is kept."""

    member: str

    @property
    def stream(self) -> str:
        return self.member


class MoveMember(Command[MemberEntry]):
    """Let another workplace committee manage a member, after a change of work."""

    member: str
    workplace: str

    @property
    def stream(self) -> str:
        return self.member
