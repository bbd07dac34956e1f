"""SQLAlchemy's ORM with transitions: version, history, outbox, command row."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import LargeBinary, String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, reconstructor
from transitions import Machine

from benchmarks.contenders.measuring import Seen, main, timed

ROWS: list[dict[str, Any]] = [
    {"trigger": "submit", "source": "issued", "dest": "submitted", "conditions": "number_matches"},
]


class Base(DeclarativeBase):
    """Every table."""


class Referral(Base):
    """A referral, compared and set by its version."""

    __tablename__ = "referral"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column()
    state: Mapped[str]
    number: Mapped[str]
    member: Mapped[str]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - as its documentation has it

    @reconstructor
    def machine(self) -> None:
        """Give a loaded referral its machine, in the state in which it is."""
        Machine(
            self,
            states=["issued", "submitted"],
            initial=self.state,
            transitions=ROWS,
            auto_transitions=False,
        )

    def number_matches(self, number: str) -> bool:
        """Say whether it is the paper that was issued."""
        return number == self.number


class Event(Base):
    """What has happened."""

    __tablename__ = "event"
    stream: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Outbox(Base):
    """What is to be sent."""

    __tablename__ = "outbox"
    key: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Asked(Base):
    """Commands that were done."""

    __tablename__ = "command"
    id: Mapped[str] = mapped_column(primary_key=True)


def durable(count: int) -> Seen:
    """Load, fire, and write state, history, message and command in one transaction."""
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 's.db'}")

        @event.listens_for(engine, "connect")
        def pragmas(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")

        Base.metadata.create_all(engine)
        with Session(engine) as session, session.begin():
            session.add_all(
                Referral(id=f"{n:036}", state="issued", number=f"{n}/GT", member=f"m-{n}")
                for n in range(count)
            )

        def run() -> None:
            for n in range(count):
                with Session(engine) as session, session.begin():
                    referral: Any = session.get(Referral, f"{n:036}")
                    referral.submit(f"{n}/GT")
                    happened = json.dumps({"late_by": 0}).encode()
                    session.add(
                        Event(stream=referral.id, version=2, type="submitted", data=happened)
                    )
                    session.add(Outbox(key=f"{n}/2", data=json.dumps({"to": "w-2"}).encode()))
                    session.add(Asked(id=f"scan-{n}"))

        seen = timed(run, count)
        engine.dispose()
        return seen


if __name__ == "__main__":
    main({"durable": durable})
