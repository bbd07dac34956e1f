"""Six years of a province, lived through commands: 10,000 referrals, in all states but exempt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.contenders.province import Register, member, office, residence, ward, ward_of
from referral_flow import Actor, Paper, ReferralFlow, Refused
from referral_flow.commands import (
    Assign,
    CallMeeting,
    Classify,
    End,
    Evaluate,
    Issue,
    OpenGroup,
    PrepareMeeting,
    RecordAttendance,
    Reissue,
    ReturnPaper,
    Submit,
    Suspend,
    Void,
)
from referral_flow.domain.group.state import AgendaItem, ItemKind
from referral_flow.plugin_host import Choice

PEOPLE = 10_000
NOW = datetime(2013, 12, 2, 2, tzinfo=UTC)
_BEGAN = datetime(2008, 1, 1, 2, tzinfo=UTC)
_MONTH = timedelta(days=30)
_MONTHS = 71
_A_MONTH = PEOPLE // (_MONTHS + 1) + 1
_NAMES = ("attendance", "contributions", "duties", "trust", "household")
_CRITERIA: dict[str, str] = dict.fromkeys(_NAMES, "fair")
_AGENDA = (AgendaItem(ItemKind.DISCUSSION, "Ý kiến đóng góp của đảng viên"),)


def opened(path: Path, synchronous: str = "full", now: Callable[[], datetime] = lambda: NOW) -> Any:
    """Open the flow of the province over a store."""
    url = f"sqlite:///{path}?synchronous={synchronous}"
    return ReferralFlow(url, clock=now, directory=Register(), plugins=Choice.NONE)


def live(path: Path) -> None:
    """Make the store of the province, month by month."""
    life = _Life(path)
    with life.flow:
        for month in range(_MONTHS + 1):
            life.month(month)


class _Life:
    def __init__(self, path: Path) -> None:
        self.now = _BEGAN
        self.flow: ReferralFlow = opened(path, "normal", lambda: self.now)
        self.ids: dict[int, str] = {}
        self.groups: dict[str, str] = {}

    def month(self, month: int) -> None:
        """Issue this month's papers, let those before go on, fire timers, deliver."""
        for number in _came(month):
            # One after the other, so that ids lie apart: copies come between them.
            self.now = _BEGAN + month * _MONTH + (number % _A_MONTH) * _MONTH / _A_MONTH
            paper = Issue(member(number), residence(number), self._paper(number))
            self.ids[number] = self._do(office(number), paper).id
        for late, step in enumerate((self._hand_in, self._assign, self._go_on), 1):
            for number in _came(month - late):
                step(number)
        if self.now.month == 11:
            self._comment(month)
        if month == _MONTHS:
            self._meet()
        self.flow.tick()
        self.flow.deliver()

    def _hand_in(self, number: int) -> None:
        if number % 50 == 0:
            self._do(office(number), Void(self.ids[number], "nhập sai"))
        elif number % 12:
            self._do(ward(number), Submit(self.ids[number], _number(number)))

    def _assign(self, number: int) -> None:
        if number % 12 == 0:
            # Late; some never hand it in.
            if number % 24:
                self._do(ward(number), Submit(self.ids[number], _number(number)))
        elif number % 30 == 1:
            self._do(ward(number), ReturnPaper(self.ids[number], "sai số giấy"))
        else:
            self._do(ward(number), Assign(self.ids[number], self._group(number)))

    def _go_on(self, number: int) -> None:
        id = self.ids[number]
        if number % 60 == 1:
            self._do(office(number), Reissue(id, self._paper(number, "a")))
        elif number % 20 == 2:
            self._do(ward(number), Suspend(id, "đi học dài ngày"))
        elif number % 5 == 4:
            self._do(ward(number), End(id, "moved"))

    def _comment(self, month: int) -> None:
        for number in (n for past in range(max(0, month - 12), month) for n in _came(past)):
            if number % 5 > 1 or number % 3 == 0:
                id = self.ids[number]
                rating = ("good", "fair", "weak")[number % 3]
                words = f"Nhận xét về đồng chí số {number}: có tham gia."
                comment = Evaluate(id, rating, _CRITERIA, words, reason="theo báo cáo")
                self._do(ward(number), comment)
                self._do(office(number), Classify(id, "completed"))

    def _meet(self) -> None:
        """Let each group meet tomorrow: who was assigned to it is active then."""
        starts = self.now + timedelta(days=1)
        called = []
        for home, group in self.groups.items():
            actor = ward_of(home)
            made = self._do(actor, PrepareMeeting(group, _AGENDA, "nhà văn hóa", starts))
            meeting = made.meetings[-1].id
            made = self._do(actor, CallMeeting(group, meeting))
            if made is not None:
                called.append((actor, group, made.meetings[-1]))
        self.now = starts
        for actor, group, held in called:
            self._do(actor, RecordAttendance(group, held.id, held.called))

    def _group(self, number: int) -> str:
        home = residence(number)
        if number % 9 == 0 or home not in self.groups:
            self.groups[home] = self._do(ward(number), OpenGroup(home, name="Nhóm")).id
        return self.groups[home]

    def _paper(self, number: int, more: str = "") -> Paper:
        return Paper(_number(number) + more, self.now.date())

    def _do(self, actor: Actor, command: Any) -> Any:
        """Carry it out; what does not fit the life of this one is refused, and left."""
        try:
            return self.flow.acting_as(actor).execute(command).value
        except Refused:
            return None


def _number(number: int) -> str:
    return f"{number:07}/GT"


def _came(month: int) -> Iterable[int]:
    """Give who was introduced in a month."""
    return range(max(0, month) * _A_MONTH, min(PEOPLE, (month + 1) * _A_MONTH))
