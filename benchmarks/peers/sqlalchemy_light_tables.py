"""Tables for a lighter job: four short rows, with no index beside the primary keys."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


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
