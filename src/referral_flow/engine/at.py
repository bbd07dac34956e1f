"""What a guard or a decision may know besides state and command."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import blake2b
from typing import Any, Generic, TypeVar
from uuid import UUID

from referral_flow.engine.actor import Actor
from referral_flow.engine.record import Record

F = TypeVar("F")
R = TypeVar("R")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class At(Record, Generic[F, R]):
    """The moment of a decision: clock, actor, loaded facts and the stream's rules.

    `now` is aware and in UTC; `today` is the day in the installation's zone; `on` is the
    day when the thing happened. `facts` is what the row `reads`, loaded beforehand.
    """

    now: datetime
    today: date
    on: date
    actor: Actor
    facts: F
    rules: R
    command_id: bytes
    zone: tzinfo = UTC

    def new(self, n: int = 0) -> str:
        """Give the n-th new id of this command: the same one when it is decided again."""
        return new_id(self.now, self.command_id, n)

    def with_facts(self, facts: Any) -> At[Any, R]:
        """Give the same moment with other facts."""
        return At(
            self.now,
            self.today,
            self.on,
            self.actor,
            facts,
            self.rules,
            self.command_id,
            self.zone,
        )

    def start_of(self, day: date) -> datetime:
        """Give the moment when `day` begins in the installation's zone, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        """Give the day of a moment in the installation's zone."""
        return moment.astimezone(self.zone).date()


def new_id(now: datetime, seed: bytes, n: int) -> str:
    """Make a UUID of version 7 from a time and a seed, without chance (RFC 9562, 5.7)."""
    tail = blake2b(n.to_bytes(4, "big") + seed, digest_size=10).digest()
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    number = (milliseconds << 80) | int.from_bytes(tail, "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return str(UUID(int=number))
