"""SQLAlchemy's ORM with transitions: the same rows as ours, and fewer of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, create_engine, event, func, insert, select
from sqlalchemy.orm import DeclarativeBase, Session
from transitions import Machine

from benchmarks.contenders.measuring import Seen, main, timed
from benchmarks.contenders.sent_back import (
    WARD,
    Asked,
    ReturnPaper,
    asked,
    handed_in,
    returned,
    rows_of,
)
from benchmarks.peers import sqlalchemy_light_tables as light
from benchmarks.peers.sqlalchemy_tables import Base, Command, Event, Message, Referral, Words

_RETURNING = {
    "trigger": "return_paper",
    "source": "submitted",
    "dest": "returned",
    "conditions": [
        "residence_asks",
        "not_in_future",
        "not_before_last_step",
        "not_too_far_back",
        "reason_given",
    ],
}
_SUBMITTING = {
    "trigger": "submit",
    "source": "issued",
    "dest": "submitted",
    "conditions": "number_matches",
}


def _machine(transition: dict[str, Any]) -> Machine:
    """Make one machine for all referrals; each joins it while a command is done to it."""
    return Machine(
        model=None,
        states=[transition["source"], transition["dest"]],
        initial=transition["source"],
        transitions=[transition],
        auto_transitions=False,
    )


@contextmanager
def _joined(machine: Machine, referral: Any) -> Iterator[None]:
    machine.add_model(referral, initial=referral.state)
    try:
        yield
    finally:
        machine.remove_model(referral)


@contextmanager
def _opened(tables: type[DeclarativeBase]) -> Iterator[Engine]:
    """Give a new database with the tables, in WAL, whose commits are on the disk."""
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 's.db'}")

        @event.listens_for(engine, "connect")
        def pragmas(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

        tables.metadata.create_all(engine)
        yield engine
        engine.dispose()


def _return(engine: Engine, machine: Machine, asked: Asked) -> None:
    """Send a paper back, in a transaction of its own."""
    with Session(engine) as session, session.begin():
        referral: Any = session.get_one(Referral, asked.command.referral)
        with _joined(machine, referral):
            if not referral.return_paper(asked):
                raise ValueError
        referral.data = returned(referral.facts, asked)
        rows = rows_of(asked, referral.version + 1, referral)
        session.add_all(
            (
                Command(**rows.command),
                Event(**rows.event),
                Words(**rows.words),
                Message(**rows.message),
            )
        )


def durable(count: int) -> Seen:
    """Load, fire, and write the five rows in one transaction."""
    with _opened(Base) as engine:
        machine, commands = _machine(_RETURNING), _filled(engine, count)

        def run() -> None:
            for command in commands:
                _return(engine, machine, asked(command, WARD))

        seen = timed(run, count)
        _check(engine, count)
        return seen


def _filled(engine: Engine, count: int) -> list[ReturnPaper]:
    """Write papers that are handed in, and give the command that sends each back."""
    earlier = [handed_in(n) for n in range(count)]
    # Through the class of a referral each would begin with version 1.
    with engine.begin() as connection:
        connection.execute(insert(Referral.__table__), [each.stream for each in earlier])
        for table, rows in (
            (Command, [row for each in earlier for row in each.commands]),
            (Event, [row for each in earlier for row in each.events]),
            (Message, [row for each in earlier for row in each.messages]),
        ):
            connection.execute(insert(table.__table__), rows)
    return [ReturnPaper(each.stream["id"], "sai số giấy") for each in earlier]


def _check(engine: Engine, count: int) -> None:
    done = select(func.count()).where(Referral.state == "returned", Referral.version == 3)
    with Session(engine) as session:
        assert session.scalar(done) == count
        for table, each in ((Command, 3), (Event, 3), (Words, 1), (Message, 4)):
            assert session.scalar(select(func.count()).select_from(table)) == each * count


def durable_light(count: int) -> Seen:
    """Load, fire, and write state, history, message and command in one transaction."""
    with _opened(light.Base) as engine:
        machine = _machine(_SUBMITTING)
        with Session(engine) as session, session.begin():
            session.add_all(
                light.Referral(id=f"{n:036}", state="issued", number=f"{n}/GT", member=f"m-{n}")
                for n in range(count)
            )

        def run() -> None:
            for n in range(count):
                _submit(engine, machine, n)

        seen = timed(run, count)
        with Session(engine) as session:
            for table in (light.Referral, light.Event, light.Outbox, light.Asked):
                assert session.scalar(select(func.count()).select_from(table)) == count
            done = select(func.count()).where(light.Referral.state == "submitted")
            assert session.scalar(done) == count
        return seen


def _submit(engine: Engine, machine: Machine, n: int) -> None:
    with Session(engine) as session, session.begin():
        referral: Any = session.get_one(light.Referral, f"{n:036}")
        with _joined(machine, referral):
            if not referral.submit(f"{n}/GT"):
                raise ValueError
        happened = json.dumps({"late_by": 0}).encode()
        session.add_all(
            (
                light.Event(stream=referral.id, version=2, type="submitted", data=happened),
                light.Outbox(key=f"{n}/2", data=json.dumps({"to": "w-2"}).encode()),
                light.Asked(id=f"scan-{n}"),
            )
        )


if __name__ == "__main__":
    main({"durable": durable, "durable_light": durable_light})
