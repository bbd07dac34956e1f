"""Write the golden file of a format, once, when the format is released.

python -m tests.golden.make 2 > tests/golden/format-2.json

A golden file is never written again: what a released version has stored must be read for
ever, so a change of an event is a new name with a version and an upcaster.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from referral_flow import Actor, CommitteeKind, Paper, ReferralFlow, Role
from referral_flow import commands as c
from referral_flow.commands import ViewTo
from referral_flow.engine.ids import as_text
from tests.support.rule_sets import GROUNDS, OURS, RuleSets


def stored(flow: ReferralFlow) -> Iterator[dict[str, Any]]:
    """Give every event and snapshot as it is stored."""
    store = flow._parts.store
    for stream in store.scan(limit=10_000):
        yield {
            "stream": as_text(stream.id),
            "kind": stream.kind,
            "state": stream.state,
            "snapshot": stream.data.decode(),
            "events": [
                {
                    "type": event.type,
                    "day": event.day,
                    "recorded_at": event.recorded_at,
                    "now": event.now,
                    "data": event.data.decode(),
                    "words": None if words is None else words.data.decode(),
                }
                for event, words in store.history(stream.id)
            ],
        }


class Story:
    """Play a story in which every event of every process happens at least once."""

    def __init__(self) -> None:
        self.now = datetime(2013, 1, 7, 2, tzinfo=UTC)
        self.flow = ReferralFlow.open("memory:", clock=lambda: self.now, plugins=(RuleSets(),))
        self.operator = self.flow.acting_as(Actor("u-0", Role.OPERATOR))
        self.office = self.flow.acting_as(Actor("u-1", Role.WORKPLACE, "w-1"))
        self.ward = self.flow.acting_as(Actor("u-2", Role.RESIDENCE, "r-1"))
        self.superior = self.flow.acting_as(Actor("u-3", Role.SUPERIOR, "p-1", "u-4"))
        self.member = self.flow.acting_as(Actor("m-4", Role.MEMBER))

    def play(self) -> ReferralFlow:
        self.register()
        first = self.office.execute(c.Issue("m-1", "r-1", self.paper("1/GT"))).stream
        self.ward.execute(c.Submit(first, "1/GT"))
        self.ward.execute(c.ReturnPaper(first, "sai ngày sinh"))
        self.office.execute(c.Reissue(first, self.paper("1a/GT")))
        self.ward.execute(c.Submit(first, "1a/GT"))
        self.meet(first)
        self.year_end(first)
        self.overdue()
        self.conflict()
        self.exemption()
        self.move()
        self.adoption()
        return self.flow

    def paper(self, number: str) -> Paper:
        return Paper(number, self.now.date())

    def register(self) -> None:
        for command in (
            c.AddCommittee("p-1", CommitteeKind.SUPERIOR, "Tỉnh"),
            c.AddCommittee("w-1", CommitteeKind.WORKPLACE, "Cơ quan", "p-1"),
            c.AddCommittee("w-2", CommitteeKind.WORKPLACE, "Cơ quan khác", "p-1"),
            c.AddCommittee("r-1", CommitteeKind.RESIDENCE, "Phường", "p-1"),
            c.AddVenue("v-1", "Nhà văn hóa", "r-1", 30),
            *(c.AddMember(f"m-{n}", "w-1", f"Đồng chí mẫu {n}") for n in range(1, 7)),
        ):
            self.operator.execute(command)
        self.office.execute(c.MarkNotIntroduced("m-3"))

    def meet(self, referral: str) -> None:
        empty = self.ward.execute(c.OpenGroup("r-1", name="Nhóm 2")).stream
        self.ward.execute(c.CloseGroup(empty))
        group = self.ward.execute(c.OpenGroup("r-1", "v-1", "m-1", "Nhóm 1")).stream
        self.ward.execute(c.Assign(referral, group))
        agenda = (c.AgendaItem(c.ItemKind.DISCUSSION, "Vệ sinh môi trường"),)
        starts_at = self.now + timedelta(days=2)
        prepared = c.PrepareMeeting(group, agenda, "v-1", starts_at)
        meeting = self.ward.execute(prepared).value.meetings[0].id
        self.ward.execute(c.CallMeeting(group, meeting))
        self.now += timedelta(days=3)
        self.ward.execute(c.RecordAttendance(group, meeting, ("m-1",)))
        self.ward.execute(c.RecordContribution(group, meeting, "m-1", "nên thu gom rác sớm"))

    def year_end(self, referral: str) -> None:
        self.ward.execute(c.Suspend(referral, "đi học ngắn hạn"))
        self.ward.execute(c.Resume(referral))
        self.now = datetime(2013, 11, 20, 2, tzinfo=UTC)
        names = ("attendance", "contributions", "duties", "trust", "household")
        comment = c.Evaluate(referral, "good", dict.fromkeys(names, "good"), "tốt", reason="đủ")
        self.ward.execute(comment)
        self.ward.execute(c.Reopen(referral, "xem lại"))
        self.ward.execute(comment)
        self.office.execute(c.Classify(referral, "good"))
        self.now = datetime(2014, 1, 5, 2, tzinfo=UTC)
        self.flow.tick()
        self.office.execute(c.End(referral, "other", words="theo nguyện vọng"))

    def overdue(self) -> None:
        second = self.office.execute(c.Issue("m-2", "r-1", self.paper("2/GT"))).stream
        self.flow.deliver()
        self.now += timedelta(days=31)
        self.flow.tick()
        self.flow.deliver()
        self.superior.execute(c.Void(second, "nhập sai"))

    def conflict(self) -> None:
        """Play a comment that is asked for, corrected, contested, and settled by both."""
        referral = self.in_a_group("m-4", "4/GT")
        self.now = datetime(2014, 11, 20, 2, tzinfo=UTC)
        due = self.now.date() + timedelta(days=14)
        self.office.execute(c.RequestComment(referral, "year_end", due))
        names = ("attendance", "contributions", "duties", "trust", "household")
        levels = dict.fromkeys(names, "low")
        comment = c.Evaluate(referral, "weak", levels, "yếu", recommendation="consider_handling")
        self.ward.execute(comment)
        self.office.execute(c.AnswerRecommendation(referral, "đã nhắc nhở"))
        self.ward.execute(c.CorrectEvaluation(referral, "weak", levels, "còn yếu", "ghi nhầm"))
        self.office.execute(c.Classify(referral, "excellent", propose=True))
        self.now += timedelta(days=16)
        self.flow.tick()
        self.office.execute(c.Reconcile(referral, "good", "đã trao đổi"))
        self.ward.execute(c.Reconcile(referral, "completed", "chưa thống nhất"))
        self.office.execute(c.Reconcile(referral, "completed", "thống nhất"))
        self.member.execute(c.StateView(referral, "có ý kiến", ViewTo.WORKPLACE))
        self.office.execute(c.AnswerView(referral, "đã giải thích"))

    def in_a_group(self, member: str, number: str) -> str:
        """Hand a paper in, amend it, and put the member into one group and then another."""
        referral = self.office.execute(c.Issue(member, "r-1", self.paper(number))).stream
        deadline = self.now.date() + timedelta(days=40)
        self.office.execute(c.Amend(referral, "gia hạn", deadline=deadline))
        submit = c.Submit(
            referral, number, brought_by=member, passed_to="Ban Tổ chức", signed_by="Thường trực"
        )
        self.ward.execute(submit)
        for name in ("Nhóm 3", "Nhóm 4"):
            group = self.ward.execute(c.OpenGroup("r-1", name=name)).stream
            put = c.Assign if name == "Nhóm 3" else c.Reassign
            self.ward.execute(put(referral, group))
        return referral

    def exemption(self) -> None:
        """Play one who is exempt by the paper and again later, under rules that know it."""
        flow = ReferralFlow(
            self.flow._parts.store, clock=lambda: self.now, rule_set=OURS, plugins=(RuleSets(),)
        )
        office = flow.acting_as(self.office.actor)
        until = self.now.date() + timedelta(days=100)
        exemption = c.Exemption(GROUNDS[0], until)
        paper = self.paper("5/GT")
        referral = office.execute(c.Issue("m-5", "r-1", paper, exemption=exemption)).stream
        self.ward.execute(c.Submit(referral, "5/GT"))
        self.ward.execute(c.AnswerRequest(referral, "khen thưởng", "gương mẫu"))
        self.now += timedelta(days=102)
        self.flow.tick()
        office.execute(c.Exempt(referral, GROUNDS[2], self.now.date() + timedelta(days=5)))
        office.execute(c.LiftExemption(referral))
        self.now = datetime(2015, 11, 20, 2, tzinfo=UTC)
        names = ("attendance", "contributions", "duties", "trust", "household")
        self.ward.execute(c.Evaluate(referral, "weak", dict.fromkeys(names, "fair"), "khá"))
        self.superior.execute(c.Countersign(referral))

    def move(self) -> None:
        """Play one who changes work, is not known, moves, and is referred onward."""
        paper = self.paper("6/GT")
        referral = self.operator.execute(c.Issue("m-6", "r-1", paper, workplace="w-1")).stream
        for workplace in ("w-2", "w-1"):
            self.operator.execute(c.MoveMember("m-6", workplace))
            other = self.flow.acting_as(Actor("u-5", Role.WORKPLACE, workplace))
            other.execute(c.HandOver(referral))
        self.office.execute(c.RequestComment(referral, "reward", self.now.date()))
        self.ward.execute(c.AnswerUnknown(referral))
        self.office.execute(c.End(referral, "moved"))
        self.office.execute(c.Transfer(referral, "r-1", self.paper("7/GT")))

    def adoption(self) -> None:
        """Play one that is found in a group, and one whose adoption is undone."""
        batch = self.operator.execute(c.OpenBatch("Danh sách cũ")).stream
        group = self.ward.execute(c.OpenGroup("r-1", name="Nhóm 5")).stream
        paper, since = c.KnownPaper("8/GT", self.now.date()), self.now.date()
        past = c.PastEvaluation(2014, "good")
        where = ("w-1", "r-1")
        found = c.Adopt("m-1", *where, c.State.ACTIVE, paper, past, group=group, on=since)
        self.operator.execute(found)
        unknown = c.Adopt("m-2", *where, c.State.EVALUATED, batch=batch, row="2")
        undone = self.operator.execute(unknown).stream
        self.operator.execute(c.UndoAdoption(undone))


if __name__ == "__main__":
    format_ = int(sys.argv[1])
    story = list(stored(Story().play()))
    json.dump({"format": format_, "streams": story}, sys.stdout, ensure_ascii=False, indent=1)
