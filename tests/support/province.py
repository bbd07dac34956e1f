"""A small province, and builders that speak of it as its people do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from referral_flow import Actor, CommitteeKind, Desk, Paper, ReferralFlow, Role
from referral_flow.commands import (
    AddCommittee,
    AddMember,
    AddVenue,
    AgendaItem,
    Assign,
    CallMeeting,
    Classify,
    End,
    Evaluate,
    Exempt,
    Exemption,
    GroupKind,
    Issue,
    ItemKind,
    OpenGroup,
    PrepareMeeting,
    RecordAttendance,
    RecordContribution,
    Reissue,
    ReturnPaper,
    Submit,
    Suspend,
    Void,
)
from referral_flow.engine.actor import SYSTEM
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.ports import Directory, Store
from referral_flow.stores.memory import MemoryStore
from referral_flow.stores.sqlite import SqliteStore
from tests.support.rule_sets import GROUNDS, OURS, RuleSets

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
A_MONDAY = date(2013, 3, 4)
IN_THE_WINDOW = date(2013, 11, 5)
NEW_YEAR = date(2014, 1, 1)

CRITERIA = dict.fromkeys(("attendance", "contributions", "duties", "trust", "household"), "good")
CONTENT = (AgendaItem(ItemKind.DISCUSSION, "Nước sạch"), AgendaItem(ItemKind.DUTY, "Trồng cây"))
WHY = "Có lý do."

COMMITTEES = {
    "w-1": CommitteeKind.WORKPLACE,
    "w-2": CommitteeKind.WORKPLACE,
    "r-1": CommitteeKind.RESIDENCE,
    "r-2": CommitteeKind.RESIDENCE,
}


class Clock:
    """A clock that only the test moves, and only forward."""

    def __init__(self, day: date) -> None:
        self.now = morning(day)

    def __call__(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def go_to(self, day: date, hour: int = 9) -> None:
        moment = morning(day, hour)
        assert moment >= self.now, "time does not go back"
        self.now = moment

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


def morning(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


@frozen
class Sent:
    """A message that was delivered: what kind, and to whom."""

    kind: str
    to: str


class Province:
    """Two workplaces, two residence areas, the committee above them, and a desk for each.

    `m-1` to `m-20` work at w-1, `n-1` to `n-4` at w-2. With a `directory` of your own,
    nothing is registered here. The rules are those of 1999, but for a paper that is issued
    under another rule set.
    """

    def __init__(
        self,
        store: Store | str = "memory:",
        *,
        directory: Directory | None = None,
        clock: Clock | None = None,
        **parts: Any,
    ) -> None:
        self.clock = clock or Clock(A_MONDAY)
        self.notifier = RecordingNotifier()
        self.store = opened(store) if isinstance(store, str) else store
        self._parts = {
            "directory": directory,
            "clock": self.clock,
            "notifiers": {"recorder": self.notifier},
            "plugins": (RuleSets(),),
            **parts,
        }
        self.flow = ReferralFlow(self.store, **self._parts)
        self._offices: dict[str, Desk] = {}
        self.operator = self.desk(Role.OPERATOR)
        self.office = self.desk(Role.WORKPLACE, "w-1")
        self.other_office = self.desk(Role.WORKPLACE, "w-2")
        self.ward = self.desk(Role.RESIDENCE, "r-1")
        self.other_ward = self.desk(Role.RESIDENCE, "r-2")
        self.superior = self.desk(Role.SUPERIOR, "p")
        self.auditor = self.desk(Role.AUDITOR, "p")
        # Over a store that was used before, the numbers go on.
        self._papers = self.store.check().streams
        self._members = {"w-1": 0, "w-2": 0}
        if directory is None and not self._papers:
            self._register()

    def _register(self) -> None:
        self.operator.execute(AddCommittee("p", CommitteeKind.SUPERIOR, "Tỉnh"))
        for id, kind in COMMITTEES.items():
            self.operator.execute(AddCommittee(id, kind, f"Cấp ủy {id}", "p"))
        people = [AddMember(f"m-{n}", "w-1", f"Người {n}") for n in range(1, 21)]
        people += [AddMember(f"n-{n}", "w-2", f"Bạn {n}") for n in range(1, 5)]
        venues = [AddVenue("v-1", "Nhà văn hóa", "r-1", 30), AddVenue("v-2", "Trường", "r-2", 30)]
        assert not self.operator.execute_many([*people, *venues]).refused

    # --- who, when, and what they hold in their hands

    @property
    def today(self) -> date:
        return self.clock.today

    def desk(self, role: str, committee: str | None = None, person: str = "u-1") -> Desk:
        return self.flow.acting_as(Actor(person, role, committee))

    def office_under(self, rule_set: str) -> Desk:
        """Give the office where what begins does so under another rule set."""
        if rule_set not in self._offices:
            flow = ReferralFlow(self.store, **{**self._parts, "rule_set": rule_set})
            self._offices[rule_set] = flow.acting_as(self.office.actor)
        return self._offices[rule_set]

    def member_of(self, referral: str) -> str:
        return str(self.superior.get(referral).member)

    def other_office_than(self, workplace: str) -> Desk:
        return self.other_office if workplace == "w-1" else self.office

    @property
    def system(self) -> Desk:
        """Give the desk of the timers, which nobody may have."""
        return Desk(self.flow._parts, self.flow._executor, SYSTEM)

    def the_member(self, referral: str) -> Desk:
        return self.desk(Role.MEMBER, person=self.member_of(referral))

    def a_member(self, workplace: str = "w-1") -> str:
        """Give a member who was in no story yet."""
        self._members[workplace] += 1
        return f"{'m' if workplace == 'w-1' else 'n'}-{self._members[workplace]}"

    def a_paper(self, number: str | None = None) -> Paper:
        self._papers += 1
        return Paper(number or f"{self._papers}/GT", self.today)

    # --- referrals, by the state in which they are

    def an_issued(
        self,
        member: str | None = None,
        residence: str = "r-1",
        *,
        rule_set: str | None = None,
        exemption: Exemption | None = None,
    ) -> str:
        member = member or self.a_member()
        command = Issue(member, residence, self.a_paper(), exemption=exemption)
        office = self.office if rule_set is None else self.office_under(rule_set)
        return office.execute(command).stream

    def a_submitted(self, member: str | None = None, *, rule_set: str | None = None) -> str:
        return self.submitted(self.an_issued(member, rule_set=rule_set))

    def an_assigned(self, member: str | None = None, group: str | None = None) -> str:
        return self.brought(self.a_submitted(member), "assigned", group=group)

    def an_active(self, member: str | None = None, group: str | None = None) -> str:
        return self.brought(self.a_submitted(member), "active", group=group)

    def an_evaluated(self, member: str | None = None, came_from: str = "active") -> str:
        return self.brought(self.a_submitted(member), "evaluated", came_from=came_from)

    def a_suspended(self, member: str | None = None, came_from: str = "active") -> str:
        return self.brought(self.a_submitted(member), "suspended", came_from=came_from)

    def an_ended(self, member: str | None = None) -> str:
        return self.brought(self.a_submitted(member), "ended")

    def a_void(self, member: str | None = None) -> str:
        return self.brought(self.a_submitted(member), "void")

    def an_exempt(self, member: str | None = None, came_from: str = "active") -> str:
        referral = self.a_submitted(member, rule_set=OURS)
        return self.brought(referral, "exempt", came_from=came_from)

    def in_state(
        self, state: str, came_from: str = "active", *, rule_set: str | None = None
    ) -> str:
        """Give a referral that came into this state for the first time.

        Nobody is exempt under the rules of 1999: that state is one of `OURS`.
        """
        rule_set = OURS if state == "exempt" else rule_set
        if state == "issued":
            return self.an_issued(rule_set=rule_set)
        return self.brought(self.a_submitted(rule_set=rule_set), state, came_from=came_from)

    def commented_last_year(
        self, state: str, *, rule_set: str | None = None, recommendation: str | None = None
    ) -> str:
        """Give a referral in this state whose comment of 2013 still stands; it is 2014.

        In the state `evaluated` it is still 2013.
        """
        rule_set = OURS if state == "exempt" else rule_set
        referral = self.a_submitted(rule_set=rule_set)
        self.evaluate(referral, recommendation=recommendation)
        if state == "evaluated":
            return referral
        self.clock.go_to(NEW_YEAR)
        self.flow.tick()
        return self.brought(referral, state)

    def brought(
        self, referral: str, state: str, *, came_from: str = "active", group: str | None = None
    ) -> str:
        """Bring a submitted referral to another state, by the way that people would."""
        match state:
            case "returned":
                self.ward.execute(ReturnPaper(referral, WHY))
            case "issued":
                self.brought(referral, "returned")
                self.office.execute(Reissue(referral, self.a_paper()))
            case "assigned":
                self.ward.execute(Assign(referral, group or self.a_group()))
            case "active":
                self.brought(referral, "assigned", group=group)
                self.hold(self.group_of(referral), present=(self.member_of(referral),))
            case "exempt":
                self.brought(referral, came_from, group=group)
                until = self.today + timedelta(days=300)
                self.office.execute(Exempt(referral, GROUNDS[0], until))
            case "suspended":
                self.brought(referral, came_from, group=group)
                self.ward.execute(Suspend(referral, WHY))
            case "evaluated":
                self.brought(referral, came_from, group=group)
                self.evaluate(referral)
            case "ended":
                self.office.execute(End(referral, "duty_over"))
            case "void":
                self.superior.execute(Void(referral, WHY))
        return referral

    def number_of(self, referral: str) -> str:
        return str(self.superior.get(referral).paper.number)

    def submitted(self, referral: str) -> str:
        self.ward.execute(Submit(referral, self.number_of(referral)))
        return referral

    def evaluate(
        self,
        referral: str,
        rating: str = "weak",
        *,
        reason: str | None = None,
        criteria: Mapping[str, str] = CRITERIA,
        recommendation: str | None = None,
    ) -> None:
        """Give a comment, in the window of this year."""
        self.go_to_the_window()
        comment = Evaluate(
            referral, rating, criteria, "Nhận xét.", reason, recommendation=recommendation
        )
        self.ward.execute(comment)

    def go_to_the_window(self) -> None:
        first = IN_THE_WINDOW.replace(year=self.today.year)
        if self.today < first:
            self.clock.go_to(first)

    def classify(self, referral: str, classification: str = "completed") -> None:
        self.office.execute(Classify(referral, classification))

    def a_conflict(self, referral: str, proposed: str = "excellent") -> str:
        """Propose a class that the comment of 2013 does not bear."""
        self.office.execute(Classify(referral, proposed, cycle=2013, propose=True))
        return referral

    # --- groups and meetings

    def a_group(
        self,
        *,
        residence: str = "r-1",
        leader: str | None = None,
        kind: GroupKind = GroupKind.GROUP,
    ) -> str:
        venue = "v-1" if residence == "r-1" else "v-2"
        command = OpenGroup(residence, venue, leader, "Nhóm", kind)
        return self.desk(Role.RESIDENCE, residence).execute(command).stream

    def a_group_of(self, size: int) -> tuple[str, list[str]]:
        """Give a group with so many members, and their referrals."""
        group = self.a_group()
        return group, [self.an_assigned(group=group) for _ in range(size)]

    def group_of(self, referral: str) -> str:
        return str(self.superior.get(referral).group)

    def a_prepared_meeting(self, group: str, starts_at: datetime | None = None) -> str:
        command = PrepareMeeting(group, CONTENT, starts_at=starts_at or self.clock.now)
        return self.ward.execute(command).value.meetings[-1].id

    def a_called_meeting(self, group: str, starts_at: datetime | None = None) -> str:
        meeting = self.a_prepared_meeting(group, starts_at)
        self.ward.execute(CallMeeting(group, meeting))
        return meeting

    def hold(
        self,
        group: str,
        *,
        present: tuple[str, ...] = (),
        excused: tuple[str, ...] = (),
        on: date | None = None,
    ) -> str:
        """Hold a meeting now: who is neither present nor excused is absent."""
        meeting = self.a_called_meeting(group, None if on is None else morning(on))
        reasons = dict.fromkeys(excused, WHY)
        self.ward.execute(RecordAttendance(group, meeting, present, reasons, on=on))
        return meeting

    def contribute(self, group: str, meeting: str, member: str) -> None:
        self.ward.execute(RecordContribution(group, meeting, member, "Ý kiến."))

    # --- timers and messages

    def deliver(self) -> tuple[Sent, ...]:
        """Deliver what waits, and give what was sent now."""
        before = len(self.notifier.sent)
        self.flow.deliver()
        return tuple(Sent(m.kind, m.recipient) for m, _ in self.notifier.sent[before:])

    def a_day_passes(self, days: float = 1) -> tuple[Sent, ...]:
        """Let so many days pass, fire what is due, and give what is sent then."""
        self.clock.pass_days(days)
        self.flow.tick()
        return self.deliver()


def opened(url: str) -> Store:
    return MemoryStore(url) if url == "memory:" else SqliteStore(url)
