"""A desk: one person in one capacity, the only door to commands and reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar, overload

from referral_flow.application.answers import (
    Done,
    Explanation,
    Figures,
    HistoryEntry,
    Judgement,
    Many,
    Page,
    WorkItem,
)
from referral_flow.application.arguments import (
    must_be,
    must_be_aware,
    must_be_id,
    must_be_limit,
)
from referral_flow.application.execute import Executor
from referral_flow.application.parts import Parts
from referral_flow.application.unit import Unit
from referral_flow.engine.actor import Actor
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.ids import as_bytes
from referral_flow.errors import InvalidCommand

if TYPE_CHECKING:
    from referral_flow.application.many import Each, Keyed

R = TypeVar("R")


class Desk:
    """Made by `ReferralFlow.acting_as`. Deny by default: what is foreign is not found."""

    def __init__(self, parts: Parts, executor: Executor, actor: Actor) -> None:
        self._parts = parts
        self._executor = executor
        self.actor = actor

    def execute(
        self,
        command: Command[R],
        command_id: str | None = None,
        expected_version: int | None = None,
    ) -> Done[R]:
        """Carry out a command in one transaction and give the stream as it is then.

        `command_id` is any text of yours: the same id and command give the first result
        again. `expected_version` refuses to act on anything but the version you have seen.

        Raises Refused with every reason (nothing was changed), InvalidCommand,
        CommandReused, ConcurrencyError, OutcomeUnknown (ask again with its `command_id`),
        StoreError.
        """
        must_be(str, command_id, "command_id", "execute")
        must_be(int, expected_version, "expected_version", "execute")
        return self._executor.execute(command, self.actor, command_id, expected_version)

    def execute_many(self, commands: Iterable[Keyed], each: Each | None = None) -> Many:
        """Carry out many commands, or pairs of command and command_id, in batches.

        Each is done whole or refused with its row; `each(row, answer)` hears of every one
        after its batch is committed, so that nothing need be kept in memory.
        """
        from referral_flow.application.many import execute_many

        return execute_many(self._executor, commands, self.actor, each)

    @overload
    def explain(self, asked: str) -> Explanation: ...
    @overload
    def explain(self, asked: Command[Any]) -> Judgement: ...
    def explain(self, asked: str | Command[Any]) -> Explanation | Judgement:
        """Say what may be done with a stream now, or whether a command would be done.

        With an id: every command of this state as allowed, refused with all reasons, or
        depending on fields of the command. With a command: the full verdict. Nothing is
        changed. Raises Refused with `not_found` for a stream that you may not see.
        """
        from referral_flow.application import reading

        given: Any = asked
        if not isinstance(given, Command):
            must_be_id(given, "explain")
        if isinstance(asked, str):
            return reading.explain(self._unit(), asked, self.actor)
        refusals = self._executor.judge(asked, self.actor)
        return Judgement(name_of(type(asked)), refusals)

    def get(self, id: str) -> Any:
        """Give a stream as it stands; raises Refused with `not_found`."""
        from referral_flow.application import reading

        must_be_id(id, "get")
        return reading.readable(self._unit(), id, self.actor).state

    def find(
        self,
        *,
        kind: str = "referral",
        state: str | Iterable[str] | None = None,
        overdue: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[Any]:
        """Find the streams that you may see, by state or overdue, a page at a time.

        `after` is the `after` of the page before. Raises Refused with `not_permitted` for
        a role that reads nothing of this kind.
        """
        from referral_flow.application import reading

        must_be_limit(limit, "find")
        must_be(str, kind, "kind", "find")
        must_be(str, after, "after", "find")
        if after is not None and as_bytes(after) is None:
            problem = "after is not the `after` of a page"
            raise InvalidCommand(command="find", problem=problem)
        must_be(Iterable, state, "state", "find")
        states = (state,) if isinstance(state, str) else None if state is None else tuple(state)
        return reading.find(
            self._unit(), self.actor, reading.Sought(kind, states, overdue, after), limit
        )

    def history(self, id: str, *, after: int = 0, limit: int = 1000) -> list[HistoryEntry]:
        """Give the events of a stream with who, when and why, oldest first (S44)."""
        from referral_flow.application import reading

        must_be_id(id, "history")
        must_be(int, after, "after", "history")
        must_be_limit(limit, "history")
        return reading.history(self._unit(), id, self.actor, after, limit)

    def worklist(self, *, limit: int = 50) -> list[WorkItem]:
        """Give what waits for you, since when and how it is resolved, the oldest first (S53)."""
        from referral_flow.application import reading

        must_be_limit(limit, "worklist")
        return reading.worklist(self._unit(), self.actor, limit)

    def figures(
        self,
        scope: str | None = None,
        on: date | None = None,
        known_as_of: datetime | None = None,
    ) -> Figures:
        """Count within a committee and those below it, as it stood at the end of a day (S40).

        `known_as_of` counts only what had been recorded by then. Raises Refused with
        `not_found` for a committee that is neither yours nor below yours.
        """
        from referral_flow.application import figures

        must_be(str, scope, "scope", "figures")
        must_be(date, on, "on", "figures")
        must_be_aware(known_as_of, "known_as_of", "figures")
        return figures.figures(self._unit(), self.actor, scope, on, known_as_of)

    def _unit(self) -> Unit:
        return Unit(self._parts, self._parts.now())
