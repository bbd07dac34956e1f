"""eventsourcing: aggregates and an application over its SQLite recorder.

Its notification log is its outbox, as its documentation says: a message is not a row of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import IntegrityError

from benchmarks.contenders.measuring import Seen, main, timed
from benchmarks.contenders.sent_back import WARD, Asked, ReturnPaper, asked, today


class Referral(Aggregate):
    """A referral whose guards are written in its commands."""

    @event("Issued")
    def __init__(self, member: str, number: str, residence: str, on: str) -> None:
        self.member = member
        self.number = number
        self.residence = residence
        self.last_step = on
        self.state = "issued"

    def submit(self, number: str) -> None:
        """Hand the paper in; refuse another one."""
        if self.state != "issued" or number != self.number:
            raise ValueError
        self._submitted(0, today().isoformat())

    @event("Submitted")
    def _submitted(self, late_by: int, on: str) -> None:
        self.late_by = late_by
        self.last_step = on
        self.state = "submitted"

    def return_paper(self, asked: Asked) -> None:
        """Send the paper back, if the committee that receives asks for it, and says why."""
        if self.state != "submitted":
            raise ValueError
        if not (asked.comes_from(self.residence) and asked.reason_given):
            raise ValueError
        if not (asked.not_in_future and asked.not_before(self.last_step)):
            raise ValueError
        if not asked.not_too_far_back:
            raise ValueError
        self._returned(asked.command.reason, asked.on.isoformat())

    @event("Returned")
    def _returned(self, reason: str, on: str) -> None:
        self.reason = reason
        self.last_step = on
        self.state = "returned"


def _issued(n: int) -> Referral:
    return Referral(f"m-{n}", f"{n}/GT", WARD.committee, today().isoformat())


class Command(Aggregate):
    """A command that was done; its id is made of the command's, so there is no second one."""

    @event("Done")
    def __init__(self, name: str) -> None:
        self.name = name

    @staticmethod
    def create_id(name: str) -> UUID:
        """Make the id."""
        return uuid5(NAMESPACE_URL, f"/commands/{name}")


class Referrals(Application[UUID]):
    """Loads, changes, saves."""

    def hand_in(self, n: int) -> UUID:
        """Issue a paper and take it, each saved by itself."""
        referral = _issued(n)
        self.save(referral)
        referral.submit(f"{n}/GT")
        self.save(referral)
        return referral.id

    def return_paper(self, asked: Asked) -> None:
        """Send a paper back."""
        self.save(self._returned(asked))

    def return_once(self, asked: Asked, command: str) -> None:
        """Send a paper back; raises IntegrityError when the command was done before."""
        self.save(self._returned(asked), Command(command))

    def _returned(self, asked: Asked) -> Referral:
        referral: Referral = self.repository.get(UUID(bytes=asked.command.referral))
        referral.return_paper(asked)
        return referral


def _application(folder: str) -> Referrals:
    return Referrals(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(Path(folder) / "e.db"),
        }
    )


def durable(count: int) -> Seen:
    """Load by replay, decide and save one event; a command done twice is not known as such."""

    def each(referrals: Referrals, _n: int, command: ReturnPaper) -> None:
        referrals.return_paper(asked(command, WARD))

    return _durable(count, each, 3)


def durable_once(count: int) -> Seen:
    """Save the event together with the command, so that the command cannot be done twice."""

    def each(referrals: Referrals, n: int, command: ReturnPaper) -> None:
        referrals.return_once(asked(command, WARD), f"scan-{n}")

    def check(referrals: Referrals) -> None:
        id = referrals.hand_in(count)
        try:
            each(referrals, 0, _return(id))
        except IntegrityError:
            assert referrals.repository.get(id).state == "submitted"
            return
        raise AssertionError

    return _durable(count, each, 4, check)


def _return(id: UUID) -> ReturnPaper:
    return ReturnPaper(id.bytes, "sai số giấy")


def _durable(
    count: int,
    each: Callable[[Referrals, int, ReturnPaper], None],
    events: int,
    check: Callable[[Referrals], None] = lambda _: None,
) -> Seen:
    """Send papers back one by one; `events` is how many are kept of each in the end."""
    with TemporaryDirectory() as folder:
        referrals = _application(folder)
        ids = [referrals.hand_in(n) for n in range(count)]
        commands = [_return(id) for id in ids]

        def run() -> None:
            for n, command in enumerate(commands):
                each(referrals, n, command)

        seen = timed(run, count)
        assert referrals.recorder.max_notification_id() == events * count
        assert all(referrals.repository.get(id).state == "returned" for id in ids)
        check(referrals)
        referrals.close()
        return seen


def bulk(count: int) -> Seen:
    """Save many new aggregates at once, five hundred a time."""
    with TemporaryDirectory() as folder:
        referrals = _application(folder)

        def run() -> None:
            for first in range(0, count, 500):
                referrals.save(*(_issued(n) for n in range(first, first + 500)))

        seen = timed(run, count)
        referrals.close()
        return seen


if __name__ == "__main__":
    main({"durable": durable, "durable_once": durable_once, "bulk": bulk})
