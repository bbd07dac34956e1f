"""What happened to the register. Stored for ever: a change is a new version."""

from referral_flow.domain.people import CommitteeKind
from referral_flow.engine.record import Record


class CommitteeAdded(Record):
    """A committee was added."""

    key: str
    kind: CommitteeKind
    name: str
    superior: str | None


class MemberAdded(Record):
    """A member was added; the name lies beside."""

    key: str
    workplace: str


class VenueAdded(Record):
    """A venue was added."""

    key: str
    name: str
    residence: str
    places: int | None


class MarkedNotIntroduced(Record):
    """The member is not to be introduced."""


class MemberMoved(Record):
    """Another workplace committee manages the member, after `former`."""

    workplace: str
    former: str
