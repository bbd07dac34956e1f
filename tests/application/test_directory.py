"""The host's own register of people, through the Directory port: names stay with the host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from referral_flow import Committee, CommitteeKind, Member, ReferralFlow, Refused, Venue
from referral_flow.commands import AddMember, Assign, MarkNotIntroduced, OpenGroup, Submit
from referral_flow.engine.record import change
from referral_flow.errors import ConfigurationError
from tests.application.office import Office, an_issue

NAME = "Đồng chí mẫu Đặc Biệt"


class HostRegister:
    """A member table of the host's own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.people = {f"m-{n}": Member(f"m-{n}", "w-1", introduce=n != 9) for n in range(1, 10)}
        self.bodies = {
            "p-1": Committee("p-1", CommitteeKind.SUPERIOR),
            "w-1": Committee("w-1", CommitteeKind.WORKPLACE, "p-1"),
            "r-1": Committee("r-1", CommitteeKind.RESIDENCE, "p-1"),
            "r-2": Committee("r-2", CommitteeKind.RESIDENCE, "p-1"),
        }

    def members(self, ids: Sequence[str], on: date) -> Mapping[str, Member]:
        self.asked.append(("members", tuple(ids)))
        return {id: self.people[id] for id in ids if id in self.people}

    def committees(self, ids: Sequence[str], on: date) -> Mapping[str, Committee]:
        self.asked.append(("committees", tuple(ids)))
        return {id: self.bodies[id] for id in ids if id in self.bodies}

    def above(self, ids: Sequence[str], on: date) -> Mapping[str, tuple[str, ...]]:
        self.asked.append(("above", tuple(ids)))
        return {id: ("p-1",) for id in ids if id in ("w-1", "r-1", "r-2")}

    def below(self, id: str, on: date) -> Sequence[str]:
        return ("p-1", "w-1", "r-1") if id == "p-1" else (id,)

    def venues(self, ids: Sequence[str], on: date) -> Mapping[str, Venue]:
        return {}

    def count_members(self, scope: str | None, on: date) -> int:
        return 9 if scope in (None, "p-1", "w-1") else 0

    def count_eligible(self, scope: str | None, on: date) -> int:
        return 8 if scope in (None, "p-1", "w-1") else 0

    def names(self, ids: Sequence[str], on: date) -> Mapping[str, str]:
        return dict.fromkeys(ids, NAME)


def test_the_whole_way_runs_on_the_hosts_register_and_no_name_is_stored(tmp_path: Path) -> None:
    register = HostRegister()
    url = f"sqlite:///{tmp_path}/office.db"
    office = Office(url, empty=False, directory=register)
    id = office.workplace.execute(an_issue()).stream
    office.residence.execute(Submit(id, "1/GT"))
    group = office.residence.execute(OpenGroup("r-1")).stream
    office.residence.execute(Assign(id, group))
    office.flow.deliver()
    assert office.flow.directory.names(["m-1"], date(2013, 3, 1)) == {"m-1": NAME}
    figures = office.superior.figures()
    assert (figures.members, figures.eligible, figures.counts["referred"]) == (9, 8, 1)
    assert office.flow.verify().faults == ()
    office.flow.close()
    for file in tmp_path.iterdir():
        assert "Đặc Biệt".encode() not in file.read_bytes()


def test_a_batch_asks_the_register_once_for_all(tmp_path: Path) -> None:
    register = HostRegister()
    office = Office("memory:", empty=False, directory=register)
    assert office.workplace.execute_many(an_issue(n) for n in range(1, 9)).done == 8
    asked = [ids for what, ids in register.asked if what == "members"]
    assert asked == [tuple(f"m-{n}" for n in range(1, 9))]


def test_a_page_asks_the_register_once_for_the_superiors_of_all(tmp_path: Path) -> None:
    register = HostRegister()
    office = Office("memory:", empty=False, directory=register)
    for member, residence in enumerate(("r-1", "r-2", "r-1", "r-2"), 1):
        office.workplace.execute(change(an_issue(member), residence=residence))
    register.asked.clear()
    assert len(office.superior.find().items) == 4
    asked = [set(ids) for what, ids in register.asked if what == "above"]
    assert asked == [{"w-1", "r-1", "r-2"}]


def test_the_kept_register_is_not_there(tmp_path: Path) -> None:
    office = Office("memory:", empty=False, directory=HostRegister())
    for command in (AddMember("m-1", "w-1", NAME), MarkNotIntroduced("m-1")):
        with pytest.raises(Refused) as refused:
            office.operator.execute(command)
        assert refused.value.codes == ("unknown_command",)


def test_one_who_is_not_to_be_introduced_is_refused() -> None:
    office = Office("memory:", empty=False, directory=HostRegister())
    with pytest.raises(Refused) as refused:
        office.workplace.execute(an_issue(9))
    assert refused.value.codes == ("not_to_be_introduced",)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"zone": "Asia/Hanoy"}, "Asia/Hanoy"),
        ({"rule_set": "directive-22-1998"}, "directive-22-1999"),
        ({"notifiers": ()}, "log:"),
    ],
)
def test_a_part_that_does_not_fit_is_told_when_the_flow_is_opened(
    parts: dict[str, object], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        ReferralFlow.open("memory:", **parts)


def test_a_clock_without_a_zone_is_told() -> None:
    from datetime import datetime

    from referral_flow import Actor, Role

    flow = ReferralFlow.open("memory:", clock=lambda: datetime(2013, 1, 1))  # noqa: DTZ001
    with pytest.raises(ConfigurationError, match="zone"):
        flow.acting_as(Actor("u", Role.OPERATOR)).find(kind="member")


def test_nobody_acts_without_a_role_or_as_the_system() -> None:
    from referral_flow import Actor

    flow = ReferralFlow.open("memory:")
    for actor in (Actor("", "workplace"), Actor("u", ""), Actor("u", "system")):
        with pytest.raises(ConfigurationError):
            flow.acting_as(actor)


def test_the_kept_register_gives_the_names_of_all_kinds_at_once() -> None:
    from referral_flow.commands import AddVenue

    office = Office("memory:")
    office.operator.execute(AddVenue("v-1", "Nhà văn hóa", "r-1", 30))
    names = office.flow.directory.names(["m-1", "r-1", "v-1", "nobody"], date(2013, 3, 1))
    assert names == {"m-1": "Đồng chí mẫu 1", "r-1": "Phường", "v-1": "Nhà văn hóa"}


def test_one_id_may_stand_for_a_member_and_for_a_venue() -> None:
    from referral_flow.commands import AddVenue

    office = Office("memory:")
    office.operator.execute(AddVenue("m-1", "Nhà văn hóa", "r-1", 30))
    register = office.flow.directory
    assert register.venues(["m-1"], date(2013, 3, 1))["m-1"].places == 30
    assert register.members(["m-1"], date(2013, 3, 1))["m-1"].workplace == "w-1"
