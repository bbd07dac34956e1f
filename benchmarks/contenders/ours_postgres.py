"""referral-flow on PostgreSQL, by its public face."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from referral_flow_postgres.store import PostgresStore

from benchmarks.contenders import office
from benchmarks.contenders.databases import database
from benchmarks.contenders.measuring import Seen, main, timed
from referral_flow import ReferralFlow
from referral_flow.ports import Accepted


class Nobody:
    """A notifier that does nothing."""

    def send(self, *_: object) -> Accepted:
        """Take a message."""
        return Accepted()


@contextmanager
def _opened() -> Iterator[ReferralFlow]:
    with database() as place:
        store = PostgresStore(place)
        store.migrate()
        with office.opened(store) as flow:
            yield flow


def durable(count: int) -> Seen:
    """Send papers back one by one, each in a transaction of its own."""
    with _opened() as flow:
        office.people(flow, count)
        commands = office.returns(flow, count)
        desk = flow.acting_as(office.WARD)

        def run() -> None:
            for command in commands:
                desk.execute(command)

        return timed(run, count)


def bulk(count: int) -> Seen:
    """Issue papers in batches."""
    with _opened() as flow:
        office.people(flow, count)
        commands = office.papers(count)
        desk = flow.acting_as(office.OFFICE)
        return timed(lambda: desk.execute_many(commands), count)


def deliver(count: int) -> Seen:
    """Deliver the messages of papers sent back, one for each."""
    with database() as place:
        store = PostgresStore(place)
        store.migrate()
        with office.opened(store, {"nobody": Nobody()}) as flow:
            office.people(flow, count)
            commands = office.returns(flow, count)
            while flow.deliver().accepted:
                pass
            flow.acting_as(office.WARD).execute_many(commands)
            waiting = flow.check().waiting
            seen = timed(flow.deliver, waiting)
            if waiting < count or flow.check().waiting:
                raise SystemExit(f"{waiting} messages before, {flow.check().waiting} after")
            return seen


if __name__ == "__main__":
    main({"durable": durable, "bulk": bulk, "deliver": deliver})
