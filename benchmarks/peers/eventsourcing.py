"""eventsourcing: an aggregate and an application over its SQLite recorder."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.contenders.measuring import Seen, main, timed


class Referral(Aggregate):
    """A referral whose guard is written in its command."""

    @event("Issued")
    def __init__(self, member: str, number: str) -> None:
        self.member = member
        self.number = number
        self.state = "issued"

    def submit(self, number: str) -> None:
        """Hand the paper in; refuse another one."""
        if self.state != "issued" or number != self.number:
            raise ValueError
        self._submitted(0)

    @event("Submitted")
    def _submitted(self, late_by: int) -> None:
        self.late_by = late_by
        self.state = "submitted"


class Referrals(Application[UUID]):
    """Loads, changes, saves."""

    def issue(self, member: str, number: str) -> UUID:
        """Issue a paper."""
        referral = Referral(member, number)
        self.save(referral)
        return referral.id

    def submit(self, id: UUID, number: str) -> None:
        """Hand a paper in."""
        referral: Referral = self.repository.get(id)
        referral.submit(number)
        self.save(referral)


def _application(folder: str) -> Referrals:
    return Referrals(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(Path(folder) / "e.db"),
        }
    )


def durable(count: int) -> Seen:
    """Load by replay, decide and save one event; it has no message and no command row."""
    with TemporaryDirectory() as folder:
        referrals = _application(folder)
        ids = [referrals.issue(f"m-{n}", f"{n}/GT") for n in range(count)]

        def run() -> None:
            for n, id in enumerate(ids):
                referrals.submit(id, f"{n}/GT")

        seen = timed(run, count)
        referrals.close()
        return seen


def bulk(count: int) -> Seen:
    """Save many new aggregates at once, five hundred a time."""
    with TemporaryDirectory() as folder:
        referrals = _application(folder)

        def run() -> None:
            for first in range(0, count, 500):
                referrals.save(*(Referral(f"m-{n}", f"{n}/GT") for n in range(first, first + 500)))

        seen = timed(run, count)
        referrals.close()
        return seen


if __name__ == "__main__":
    main({"durable": durable, "bulk": bulk})
