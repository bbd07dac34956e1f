"""The meetings: prepared and called, held, attended, spoken at (S15, S18, S19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from referral_flow.domain.group.commands import (
    CallMeeting,
    PrepareMeeting,
    RecordAttendance,
    RecordContribution,
)
from referral_flow.domain.group.state import AgendaItem, ItemKind
from referral_flow.domain.referral.state import Attendance
from referral_flow.sample.people import MadeGroup, Person
from referral_flow.sample.places import member_name
from referral_flow.sample.work import Work
from referral_flow.sample.year import CALLED_BEFORE, DAY, MEETINGS, Act, meeting_time, turn

_AGENDA = (
    AgendaItem(ItemKind.ANNOUNCEMENT, "Tình hình địa phương trong quý"),
    AgendaItem(ItemKind.LOCAL_ISSUE, "Vệ sinh môi trường và an ninh khu dân cư"),
    AgendaItem(ItemKind.GRASSROOTS_DEMOCRACY, "Dân chủ ở cơ sở: góp ý cho kế hoạch của phường"),
    AgendaItem(ItemKind.DISCUSSION, "Ý kiến đóng góp của đảng viên"),
)


def acts(work: Work) -> Iterator[Act]:
    """Give four meetings of every group, called a week before and recorded the day after."""
    for place, residence in enumerate(work.at_home):
        for meeting, week in enumerate(MEETINGS):
            day = turn(week, place)
            call = partial(_call, work, residence, day)
            yield Act(day - CALLED_BEFORE, "call", call)
            yield Act(day + DAY, "record", partial(_record, work, residence, meeting, day))


def _call(work: Work, residence: str, day: date) -> None:
    desk = work.residence(residence)
    groups = work.groups.get(residence, [])

    def prepared(row: int, group: Any) -> None:
        groups[row].meeting = group.meetings[-1].id

    starts_at = meeting_time(day)
    work.do(desk, (PrepareMeeting(g.id, _AGENDA, g.venue, starts_at) for g in groups), prepared)
    work.do(desk, (CallMeeting(group.id, group.meeting) for group in groups))


def _record(work: Work, residence: str, meeting: int, day: date) -> None:
    desk = work.residence(residence)
    groups = work.groups.get(residence, [])
    attended = (_attendance(group, meeting, day) for group in groups)
    said = (
        RecordContribution(group.id, group.meeting, person.member, _said(person), on=day)
        for group in groups
        for person in group.members(day)
        if person.speaks(meeting)
    )
    # In one batch: both are about the same referrals.
    work.do(desk, chain(attended, said))


def _said(person: Person) -> str:
    return f"{member_name(person.number)} góp ý về vệ sinh môi trường và an ninh khu dân cư."


def _attendance(group: MadeGroup, meeting: int, day: date) -> RecordAttendance:
    stood = {person: person.stood(meeting) for person in group.members(day)}
    return RecordAttendance(
        group.id,
        group.meeting,
        tuple(p.member for p, how in stood.items() if how is Attendance.PRESENT),
        {p.member: "Đi công tác." for p, how in stood.items() if how is Attendance.EXCUSED},
        on=day,
    )
