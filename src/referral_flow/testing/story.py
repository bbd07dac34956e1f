"""A random story, told to a flow in memory and to one over the store that is tested.

After every step both must give the same: results, refusals, snapshots, histories, what is
found, worklists, figures, timers, and what was delivered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from referral_flow.commands import (
    Amend,
    Assign,
    End,
    Evaluate,
    Issue,
    OpenGroup,
    Paper,
    Reissue,
    Resume,
    ReturnPaper,
    Submit,
    Suspend,
    Void,
)
from referral_flow.engine.record import change
from referral_flow.ports import Outcome, Permanent, Quota, RetryAt, Store
from referral_flow.testing.store_clauses.rows import MakeStore
from referral_flow.testing.twins import DESKS, PEOPLE, Twins
from referral_flow.testing.versions import Versioned

WHY = "Có lý do."
CRITERIA = dict.fromkeys(("attendance", "contributions", "duties", "trust", "household"), "good")
A_DAY = date(2013, 3, 4)

numbers = st.integers(1, 4)
desks = st.sampled_from([desk for desk in DESKS if desk != "operator"])
steps_on: dict[str, Callable[[str, int], Any]] = {
    "submit": lambda id, n: Submit(id, f"{n}/GT"),
    "return": lambda id, _: ReturnPaper(id, WHY),
    "reissue": lambda id, n: Reissue(id, Paper(f"{n}/GT", A_DAY)),
    "suspend": lambda id, _: Suspend(id, WHY),
    "resume": lambda id, _: Resume(id),
    "amend": lambda id, n: Amend(id, WHY, deadline=A_DAY + timedelta(days=10 * n)),
    "evaluate": lambda id, _: Evaluate(id, "good", CRITERIA, "Nhận xét."),
    "end": lambda id, _: End(id, "moved_workplace", WHY),
    "void": lambda id, _: Void(id, WHY),
}
"""What may be asked of a referral; most of it is refused in most states, as it should be."""

outcomes = st.lists(
    st.sampled_from(["busy", "busy channel", "never", "full", "raises"]), max_size=4
)


class Story(RuleBasedStateMachine):
    """The rules by which a story goes on; `open_store` opens its store, also a second time."""

    reopens: ClassVar[bool] = False
    streams: Bundle[str] = Bundle("streams")

    def __init__(self, open_store: Callable[[], Store]) -> None:
        super().__init__()
        self._open_store = open_store
        self._twins: Twins | None = None
        self._asked: list[tuple[str, Any, str]] = []
        self._known: list[str] = []
        self._group = ""

    @property
    def twins(self) -> Twins:
        """Give the two flows, which the first step makes."""
        assert self._twins is not None
        return self._twins

    @initialize(target=streams, messages=st.sampled_from(["at once", "respectful"]))
    def begin(self, messages: str) -> Any:
        """Open both flows; four papers are issued, three submitted, two members in a group."""
        self._twins = Twins(self._open_store, messages)
        today = self._twins.clock.now.date()
        papers = [Paper(f"begun-{number}/GT", today) for number in range(4)]
        issued = [
            self._made(self._do("office", Issue(PEOPLE[n], "r-1", paper)).gave)
            for n, paper in enumerate(papers)
        ]
        self._group = self._made(self._do("ward", OpenGroup("r-1", "v-1", None, "Nhóm")).gave)
        for stream, paper in list(zip(issued, papers, strict=True))[:3]:
            assert self._do("ward", Submit(stream, paper.number)).gave
        for stream in issued[:2]:
            assert self._do("ward", Assign(stream, self._group)).gave
        return multiple(*issued)

    def _do(self, desk: str, command: Any, expected_version: int | None = None) -> Any:
        command_id = f"asked-{len(self._asked)}"
        self._asked.append((desk, command, command_id))
        return self.twins.do(desk, command, command_id, expected_version)

    # --- commands

    @rule(target=streams, member=st.sampled_from(PEOPLE), number=numbers, to=st.integers(1, 2))
    def issue(self, member: str, number: int, to: int) -> Any:
        """Issue a paper; its number and its member may be taken already."""
        paper = Paper(f"{number}/GT", self.twins.clock.now.date())
        met = self._do("office", Issue(member, f"r-{to}", paper))
        return self._made(met.gave)

    @rule(leader=st.sampled_from(PEOPLE))
    def open_group(self, leader: str) -> None:
        """Open another group in the first ward; whoever is assigned from then on goes there."""
        met = self._do("ward", OpenGroup("r-1", "v-1", leader, "Nhóm"))
        if met.gave is not None:
            self._group = self._made(met.gave)

    def _made(self, done: Any) -> Any:
        if done is None:
            return multiple()
        self._known.append(done.stream)
        return done.stream

    @rule(
        stream=streams,
        what=st.sampled_from(sorted(steps_on)),
        desk=desks,
        number=numbers,
        seen=st.none() | st.integers(1, 3),
    )
    def ask(self, stream: str, what: str, desk: str, number: int, seen: int | None) -> None:
        """Ask something of a referral, at some desk, perhaps by a version seen before."""
        self._do(desk, steps_on[what](stream, number), seen)

    @rule(stream=streams)
    def take_the_next_step(self, stream: str) -> None:
        """Submit a paper by its own number: else few stories would come far."""
        found = self.twins.both(lambda flow: flow.acting_as(DESKS["superior"]).get(stream)).gave
        if found is not None:
            desk = "ward" if found.residence == "r-1" else "other ward"
            self._do(desk, Submit(stream, found.paper.number))

    @rule(stream=streams)
    def assign(self, stream: str) -> None:
        """Put somebody into a group: two streams in one batch."""
        self._do("ward", Assign(stream, self._group))

    @rule(which=st.integers(0, 30))
    def repeat(self, which: int) -> None:
        """Send a command again under its id: nothing happens twice."""
        if self._asked:
            desk, command, command_id = self._asked[which % len(self._asked)]
            self.twins.do(desk, command, command_id)

    @rule(which=st.integers(0, 30))
    def reuse(self, which: int) -> None:
        """Use the id of a command for another one."""
        if self._asked:
            desk, command, command_id = self._asked[which % len(self._asked)]
            other = change(command, late_reason="Đi vắng.")
            self.twins.do(desk, other, command_id)

    @rule(chosen=st.lists(st.tuples(st.sampled_from(PEOPLE), numbers), max_size=5))
    def issue_many(self, chosen: list[tuple[str, int]]) -> None:
        """Issue several papers in one batch; those that clash are refused by row."""
        today, begun = self.twins.clock.now.date(), len(self._asked)
        commands = [Issue(member, "r-1", Paper(f"{n}/GT", today)) for member, n in chosen]
        keyed = [(command, f"many-{begun}-{n}") for n, command in enumerate(commands)]
        self._asked += [("office", command, key) for command, key in keyed]
        self.twins.both(lambda flow: flow.acting_as(DESKS["office"]).execute_many(keyed))

    # --- what happens by itself

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 9, 24 * 40]))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.twins.clock.tick(timedelta(hours=hours))

    @rule(limit=st.none() | numbers)
    def tick(self, limit: int | None) -> None:
        """Fire the timers that are due."""
        self.twins.both(lambda flow: flow.tick(limit))

    @rule(given=outcomes, limit=st.none() | numbers)
    def deliver(self, given: list[str], limit: int | None) -> None:
        """Deliver by a notifier that fails now and then."""
        self.twins.deliver([self._outcome(each) for each in given], limit)

    def _outcome(self, name: str) -> Outcome | Exception:
        later = self.twins.clock.now + timedelta(minutes=30)
        made: dict[str, Outcome | Exception] = {
            "busy": RetryAt(later, "busy"),
            "busy channel": RetryAt(None, "busy", channel=True),
            "never": Permanent("no such number"),
            "full": Quota(later),
            "raises": OSError("the line is dead"),
        }
        return made[name]

    @rule(again=st.booleans())
    def take_up_a_dead_letter(self, again: bool) -> None:
        """Send the first dead letter again, or give it up."""
        page = self.twins.both(lambda flow: flow.dead_letters(limit=1)).gave
        for letter in page.items:
            self.twins.both(
                lambda flow, id=letter.id: flow.send_again(id) if again else flow.drop(id, WHY)  # type: ignore[misc]
            )

    @rule()
    def reopen(self) -> None:
        """Close the store and open it again, where it is one that stays."""
        if self.reopens:
            self.twins.reopen()

    @rule()
    def look(self) -> None:
        """Compare what is found, and figures at past days."""
        self.twins.compare_figures()

    # --- what must be the same

    @invariant()
    def both_stand_alike(self) -> None:
        """Compare what both say of themselves, and one stream after the other."""
        if self._twins is not None:
            self.twins.compare()

    def teardown(self) -> None:
        """Compare everything once more, and verify the store."""
        if self._twins is not None:
            self._twins.compare_streams(self._known)
            self._twins.compare_figures()
            self._twins.close()


def play_stories(
    make_store: MakeStore, stories: int = 10, steps: int = 30, shorten: bool = True
) -> None:
    """Tell random stories to stores of `make_store`, each a new one; raises AssertionError.

    Hypothesis shortens a story that goes wrong, and prints it as lines of Python; that takes
    a while, and `shorten=False` does without.
    """
    numbered = count(1)
    probe = make_store("story_0")
    durable = "durable" in probe.capabilities
    probe.close()

    class Told(Story):
        reopens = durable

        def __init__(self) -> None:
            where = f"story_{next(numbered)}"
            super().__init__(lambda: make_store(where))

    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=stories,
            stateful_step_count=steps,
            deadline=None,
            report_multiple_bugs=False,
            phases=[phase for phase in Phase if shorten or phase is not Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


class StoryClauses(Versioned):
    """Random commands do in a store what they do in memory; needs `make_store`."""

    stories: ClassVar[int] = 10
    steps: ClassVar[int] = 30

    def test_random_stories_go_as_they_do_in_memory(self, make_store: MakeStore) -> None:
        play_stories(make_store, self.stories, self.steps)
