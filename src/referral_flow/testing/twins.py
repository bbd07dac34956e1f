"""Two flows that are told the same: one in memory, one over the store that is tested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from referral_flow.application.flow import ReferralFlow
from referral_flow.commands import AddCommittee, AddMember, AddVenue
from referral_flow.domain.people import CommitteeKind, Role
from referral_flow.engine.actor import Actor
from referral_flow.errors import ConcurrencyError, ReferralFlowError, Refused
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.plugin_host import Choice
from referral_flow.ports import Outcome, Store
from referral_flow.stores.memory import MemoryStore
from referral_flow.testing.clocks import MovableClock

PEOPLE = tuple(f"m-{number}" for number in range(1, 7))
DESKS = {
    "office": Actor("u-1", Role.WORKPLACE, "w-1"),
    "ward": Actor("u-2", Role.RESIDENCE, "r-1"),
    "other ward": Actor("u-3", Role.RESIDENCE, "r-2"),
    "superior": Actor("u-4", Role.SUPERIOR, "p"),
    "operator": Actor("u-5", Role.OPERATOR),
}
REGISTER = (
    AddCommittee("p", CommitteeKind.SUPERIOR, "Tỉnh"),
    AddCommittee("w-1", CommitteeKind.WORKPLACE, "Cơ quan", "p"),
    AddCommittee("r-1", CommitteeKind.RESIDENCE, "Phường", "p"),
    AddCommittee("r-2", CommitteeKind.RESIDENCE, "Xã", "p"),
    AddVenue("v-1", "Nhà văn hóa", "r-1", 30),
    *(AddMember(id, "w-1", f"Đồng chí {id}") for id in PEOPLE),
)


class Met(NamedTuple):
    """How a call ended: what it gave, or the error that it raised."""

    gave: Any = None
    error: str = ""
    reasons: tuple[Any, ...] = ()


class Twins:
    """Do everything twice, and raise AssertionError where the two differ."""

    def __init__(self, open_store: Callable[[], Store], messages: str) -> None:
        self.clock = MovableClock()
        self.memory, self.tested = RecordingNotifier(), RecordingNotifier()
        self._open_store, self._messages = open_store, messages
        self._flows = (self._flow(MemoryStore(), self.memory), self._opened())
        for number, command in enumerate(REGISTER):
            self.do("operator", command, f"register-{number}")

    def _opened(self) -> ReferralFlow:
        return self._flow(self._open_store(), self.tested)

    def _flow(self, store: Store, notifier: RecordingNotifier) -> ReferralFlow:
        return ReferralFlow(
            store,
            notifiers={"recorder": notifier},
            clock=self.clock,
            messages=self._messages,
            plugins=Choice.NONE,
        )

    # --- what is told to both

    def both(self, ask: Callable[[ReferralFlow], Any]) -> Met:
        """Call for each flow; give how it ended, which must be the same."""
        expected, found = (_met(ask, flow) for flow in self._flows)
        assert found == expected, f"in memory {expected}, in the store {found}"
        return found

    def do(
        self, desk: str, command: Any, command_id: str, expected_version: int | None = None
    ) -> Met:
        """Carry out a command at a desk."""
        return self.both(
            lambda flow: flow.acting_as(DESKS[desk]).execute(command, command_id, expected_version)
        )

    def deliver(self, outcomes: Sequence[Outcome | Exception], limit: int | None) -> Met:
        """Deliver to notifiers that answer like this, and then accept."""
        for notifier in (self.memory, self.tested):
            notifier.outcomes[:] = outcomes
        met = self.both(lambda flow: flow.deliver(limit))
        assert self.tested.sent == self.memory.sent
        return met

    def reopen(self) -> None:
        """Close the store that is tested, and open it again."""
        self._flows[1].close()
        self._flows = (self._flows[0], self._opened())

    # --- what must be the same

    def compare(self) -> None:
        """Compare what both say of themselves, and what waits for whom."""
        self.both(_standing)
        self.both(lambda flow: flow.tick(dry_run=True))
        self.both(lambda flow: flow.dead_letters(limit=3))
        for desk in ("office", "ward"):
            self.both(lambda flow, d=desk: flow.acting_as(DESKS[d]).worklist())  # type: ignore[misc]

    def compare_streams(self, streams: Sequence[str]) -> None:
        """Compare streams as they stand, with their histories."""
        for stream in streams:
            for desk in ("office", "ward"):
                actor = DESKS[desk]
                self.both(lambda flow, s=stream, a=actor: flow.acting_as(a).get(s))  # type: ignore[misc]
                self.both(lambda flow, s=stream, a=actor: flow.acting_as(a).history(s))  # type: ignore[misc]

    def compare_figures(self) -> None:
        """Compare pages of what is found, and figures at past days."""
        for kind in ("referral", "group"):
            self._compare_pages(kind)
        for days in (0, 1, 20, 200):
            then = self.clock.now - timedelta(days=days)
            for known in (None, then):
                self.both(
                    lambda flow, t=then, k=known: flow.acting_as(DESKS["superior"]).figures(  # type: ignore[misc]
                        "p", t.date(), k
                    )
                )

    def _compare_pages(self, kind: str) -> None:
        after = None
        while True:
            page = self.both(
                lambda flow, a=after: flow.acting_as(DESKS["superior"]).find(  # type: ignore[misc]
                    kind=kind, after=a, limit=3
                )
            ).gave
            after = None if page is None else page.after
            if after is None:
                return

    def close(self) -> None:
        """Verify the store that was tested, and close both."""
        assert self._flows[1].verify().faults == ()
        for flow in self._flows:
            flow.close()


def _met(ask: Callable[[ReferralFlow], Any], flow: ReferralFlow) -> Met:
    try:
        return Met(ask(flow))
    except Refused as refused:
        return Met(None, refused.code, refused.refusals)
    except ConcurrencyError as lost:
        return Met(None, lost.code, (lost.data.get("stream"),))
    except ReferralFlowError as error:
        return Met(None, error.code)


def _standing(flow: ReferralFlow) -> tuple[Any, ...]:
    state = flow.check()
    counts = (state.streams, state.events, state.timers, state.waiting, state.parked)
    return (*counts, state.oldest, dict(state.runs), dict(flow.queues()))
