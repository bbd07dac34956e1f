"""The office that our contender and the floor both work in: the same commands, the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from referral_flow import Actor, CommitteeKind, Paper, ReferralFlow, Role
from referral_flow.commands import AddCommittee, AddMember, Issue, ReturnPaper, Submit
from referral_flow.plugin_host import Choice
from referral_flow.ports import Batch, Notifier, Store
from referral_flow.stores.memory import MemoryStore

Notifiers = Mapping[str, Notifier] | Sequence[str]

NOW = datetime(2013, 3, 1, 2, tzinfo=UTC)
DAY = date(2013, 3, 1)
OFFICE = Actor("u-1", Role.WORKPLACE, "w-2")
WARD = Actor("u-9", Role.RESIDENCE, "r-7")


class Recording(MemoryStore):
    """A store in memory that keeps what was written, for the floor to write again."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[Batch] = []

    def append(self, batch: Batch) -> None:
        """Write a batch and keep it."""
        super().append(batch)
        self.batches.append(batch)


def opened(store: Store | str, notifiers: Notifiers = ("log:",)) -> ReferralFlow:
    """Open a flow on that day; its clock goes on as a real one does, and so do ids."""
    since = datetime.now(UTC) - NOW

    def clock() -> datetime:
        return datetime.now(UTC) - since

    return ReferralFlow(store, notifiers=notifiers, clock=clock, plugins=Choice.NONE)


def people(flow: ReferralFlow, count: int) -> None:
    """Write the two committees and the members into the kept register."""
    register = flow.acting_as(Actor("u-0", Role.OPERATOR))
    register.execute(AddCommittee("w-2", CommitteeKind.WORKPLACE, "Trường Chính trị"))
    register.execute(AddCommittee("r-7", CommitteeKind.RESIDENCE, "Phường Bến Thủy"))
    register.execute_many(AddMember(f"m-{n}", "w-2", f"Đồng chí số {n}") for n in range(count))


def papers(count: int) -> list[Issue]:
    """Give one paper for each member."""
    return [Issue(f"m-{n}", "r-7", Paper(f"{n}/GT", DAY)) for n in range(count)]


def issued(flow: ReferralFlow, count: int) -> list[str]:
    """Issue the papers and give the ids of the referrals."""
    ids: list[str] = []

    def keep(_row: int, answer: Any) -> None:
        ids.append(answer.stream)

    flow.acting_as(OFFICE).execute_many(papers(count), keep)
    return ids


def submits(ids: Sequence[str]) -> list[Submit]:
    """Give the command that hands each paper in."""
    return [Submit(id, paper_number=f"{n}/GT") for n, id in enumerate(ids)]


def returns(flow: ReferralFlow, count: int) -> list[ReturnPaper]:
    """Hand the papers in, and give the command that sends each back with a reason."""
    ids = issued(flow, count)
    flow.acting_as(WARD).execute_many(submits(ids))
    return [ReturnPaper(id, "sai số giấy") for id in ids]
