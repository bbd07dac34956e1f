"""A made province: what the plan says is what is read back, and a plan must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from examples.province_2013.main import PLAN_PROVINCE_2013, main
from referral_flow import Actor, Desk, ReferralFlow, Role
from referral_flow.domain.people import CommitteeKind
from referral_flow.domain.register.commands import AddCommittee
from referral_flow.errors import ConfigurationError
from referral_flow.ports import Clock
from referral_flow.sample import PLAN_SMALL, Built, Fate, Plan, build, checked, scaled
from referral_flow.sample.people import LARGEST_GROUP, Person, even
from referral_flow.stores.memory import MemoryStore

PART = scaled(PLAN_PROVINCE_2013, 40)


class Made:
    """A province in memory, open on its last day."""

    def __init__(self, plan: Plan) -> None:
        self.steps: Counter[str] = Counter()
        store = MemoryStore()

        def open_flow(clock: Clock) -> ReferralFlow:
            return ReferralFlow(store, clock=clock)

        self.built: Built = build(open_flow, plan, self._hear)
        self.flow = open_flow(lambda: self.built.ended_at)

    def _hear(self, step: str, done: int, total: int) -> None:
        self.steps[step] += 1
        assert done == self.steps[step] <= total

    @property
    def superior(self) -> Desk:
        province = self.built.committees["superior"][0]
        return self.flow.acting_as(Actor("u-1", Role.SUPERIOR, province))


@pytest.fixture(scope="module")
def part() -> Made:
    return Made(PART)


@pytest.fixture(scope="module")
def small() -> Made:
    return Made(PLAN_SMALL)


def test_the_plan_of_the_province_holds_the_figures_of_the_article() -> None:
    plan = PLAN_PROVINCE_2013
    assert (plan.members, plan.referred, plan.good) == (35_307, 11_954, 10_140)
    assert sum(plan.fates.values()) - plan.good == 1_814
    assert all(plan.fates.values())


@pytest.mark.parametrize("name", ["part", "small"])
def test_every_number_of_the_plan_is_read_back(name: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(name)
    numbers = list(checked(made.flow, made.built))
    assert [number for number in numbers if not number.agrees] == []
    assert {number.by for number in numbers} == {"figure", "referral", "refusal"}


@pytest.mark.parametrize("name", ["part", "small"])
def test_what_is_stored_agrees_with_the_history(name: str, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(name)
    verified = made.flow.verify()
    assert verified.faults == ()
    assert verified.events > made.built.done > verified.streams


def test_nothing_is_left_to_deliver_and_nothing_died(part: Made) -> None:
    state = part.flow.check()
    assert (state.waiting, state.parked) == (0, 0)


def test_the_small_plan_has_everything_once(small: Made) -> None:
    plan = small.built.plan
    assert set(plan.fates.values()) | set(plan.late.values()) == {1, plan.good}
    tried = ("group_full", "merged_into_cell", "residence_not_consulted", "unsupported_rating")
    assert tuple(sorted(small.built.refused)) == tried


def test_every_timer_that_fired_told_somebody(part: Made) -> None:
    plan = part.built.plan
    late = list(plan.late.values())
    told = 3 * plan.never_submitted + sum(n * number for n, number in enumerate(late, 1))
    assert part.built.told == told


def test_an_overdue_paper_is_told_of_in_order(part: Made) -> None:
    story = next(s for s in part.built.stories if s.fate is Fate.NEVER_SUBMITTED)
    entries = part.superior.history(story.referral)
    told = [entry for entry in entries if entry.name == "referral.overdue_told@1"]
    district = f"committee:s-{story.workplace[2:4]}"
    assert [entry.name for entry in entries] == [
        "referral.issued@1",
        *("referral.overdue_told@1", "referral.telling_settled@1") * 3,
    ]
    assert [(entry.event.step, entry.event.to) for entry in told] == [
        ("remind_member", f"member:{story.member}"),
        ("tell_workplace", f"committee:{story.workplace}"),
        ("tell_superior", district),
    ]
    days = [later.on - earlier.on for earlier, later in pairwise([entries[0], *told])]
    assert days == [timedelta(days=31), timedelta(days=7), timedelta(days=14)]


def test_the_stories_are_those_of_a_good_an_overdue_and_a_returned_one(part: Made) -> None:
    states = {s.fate: part.superior.get(s.referral).state for s in part.built.stories}
    assert states == {"good": "evaluated", "never_submitted": "issued", "returned": "returned"}


def test_committees_work_one_after_the_other() -> None:
    """The papers of one lie together in the order of ids, as its rows do in a store."""
    made = Made(evolve(PLAN_SMALL, workplaces=12))
    papers = made.superior.find(limit=2 * PLAN_SMALL.referred)
    turns = [workplace for workplace, _ in groupby(papers, key=lambda paper: paper.workplace)]
    assert sorted(turns) == sorted(made.built.committees["workplace"])


def test_who_is_rated_good_has_the_evidence_and_needs_no_reason(part: Made) -> None:
    good = [r for r in all_of(part.superior, "evaluated") if r.rating == "good"]
    assert len(good) == PART.good
    assert all(r.taking_part.rate >= 75 and r.taking_part.contributions for r in good)
    assert not any(r.year_end.reasoned for r in good)
    assert all(r.year_end.classification for r in good)


def test_who_never_came_is_rated_weak_after_a_refusal(part: Made) -> None:
    weak = [r for r in all_of(part.superior, "evaluated") if r.rating == "weak"]
    assert {(r.taking_part.present, r.taking_part.called) for r in weak} == {(0, 4)}
    assert part.built.refused["unsupported_rating"] == PART.flattered


def test_a_late_paper_is_marked_with_its_days(part: Made) -> None:
    late = {
        (r.timeline.told, 0 < r.timeline.late_by < 40)
        for state in ("evaluated", "active", "suspended", "ended")
        for r in all_of(part.superior, state)
        if r.timeline.late_by
    }
    assert late == {("remind_member", True), ("tell_workplace", True), ("tell_superior", True)}


def test_names_say_that_they_are_made(small: Made) -> None:
    committees = [id for ids in small.built.committees.values() for id in ids]
    members = [story.member for story in small.built.stories]
    for ids in (committees, members):
        names = small.flow.directory.names(ids, small.built.ended_at.date())
        assert set(names) == set(ids)
        assert all("mẫu" in name for name in names.values())


def test_no_group_is_larger_than_the_limit(part: Made) -> None:
    sizes = [len(group.seats) for group in all_of(part.superior, "open", kind="group")]
    assert 1 < max(sizes) <= LARGEST_GROUP


@given(st.integers(0, 400))
def test_groups_are_few_and_of_even_size(number: int) -> None:
    people = [Person(n, "w-1", "r-1", Fate.GOOD) for n in range(number)]
    sizes = [len(group) for group in even(people)]
    assert sum(sizes) == number
    assert len(sizes) == -(-number // LARGEST_GROUP)
    assert not sizes or max(sizes) - min(sizes) <= 1


def test_a_used_store_is_refused_and_nothing_is_written() -> None:
    store = MemoryStore()
    flow = ReferralFlow(store)
    operator = flow.acting_as(Actor("u-0", Role.OPERATOR))
    operator.execute(AddCommittee("s-0", CommitteeKind.SUPERIOR, "Tỉnh ủy mẫu"))
    with pytest.raises(ConfigurationError, match="has 1 streams already"):
        build(lambda clock: ReferralFlow(store, clock=clock), PLAN_SMALL)
    assert store.check().streams == 1


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"good": 16}, "25 are referred, and 26 end the year"),
        ({"passive": -1}, "passive is -1"),
        ({"not_introduced": 40}, "25 referred, and only 20 may be introduced"),
        ({"late_reminded": 20}, "and only 22 come into a group"),
        ({"entered_in_error": 18}, "23 went astray on the way, and only 22 come into a group"),
        ({"flattered": 2}, "2 flattered, and only 1 never came"),
        ({"classed_early": 19}, "19 classed early, and only 18 are rated"),
        ({"one_group_areas": 3}, "3 areas with one group, and only 2 are areas"),
        ({"workplaces": 0}, "there are no workplaces"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(wrong: dict[str, int], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as raised:
        evolve(PLAN_SMALL, **wrong)
    assert "the plan does not add up" in str(raised.value)


@given(st.sampled_from([fate.value for fate in Fate]), st.integers(-30, 30).filter(bool))
def test_one_referral_more_or_less_is_noticed(fate: str, more: int) -> None:
    with pytest.raises(ConfigurationError):
        evolve(PLAN_SMALL, **{fate: getattr(PLAN_SMALL, fate) + more})


@given(st.integers(1, 1000))
def test_a_part_of_the_province_adds_up_and_keeps_every_kind(by: int) -> None:
    plan = scaled(PLAN_PROVINCE_2013, by)
    assert all(plan.fates.values())
    assert plan.referred == sum(plan.fates.values())


def test_the_example_makes_a_part_and_refuses_a_used_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--store", f"sqlite:///{tmp_path / 'province.db'}", "--scale", "400"]
    assert main(arguments) == 0
    assert "rated good" in capsys.readouterr().out
    assert main(arguments) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def all_of(desk: Desk, state: str, kind: str = "referral") -> Iterator[Any]:
    """Give everything that a desk sees in a state, page by page."""
    page = desk.find(kind=kind, state=state)
    yield from page
    while page.after is not None:
        page = desk.find(kind=kind, state=state, after=page.after)
        yield from page
