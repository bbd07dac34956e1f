"""The article's table at any date: members, referred, late, acting well (S3, S40, S55)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from attrs import define, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from referral_flow import CommitteeKind, Desk, Refused, Role
from referral_flow.commands import (
    AddCommittee,
    AddMember,
    End,
    Evaluate,
    Issue,
    MarkNotIntroduced,
    OpenCycle,
    Reissue,
    Reopen,
    ReturnPaper,
    Submit,
    Suspend,
    Void,
)
from tests.support.province import CRITERIA, IN_THE_WINDOW, NEW_YEAR, WHY, Province, morning

A_DAY = timedelta(days=1)


def counts(here: Province, on: date | None = None, scope: str | None = None) -> tuple[int, ...]:
    """Give how many are referred, how many came late, how many act well."""
    found = here.operator.figures(scope, on).counts
    return found["referred"], found["late"], found["acts_well"]


def one_who_acts_well(here: Province) -> str:
    referral = here.an_active()
    here.evaluate(referral, "good", reason=WHY)
    return referral


# --- referred


def test_who_is_issued_a_paper_counts_from_that_day_on(anywhere: Province) -> None:
    here = anywhere
    here.an_issued()
    assert counts(here, here.today - A_DAY) == (0, 0, 0)
    assert counts(here, here.today) == (1, 0, 0)


def test_members_and_those_who_may_be_introduced_are_counted_beside(anywhere: Province) -> None:
    here = anywhere
    here.office.execute(MarkNotIntroduced("m-1"))
    found = here.operator.figures()
    assert (found.members, found.eligible) == (24, 23)
    found = here.office.figures()
    assert (found.members, found.eligible) == (20, 19)


@pytest.mark.parametrize("state", ["issued", "submitted", "returned", "active", "suspended"])
def test_who_is_in_an_open_state_counts_in_later_years_too(state: str, here: Province) -> None:
    here.in_state(state)
    here.clock.go_to(date(2016, 5, 1))
    assert counts(here)[0] == 1


def test_one_that_ended_counts_in_the_cycle_in_which_it_ended(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_active()
    here.clock.go_to(date(2014, 6, 1))
    here.office.execute(End(referral, "retired"))
    here.clock.go_to(date(2015, 6, 1))
    days = [date(2013, 12, 31), date(2014, 5, 31), date(2014, 12, 31), date(2015, 1, 1)]
    assert [counts(here, day)[0] for day in days] == [1, 1, 1, 0]


def test_one_that_ended_keeps_its_rating_in_that_cycle(here: Province) -> None:
    referral = one_who_acts_well(here)
    here.office.execute(End(referral, "retired"))
    assert counts(here, date(2013, 12, 31)) == (1, 0, 1)
    here.clock.go_to(NEW_YEAR)
    assert counts(here) == (0, 0, 0)


def test_a_rating_of_last_year_is_not_that_of_the_year_in_which_it_ended(here: Province) -> None:
    referral = one_who_acts_well(here)
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    here.office.execute(End(referral, "retired"))
    assert counts(here) == (1, 0, 0)
    assert counts(here, NEW_YEAR - A_DAY) == (1, 0, 1)


@pytest.mark.parametrize("state", ["issued", "submitted", "evaluated", "ended"])
def test_one_entered_in_error_counts_nowhere(state: str, anywhere: Province) -> None:
    here = anywhere
    referral = here.in_state(state)
    here.superior.execute(Void(referral, WHY))
    for scope in (None, "p", "w-1", "r-1"):
        found = here.operator.figures(scope)
        assert set(found.counts.values()) == {0}
        assert set(found.states["referral"].values()) == {0}


# --- late


def test_a_late_paper_is_counted_from_the_day_it_came(anywhere: Province) -> None:
    here = anywhere
    referral = here.an_issued()
    here.clock.pass_days(40)
    came = here.today
    here.submitted(referral)
    assert [counts(here, day) for day in (came - A_DAY, came)] == [(1, 0, 0), (1, 1, 0)]


def test_a_late_paper_stays_late_whatever_comes_after(here: Province) -> None:
    referral = here.an_issued()
    here.clock.pass_days(40)
    here.brought(here.submitted(referral), "evaluated")
    here.clock.go_to(date(2014, 3, 1))
    here.flow.tick()
    assert counts(here)[1] == 1


def test_a_paper_that_is_issued_again_is_not_late_any_more(here: Province) -> None:
    referral = here.an_issued()
    here.clock.pass_days(40)
    here.brought(here.submitted(referral), "issued")
    assert counts(here) == (1, 0, 0)


# --- acting well


def test_a_rating_counts_from_its_day_to_the_end_of_its_year(anywhere: Province) -> None:
    here = anywhere
    one_who_acts_well(here)
    here.clock.go_to(date(2014, 5, 1))
    here.flow.tick()
    days = [IN_THE_WINDOW - A_DAY, IN_THE_WINDOW, NEW_YEAR - A_DAY, NEW_YEAR, date(2014, 5, 1)]
    assert [counts(here, day)[2] for day in days] == [0, 1, 1, 0, 0]


@pytest.mark.parametrize(("rating", "code"), [("fair", "rated_fair"), ("weak", "rated_weak")])
def test_the_other_ratings_have_figures_of_their_own(
    rating: str, code: str, here: Province
) -> None:
    here.evaluate(here.an_active(), rating, reason=WHY)
    found = here.operator.figures().counts
    assert (found[code], found["acts_well"]) == (1, 0)


def test_a_comment_taken_back_takes_the_rating_out_again(anywhere: Province) -> None:
    here = anywhere
    referral = one_who_acts_well(here)
    here.clock.pass_days(10)
    here.ward.execute(Reopen(referral, WHY))
    assert counts(here, here.today - A_DAY)[2] == 1
    assert counts(here)[2] == 0


# --- as it stood, and as we knew it then


def test_what_was_written_down_later_counts_on_the_day_when_it_happened(
    anywhere: Province,
) -> None:
    here = anywhere
    referral = here.an_issued()
    happened = here.today + 3 * A_DAY
    here.clock.pass_days(20)
    reported = here.clock.now
    here.clock.pass_days(1)
    here.office.execute(End(referral, "died", on=happened))
    states = here.operator.figures(on=happened).states["referral"]
    assert (states["issued"], states["ended"]) == (0, 1)
    then = here.operator.figures(on=happened, known_as_of=reported).states["referral"]
    assert (then["issued"], then["ended"]) == (1, 0)


def test_a_moment_of_knowledge_includes_what_was_written_down_in_it(here: Province) -> None:
    here.an_issued()
    now = here.clock.now
    assert here.operator.figures(known_as_of=now).counts["referred"] == 1
    before = now - timedelta(microseconds=1)
    assert here.operator.figures(known_as_of=before).counts["referred"] == 0


# --- within what


@pytest.fixture
def two_sides(anywhere: Province) -> Province:
    """Give two members of w-1 at r-1 and one at r-2, and one of w-2 at r-2."""
    here = anywhere
    here.an_issued()
    here.an_issued()
    here.an_issued(residence="r-2")
    here.other_office.execute(Issue("n-1", "r-2", here.a_paper()))
    return here


@pytest.mark.parametrize(
    ("scope", "referred", "members"),
    [(None, 4, 24), ("p", 4, 24), ("w-1", 3, 20), ("w-2", 1, 4), ("r-1", 2, 0), ("r-2", 2, 0)],
)
def test_figures_are_counted_within_a_committee_and_those_below_it(
    scope: str | None, referred: int, members: int, two_sides: Province
) -> None:
    found = two_sides.operator.figures(scope)
    assert (found.counts["referred"], found.members) == (referred, members)


def test_everybody_counts_the_own_committee_unless_asked_for_one_below(
    two_sides: Province,
) -> None:
    here = two_sides
    assert here.office.figures().counts["referred"] == 3
    assert here.other_ward.figures().counts["referred"] == 2
    for desk in (here.superior, here.auditor):
        assert desk.figures().counts["referred"] == 4
        assert desk.figures("r-2").counts["referred"] == 2


def test_a_committee_that_is_not_below_yours_is_not_found(two_sides: Province) -> None:
    here = two_sides
    asked: list[tuple[Desk, str]] = [
        (here.office, "w-2"),
        (here.office, "p"),
        (here.office, "no-such"),
        (here.ward, "r-2"),
        (here.superior, "no-such"),
        (here.desk(Role.SUPERIOR, "p-9"), "p"),
    ]
    for desk, scope in asked:
        with pytest.raises(Refused) as caught:
            desk.figures(scope)
        assert caught.value.codes == ("not_found",), scope


def test_who_reads_no_referral_counts_none(two_sides: Province) -> None:
    here = two_sides
    for desk in (
        here.desk(Role.MEMBER, person="m-1"),
        here.desk(Role.GROUP_LEADER, person="m-1"),
        here.desk(Role.SUPERIOR),
        here.desk("clerk", "w-1"),
    ):
        with pytest.raises(Refused) as caught:
            desk.figures()
        assert caught.value.codes == ("not_permitted",)


def test_the_operator_counts_everything_and_sees_no_referral(two_sides: Province) -> None:
    here = two_sides
    assert here.operator.figures().counts["referred"] == 4
    (referral, *_) = here.superior.find()
    with pytest.raises(Refused) as caught:
        here.operator.get(referral.id)
    assert caught.value.codes == ("not_found",)


def test_a_deeper_tree_is_counted_to_its_leaves(here: Province) -> None:
    here.operator.execute(AddCommittee("d-1", CommitteeKind.SUPERIOR, "Huyện", "p"))
    here.operator.execute(AddCommittee("w-9", CommitteeKind.WORKPLACE, "Sở", "d-1"))
    here.operator.execute(AddMember("q-1", "w-9", "Một người"))
    here.desk(Role.WORKPLACE, "w-9").execute(Issue("q-1", "r-1", here.a_paper()))
    for scope in ("w-9", "d-1", "p"):
        found = here.operator.figures(scope)
        assert found.counts["referred"] == 1
        assert found.members == (25 if scope == "p" else 1)


# --- counted again by hand


@frozen
class Stood:
    """How a referral stood from a day on, as it was written down then."""

    on: date
    recorded_at: datetime
    state: str
    rated: tuple[int, str] | None
    late: bool


@define
class Told:
    """One referral of the story, kept by hand."""

    id: str
    workplace: str
    residence: str
    deadline: date
    rated: tuple[int, str] | None = None
    late: bool = False
    stood: list[Stood] = field(factory=list)


WHERE = (("w-1", "r-1"), ("w-1", "r-2"), ("w-2", "r-2"), ("w-1", "r-1"))
BEGIN = date(2013, 9, 20)
SCOPES = {
    None: {"w-1", "w-2"},
    "p": {"w-1", "w-2"},
    "w-1": {"w-1"},
    "w-2": {"w-2"},
    "r-1": {"r-1"},
    "r-2": {"r-2"},
}
DOINGS = (
    *["submit"] * 2,
    *["evaluate"] * 6,
    "return",
    "reissue",
    "reopen",
    "open_cycle",
    "suspend",
)
ENDINGS = ("end", "void")


class Story:
    """A random history, told through the face and kept by hand beside it."""

    def __init__(self) -> None:
        self.here = Province()
        self.here.clock.go_to(BEGIN)
        self.all: list[Told] = []
        for where in WHERE:
            self._issue(where)
        for told in self.all[:2]:
            self._does("submit", told, self.here.today, "")

    def happens(self, doing: str, which: int, days: int, back: int, rating: str) -> None:
        self.here.clock.pass_days(days)
        on = self.here.today - back * A_DAY
        self._does(doing, self.all[which], on, rating)

    def _issue(self, where: tuple[str, str]) -> None:
        here = self.here
        workplace, residence = where
        member = here.a_member(workplace)
        office = here.desk(Role.WORKPLACE, workplace)
        done = office.execute(Issue(member, residence, here.a_paper()))
        told = Told(done.stream, workplace, residence, here.today + 30 * A_DAY)
        self.all.append(told)
        self._note(told, here.today, "issued")
        here.clock.pass_days(1)

    def _does(self, doing: str, told: Told, on: date, rating: str) -> None:
        here, id = self.here, told.id
        office = here.desk(Role.WORKPLACE, told.workplace)
        ward = here.desk(Role.RESIDENCE, told.residence)
        asked = {
            "submit": (ward, Submit(id, here.number_of(id), on=on)),
            "return": (ward, ReturnPaper(id, WHY, on=on)),
            "reissue": (office, Reissue(id, here.a_paper(), on=on)),
            "evaluate": (ward, Evaluate(id, rating, CRITERIA, "Nhận xét.", WHY, on=on)),
            "reopen": (ward, Reopen(id, WHY, on=on)),
            "open_cycle": (here.superior, OpenCycle(id, on=on)),
            "suspend": (ward, Suspend(id, WHY, on=on)),
            "end": (office, End(id, "duty_over", on=on)),
            "void": (here.superior, Void(id, WHY, on=on)),
        }
        desk, command = asked[doing]
        try:
            state = str(desk.execute(command).value.state)
        except Refused:
            return
        if doing == "submit":
            told.late = on > told.deadline
        if doing == "reissue":
            told.deadline, told.late = on + 30 * A_DAY, False
        if doing in ("evaluate", "reopen"):
            told.rated = (on.year, rating) if doing == "evaluate" else None
        self._note(told, on, state)

    def _note(self, told: Told, on: date, state: str) -> None:
        told.stood.append(Stood(on, self.here.clock.now, state, told.rated, told.late))

    def counted(self, on: date, known: datetime | None, scope: str | None) -> tuple[int, ...]:
        """Count by hand: referred, late, acting well."""
        referred = late = well = 0
        for told in self.all:
            if not SCOPES[scope] & {told.workplace, told.residence}:
                continue
            there = [s for s in told.stood if s.on <= on and known_by(s, known)]
            if not there or there[-1].state == "void":
                continue
            last = there[-1]
            if last.state == "ended" and last.on.year != on.year:
                continue
            referred += 1
            late += last.late
            well += last.rated == (on.year, "good")
        return referred, late, well


def known_by(stood: Stood, known: datetime | None) -> bool:
    return known is None or stood.recorded_at <= known


A_DOING = st.tuples(
    st.sampled_from(DOINGS * 2 + ENDINGS),
    st.integers(0, len(WHERE) - 1),
    st.integers(0, 12),
    st.integers(0, 5),
    st.sampled_from(("good", "good", "fair", "weak")),
)
A_QUESTION = st.tuples(
    st.integers(20, 150), st.none() | st.integers(60, 200), st.sampled_from(list(SCOPES))
)


@given(
    doings=st.lists(A_DOING, min_size=12, max_size=40),
    questions=st.lists(A_QUESTION, min_size=10, max_size=20),
)
@settings(max_examples=50)
def test_figures_are_what_one_counts_by_hand(
    doings: list[tuple[str, int, int, int, str]],
    questions: list[tuple[int, int | None, str | None]],
) -> None:
    story = Story()
    for doing in doings:
        story.happens(*doing)
    here = story.here
    for days, knowledge, scope in questions:
        on = BEGIN + days * A_DAY
        known = None if knowledge is None else morning(BEGIN + knowledge * A_DAY)
        found = here.operator.figures(scope, on, known).counts
        expected = story.counted(on, known, scope)
        assert (found["referred"], found["late"], found["acts_well"]) == expected
