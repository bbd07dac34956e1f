"""What happened to the register. Stored for ever: a change is a new version."""

from __future__ import annotations

from attrs import frozen

from referral_flow.domain.people import CommitteeKind


@frozen
class CommitteeAdded:
    """A committee was added."""

    key: str
    kind: CommitteeKind
    name: str
    superior: str | None


@frozen
class MemberAdded:
    """A member was added; the name lies beside."""

    key: str
    workplace: str


@frozen
class VenueAdded:
    """A venue was added."""

    key: str
    name: str
    residence: str
    places: int | None


@frozen
class MarkedNotIntroduced:
    """The member is not to be introduced."""


@frozen
class MemberMoved:
    """Another workplace committee manages the member, after `former`."""

    workplace: str
    former: str
