"""What a host brings to its contract, and the flow that the clauses use inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar, cast

import pytest

from referral_flow import Actor, CommitteeKind, Desk, Paper, ReferralFlow, Role, hookimpl
from referral_flow.commands import AddCommittee, AddMember, Issue
from referral_flow.hooks import Committed
from referral_flow.ports import Store
from referral_flow.testing.host_clauses.stale import StaleWhenJoined

T = TypeVar("T")

NOW = datetime(2013, 3, 1, 2, tzinfo=UTC)
PAPER = "15/GT"
SCAN = "scan-881"
WARD = Actor("u-9", Role.RESIDENCE, "r-7")
OFFICE = Actor("u-1", Role.WORKPLACE, "w-2")


class Inside(Protocol):
    """What a piece of an application's work has in hand while its transaction is open."""

    @property
    def connection(self) -> Any:
        """Give what `flow.within` is given."""

    def add(self, text: str) -> None:
        """Add a row to the application's own table, in the transaction."""

    def undone(self, work: Callable[[], object]) -> None:
        """Do work in a savepoint, and roll that savepoint back."""


class Application(Protocol):
    """An embedder, written with the framework whose transactions are tried."""

    to_type: str
    """What NoTransaction must tell people to type."""
    tells: bool
    """Whether observers hear by the commit alone; otherwise `announce` is called after it."""

    def run(self, work: Callable[[Inside], T]) -> T:
        """Do work in a transaction: commit it, or roll it back for what the work raises."""

    def run_bare(self, work: Callable[[Any], T]) -> T:
        """Do work with what `within` is given, but with no transaction open."""

    def cut_off(self, work: Callable[[Inside], object]) -> None:
        """Do work in a transaction that is cut off after it, before the commit.

        A task is cancelled there, and what is not asynchronous is interrupted; the
        framework's own way out of the transaction is taken.
        """

    def committed(self) -> list[str]:
        """Give the application's rows as another connection sees them, in order."""

    def close(self) -> None:
        """Let go of every connection."""


class Observer:
    """Keeps the names of the commands that it hears of."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def referral_flow_committed(self, record: Committed) -> None:
        """Note one."""
        self.heard.append(record.command)


class Embedded:
    """A flow with two committees and one referral, and the application that it is part of."""

    def __init__(self, store: Store, host: Application) -> None:
        self.host = host
        self.observer = Observer()
        self.store = store
        self.flow = self._flow(store)
        operator = self.flow.acting_as(Actor("u-0", Role.OPERATOR))
        operator.execute(AddCommittee("w-2", CommitteeKind.WORKPLACE, "Cơ quan"))
        operator.execute(AddCommittee("r-7", CommitteeKind.RESIDENCE, "Phường"))
        operator.execute(AddMember("m-1", "w-2", "Đồng chí số 1"))
        self.office = self.flow.acting_as(OFFICE)
        self.ward = self.flow.acting_as(WARD)
        issue = Issue("m-1", residence="r-7", paper=Paper(PAPER, NOW.date()))
        self.id = self.office.execute(issue).stream
        self.heard = self.observer.heard
        self.heard.clear()

    def late(self) -> ReferralFlow:
        """Give the same flow, but others win every race against it inside a transaction."""
        return self._flow(cast("Store", StaleWhenJoined(self.store)))

    def inside(self, inside: Inside, flow: ReferralFlow | None = None) -> Desk:
        """Give the desk of the ward in the transaction of the application."""
        return self.joined(inside, flow).acting_as(WARD)

    def joined(self, inside: Inside, flow: ReferralFlow | None = None) -> ReferralFlow:
        """Give the flow in the transaction of the application."""
        self.last = (flow or self.flow).within(inside.connection)
        return self.last

    def announce(self) -> None:
        """Call `announce` after the commit, where the host does not tell by itself."""
        if not self.host.tells:
            self.last.announce()

    def state(self) -> str:
        """Give the state of the referral as it is committed."""
        return str(self.office.get(self.id).state)

    def versions(self) -> list[int]:
        """Give the versions of the referral's events as they are committed."""
        return [entry.version for entry in self.office.history(self.id)]

    def _flow(self, store: Store) -> ReferralFlow:
        return ReferralFlow(store, clock=lambda: NOW, plugins=[self.observer])


class WithApplication:
    """Bring the fixture `embedded`, of the author's `store` and `host`."""

    @pytest.fixture
    def embedded(self, store: Store, host: Application) -> Iterator[Embedded]:
        assert store.check().streams == 0
        yield Embedded(store, host)
        host.close()
        store.close()
