"""Two committees, a few members and a clock to move, for the tests of the application."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from referral_flow import Actor, CommitteeKind, Desk, Paper, ReferralFlow, Role
from referral_flow.commands import AddCommittee, AddMember, Assign, Issue, OpenGroup, Submit
from referral_flow.notifiers.recorder import RecordingNotifier

START = datetime(2013, 3, 1, 2, tzinfo=UTC)
DAY = date(2013, 3, 1)


class Office:
    """A flow with a workplace, a residence committee and their superior."""

    def __init__(self, url: str, *, empty: bool = True, **parts: Any) -> None:
        self.now = START
        self.notifier = RecordingNotifier()
        parts = {"notifiers": {"recorder": self.notifier}, **parts}
        self.flow = ReferralFlow(url, clock=lambda: self.now, **parts)
        self.sit_down(self.flow)
        if empty:
            self.register()

    def sit_down(self, flow: ReferralFlow) -> None:
        """Take desks at `flow`."""
        self.operator = flow.acting_as(Actor("u-0", Role.OPERATOR))
        self.workplace = flow.acting_as(Actor("u-1", Role.WORKPLACE, "w-1"))
        self.residence = flow.acting_as(Actor("u-2", Role.RESIDENCE, "r-1"))
        self.superior = flow.acting_as(Actor("u-3", Role.SUPERIOR, "p-1"))

    def register(self) -> None:
        for command in (
            AddCommittee("p-1", CommitteeKind.SUPERIOR, "Tỉnh"),
            AddCommittee("w-1", CommitteeKind.WORKPLACE, "Cơ quan", "p-1"),
            AddCommittee("r-1", CommitteeKind.RESIDENCE, "Phường", "p-1"),
            *(AddMember(f"m-{n}", "w-1", f"Đồng chí mẫu {n}") for n in range(1, 10)),
        ):
            self.operator.execute(command)

    def issued(self, member: int = 1) -> str:
        return self.workplace.execute(an_issue(member)).stream

    def submitted(self, member: int = 1) -> str:
        id = self.issued(member)
        self.residence.execute(Submit(id, f"{member}/GT"))
        return id

    def group(self) -> str:
        return self.residence.execute(OpenGroup("r-1", name="Nhóm 1")).stream

    def assigned(self, group: str, members: Iterable[int]) -> list[str]:
        found = [self.submitted(member) for member in members]
        for id in found:
            self.residence.execute(Assign(id, group))
        return found


def an_issue(member: int = 1, number: str | None = None) -> Issue:
    return Issue(f"m-{member}", "r-1", Paper(number or f"{member}/GT", DAY))


def versions(desk: Desk, id: str) -> list[int]:
    return [entry.version for entry in desk.history(id)]
