"""The register of the made province: committees, members, and who is not to be introduced."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby

from referral_flow.domain.people import CommitteeKind
from referral_flow.domain.register.commands import (
    AddCommittee,
    AddMember,
    AddVenue,
    MarkNotIntroduced,
)
from referral_flow.sample.people import even
from referral_flow.sample.places import PROVINCE, member_id, member_name, venue_id
from referral_flow.sample.work import Work
from referral_flow.sample.year import REGISTER, Act

_AT_ONCE = 500
_SEATS = 20


def acts(work: Work) -> Iterator[Act]:
    """Give what is done on the first day."""
    yield Act(REGISTER, "committees", partial(_committees, work))
    yield Act(REGISTER, "venues", partial(_venues, work))
    last = work.plan.members
    for first in range(1, last + 1, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, last + 1))
        yield Act(REGISTER, "members", partial(_members, work, numbers))
    yield Act(REGISTER, "not_introduced", partial(_not_introduced, work))


def _committees(work: Work) -> None:
    superior, desk, places = CommitteeKind.SUPERIOR, work.operator(), work.places
    work.do(desk, [AddCommittee(PROVINCE, superior, "Tỉnh ủy mẫu")])
    work.do(
        desk,
        (AddCommittee(d, superior, f"Huyện ủy mẫu {d[2:]}", PROVINCE) for d in places.districts),
    )
    for kind, name, committees in (
        (CommitteeKind.WORKPLACE, "Đảng ủy cơ quan mẫu", places.workplaces),
        (CommitteeKind.RESIDENCE, "Đảng ủy phường mẫu", places.residences),
    ):
        work.do(
            desk, (AddCommittee(id, kind, f"{name} {id[2:]}", d) for id, d in committees.items())
        )


def _venues(work: Work) -> None:
    """Give each group of an area a venue of its own."""
    work.do(
        work.operator(),
        (
            AddVenue(venue_id(home, number), f"Nhà văn hóa mẫu {home[2:]}", home, _SEATS)
            for home, people in work.at_home.items()
            for number, _ in enumerate(even([p for p in people if p.is_grouped]), 1)
        ),
    )


def _members(work: Work, numbers: range) -> None:
    work.do(
        work.operator(),
        (AddMember(member_id(n), work.places.workplace(n), member_name(n)) for n in numbers),
    )


def _not_introduced(work: Work) -> None:
    """Mark those who come after the referred ones."""
    first = work.plan.referred + 1
    marked = range(first, first + work.plan.not_introduced)
    by_workplace = sorted(marked, key=work.places.workplace)
    for workplace, numbers in groupby(by_workplace, key=work.places.workplace):
        desk = work.workplace(workplace)
        work.do(desk, (MarkNotIntroduced(member_id(n)) for n in numbers))
