"""What a guard or a decision may know besides state and command."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from typing import Any, Generic, TypeVar

from referral_flow.engine.actor import Actor
from referral_flow.engine.ids import new_id
from referral_flow.engine.record import Record

F = TypeVar("F")
R = TypeVar("R")


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
        return start_of(day, self.zone)

    def day_of(self, moment: datetime) -> date:
        """Give the day of a moment in the installation's zone."""
        return moment.astimezone(self.zone).date()


@lru_cache(maxsize=64)
def start_of(day: date, zone: tzinfo) -> datetime:
    """Give the moment when a day begins in a zone, in UTC."""
    # A batch asks for the same few days again and again.
    return datetime.combine(day, time(), zone).astimezone(UTC)
