"""referral-flow's engine, in memory: one event, what may be done, a whole decision, an instance."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from benchmarks.contenders.measuring import Seen, best_of, held_bytes, main
from referral_flow.domain.referral.events import Issued
from referral_flow.domain.referral.evolve import evolve
from referral_flow.domain.referral.state import Paper
from referral_flow.engine import (
    Actor,
    At,
    Command,
    Decision,
    Lifecycle,
    Party,
    Record,
    Step,
    Transition,
)
from referral_flow.engine.explain import possibility
from referral_flow.engine.judge import judge
from referral_flow.engine.refusal import Refusal

NOW = datetime(2013, 3, 1, 2, tzinfo=UTC)
DAY = date(2013, 3, 1)


class State(StrEnum):
    """The three states of the ring that every contender walks."""

    ISSUED = "issued"
    SUBMITTED = "submitted"
    ACTIVE = "active"


class Submit(Command[Any]):
    number: str = "1/GT"


class Activate(Command[Any]):
    pass


class Renew(Command[Any]):
    pass


class Referral(Record):
    state: str
    number: str
    steps: int


class Moved(Record):
    now: str


def number_matches(referral: Referral, command: Submit, _at: Any) -> Refusal | None:
    """Refuse another paper than the one that was issued."""
    return None if command.number == referral.number else Refusal("paper_mismatch")


def has_taken_part(referral: Referral, _at: Any) -> Refusal | None:
    """Refuse one who has done nothing yet."""
    return None if referral.steps >= 0 else Refusal("no_participation_yet")


def anybody(referral: Referral, _command: Any, _actor: Any) -> tuple[str]:
    """Name the committee that may act."""
    return ("r-7",)


RESIDENCE = (Party("residence", anybody),)
RING = Lifecycle(
    "ring",
    State,
    (
        Transition(Submit, None, State.ISSUED, by=RESIDENCE),
        Transition(Submit, State.ISSUED, State.SUBMITTED, by=RESIDENCE, guards=(number_matches,)),
        Transition(Activate, State.SUBMITTED, State.ACTIVE, by=RESIDENCE, given=(has_taken_part,)),
        Transition(Renew, State.ACTIVE, State.ISSUED, by=RESIDENCE, given=(has_taken_part,)),
    ),
)
NO_FACTS: dict[type[Any], Any] = {}
ACTOR = Actor("u-9", "residence", "r-7")
AT: At[Any, Any] = At(NOW, DAY, DAY, ACTOR, None, None, b"")
COMMANDS = (Submit(), Activate(), Renew())


def event(count: int) -> Seen:
    """Find the row, ask its guard in isolation, move and record."""

    def run() -> None:
        state, referral = "issued", Referral("issued", "1/GT", 0)
        record: list[tuple[str, str]] = []
        table, at = RING.table, AT
        for _ in range(count // 3):
            for command in COMMANDS:
                row = table[state, type(command)]
                if judge(row, referral, command, at, NO_FACTS):
                    raise AssertionError
                state = row.fixed or row.target(referral, command)
                record.append((state, "residence"))
        assert len(record) == count // 3 * 3

    return best_of(run, count // 3 * 3)


def possible(count: int) -> Seen:
    """Say what may be done in each state, with reasons and without a command."""
    referrals = [Referral(state, "1/GT", 0) for state in State]
    rows = [RING.rows_of(referral.state) for referral in referrals]

    def run() -> None:
        for _ in range(count // 3):
            for referral, mine in zip(referrals, rows, strict=True):
                for row in mine:
                    possibility(row, referral, AT, True)

    return best_of(run, count // 3 * 3)


def _decide(_referral: Referral, _command: Any, _at: Any) -> Decision:
    return Decision((Moved(""),))


def decision(count: int) -> Seen:
    """Command, permission, guards, decision, event and the new state."""

    def run() -> None:
        referral = Referral("issued", "1/GT", 0)
        for number in range(count // 3):
            for command in COMMANDS:
                row = RING.row(referral.state, type(command))
                assert row is not None
                if not any(
                    party.role == ACTOR.role
                    and party.of is not None
                    and ACTOR.committee in party.of(referral, command, ACTOR)
                    for party in row.by
                ):
                    raise AssertionError
                at = At(NOW, DAY, DAY, ACTOR, None, None, b"")
                if judge(row, referral, command, at, NO_FACTS):
                    raise AssertionError
                decided = _decide(referral, command, at)
                now = row.fixed or row.target(referral, command)
                for _happened in decided.events:
                    step = Step("s", number, DAY, NOW, now, ACTOR)
                    referral = Referral(step.now, referral.number, step.version)

    return best_of(run, count // 3 * 3)


def instance(count: int) -> Seen:
    """Make referrals in memory; the bytes that one holds stand beside."""
    issued = Issued("m-1", "w-2", "r-7", Paper("1/GT", DAY), DAY, "directive-22-1999", 2013)
    step = Step("0" * 36, 1, DAY, NOW, "issued", ACTOR)

    def make() -> list[Any]:
        return [evolve(None, issued, step) for _ in range(count)]

    return best_of(make, count, 3)._replace(bytes=held_bytes(make) / count)


if __name__ == "__main__":
    main({"event": event, "possible": possible, "decision": decision, "instance": instance})
