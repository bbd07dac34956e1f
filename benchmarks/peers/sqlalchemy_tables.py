"""The tables of ours as SQLAlchemy's mapped classes: the same columns, the same indexes."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import Index, LargeBinary, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.contenders.sent_back import Asked, facts_of

_STRICT = {"sqlite_strict": True}
_BY_KEY = {"sqlite_strict": True, "sqlite_with_rowid": False}


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where))


class Base(DeclarativeBase):
    """Every table; a strict one takes no VARCHAR."""

    type_annotation_map = {str: Text(), bytes: LargeBinary()}  # noqa: RUF012 - as its documentation has it


class Referral(Base):
    """A referral as it stands, compared and set by its version."""

    __tablename__ = "stream"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int] = mapped_column()
    state: Mapped[str]
    requester: Mapped[str | None]
    owner: Mapped[str | None]
    mark: Mapped[str]
    due: Mapped[int | None]
    data: Mapped[bytes]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - as its documentation has it
    __table_args__ = (
        _partial("stream_owner", "owner", "kind", "id", "state", "due", where="owner IS NOT NULL"),
        _partial(
            "stream_requester",
            *("requester", "kind", "id", "state", "due"),
            where="requester IS NOT NULL",
        ),
        _partial("stream_due", "kind", "id", "due", where="due IS NOT NULL"),
        _STRICT,
    )

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Give its snapshot, read once."""
        return facts_of(self.data)

    def residence_asks(self, asked: Asked) -> bool:
        """Say whether the committee that receives asks."""
        return asked.comes_from(self.owner)

    def reason_given(self, asked: Asked) -> bool:
        """Say whether a reason is given in words."""
        return asked.reason_given

    def not_in_future(self, asked: Asked) -> bool:
        """Say whether the day has come."""
        return asked.not_in_future

    def not_before_last_step(self, asked: Asked) -> bool:
        """Say whether the day is not before the last change of state."""
        return asked.not_before(self.facts["timeline"]["last_step"])

    def not_too_far_back(self, asked: Asked) -> bool:
        """Say whether the day is within the limit, or a reason is given for it."""
        return asked.not_too_far_back


class Event(Base):
    """What has happened."""

    __tablename__ = "event"
    stream: Mapped[bytes] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    recorded_at: Mapped[int]
    day: Mapped[str]
    type: Mapped[str]
    was: Mapped[str | None]
    now: Mapped[str | None]
    was_mark: Mapped[str]
    mark: Mapped[str]
    requester: Mapped[str | None]
    owner: Mapped[str | None]
    command: Mapped[bytes]
    data: Mapped[bytes]
    hash: Mapped[bytes]
    kind: Mapped[str]
    left_requester: Mapped[str | None]
    left_owner: Mapped[str | None]
    __table_args__ = (
        _partial(
            "event_requester",
            *("kind", "requester", "now", "left_requester", "was", "was_mark", "mark", "day"),
            "recorded_at",
            where="now IS NOT NULL",
        ),
        _partial(
            "event_owner",
            *("kind", "owner", "now", "left_requester", "was", "was_mark", "mark", "day"),
            *("recorded_at", "requester"),
            where="now IS NOT NULL AND owner IS NOT NULL",
        ),
        _partial(
            "event_left_requester",
            *("left_requester", "kind", "day"),
            where="left_requester IS NOT NULL",
        ),
        _partial("event_left_owner", "left_owner", "kind", "day", where="left_owner IS NOT NULL"),
        _BY_KEY,
    )


class Words(Base):
    """The words of an event, which can be erased."""

    __tablename__ = "words"
    stream: Mapped[bytes] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
    data: Mapped[bytes]
    __table_args__ = _BY_KEY


class Command(Base):
    """Commands that were done."""

    __tablename__ = "command"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    at: Mapped[int]
    ranges: Mapped[bytes]
    __table_args__ = _BY_KEY


class Message(Base):
    """What is to be sent."""

    __tablename__ = "outbox"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    stream: Mapped[bytes]
    version: Mapped[int]
    position: Mapped[int]
    notifier: Mapped[str]
    kind: Mapped[str]
    key: Mapped[str]
    data: Mapped[bytes]
    tries: Mapped[int]
    due: Mapped[int]
    lease: Mapped[bytes | None]
    state: Mapped[str]
    error: Mapped[str | None]
    lease_until: Mapped[int | None]
    recipient: Mapped[str]
    __table_args__ = (
        _partial("outbox_due", "due", "id", where="state = 'waiting'"),
        _partial(
            "outbox_unsent",
            *("stream", "notifier", "version", "position"),
            where="state IN ('waiting', 'digest', 'parked')",
        ),
        _partial("outbox_parked", "id", where="state = 'parked'"),
        _partial("outbox_digest_due", "notifier", "due", "id", where="state = 'digest'"),
        _partial("outbox_digest_of", "notifier", "recipient", "due", where="state = 'digest'"),
        _BY_KEY,
    )
