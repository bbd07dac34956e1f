"""Carry out commands: once, whole, and told again when asked again.

Loading and deciding happen outside the write lock. A lost race loads and decides again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from attrs import evolve

from referral_flow.application.announce import Announcer
from referral_flow.application.answers import Done, Many, RefusedRow
from referral_flow.application.commit import batch_of
from referral_flow.application.parts import Parts
from referral_flow.application.run import bare_moment, run, taken
from referral_flow.application.streams import Ran, as_bytes, as_text, replayed
from referral_flow.application.unit import Unit
from referral_flow.codec import digest, key_of, read_plain
from referral_flow.engine.actor import Actor
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.facts import Needs
from referral_flow.engine.refusal import Refusal, RefusalKind
from referral_flow.errors import (
    CommandReused,
    ConcurrencyError,
    InvalidCommand,
    OutcomeUnknown,
    ReferralFlowError,
    Refused,
    StoreError,
    Taken,
)
from referral_flow.ports import CommandRow

R = TypeVar("R")

TRIES = 5
BATCH = 500

Keyed = Command[Any] | tuple[Command[Any], str]
Each = Callable[[int, Done[Any] | RefusedRow], None]
_Answered = tuple[int, Done[Any] | RefusedRow]


class _Row(NamedTuple):
    """One command of many, with its place among them."""

    number: int
    command: Command[Any]
    command_id: str | None


class Executor:
    """Carries out commands for one flow.

    `joined` is True inside a host's transaction: nothing is tried again there, since what
    was read cannot become newer.
    """

    def __init__(self, parts: Parts, announcer: Announcer, joined: bool) -> None:
        self._parts = parts
        self._announcer = announcer
        self._tries = 1 if joined else TRIES

    def execute(
        self,
        command: Command[R],
        actor: Actor,
        command_id: str | None = None,
        expected_version: int | None = None,
    ) -> Done[R]:
        """Carry out one command in one transaction."""
        parts = self._parts
        body = parts.codec.checked(command)
        text = _new_command_id() if command_id is None else command_id
        ran = self._ran(command, text, body, actor)
        for attempt in range(1, self._tries + 1):
            unit = Unit(parts, parts.now())
            if command_id is not None:
                row = self._begin(unit, command, ran.id)
                if row is not None:
                    return self._again(row, ran)
            try:
                done: Done[R] = in_unit(unit, command, actor, ran, expected_version)
                self._append(unit, text)
            except (Refused, ConcurrencyError, Taken, CommandReused) as lost:
                before = None if command_id is None else parts.store.load([], ran.id)[1]
                if before is not None:
                    # The same command, asked twice at once: the other one was first.
                    return self._again(before, ran)
                if isinstance(lost, Refused):
                    raise
                if attempt == self._tries or expected_version is not None:
                    raise self._lost(lost, command, text) from None
                time.sleep(random.uniform(0, 0.002) * 2**attempt)
                if isinstance(lost, CommandReused):
                    command_id = text
            else:
                self._announcer.announce(unit)
                return done
        raise AssertionError  # the loop returns or raises

    def execute_many(
        self, commands: Iterable[Keyed], actor: Actor, each: Each | None = None
    ) -> Many:
        """Carry out many commands in batches; each one whole or refused with its row."""
        done = 0
        refused: list[RefusedRow] = []
        for row, answer in self._batches(iter(commands), actor):
            if isinstance(answer, Done):
                done += 1
            else:
                refused.append(answer)
            if each is not None:
                each(row, answer)
        return Many(done, tuple(refused))

    def judge(self, command: Command[Any], actor: Actor) -> tuple[Refusal, ...]:
        """Say every reason why a command would be refused; nothing is written."""
        self._parts.codec.checked(command)
        unit = Unit(self._parts, self._parts.now())
        try:
            run(unit, command, actor, key_of(_new_command_id(), actor, ""))
        except Refused as refused:
            return refused.refusals
        return ()

    # --- one

    def _ran(self, command: Command[Any], text: str, body: bytes, actor: Actor) -> Ran:
        name = name_of(type(command))
        proof = digest(self._parts.secret, name, body, actor)
        return Ran(key_of(text, actor, name), text, name, proof, b"", 0, 0)

    def _begin(self, unit: Unit, command: Command[Any], id: bytes) -> CommandRow | None:
        """Load the addressed stream together with the command's own row."""
        key = None if command.stream is None else as_bytes(command.stream)
        found, row = self._parts.store.load([] if key is None else [key], id)
        if key is not None:
            unit.keep(key, found.get(key))
        return row

    def _again(self, row: CommandRow, ran: Ran) -> Done[Any]:
        """Give the first result again, from the events that the command wrote."""
        if row.digest != ran.digest:
            raise CommandReused(command_id=ran.text)
        stream, first, last, _ = read_plain(row.ranges)
        key = bytes.fromhex(stream)
        found, _ = self._parts.store.load([key])
        if key not in found:
            raise StoreError(problem="stream_gone", stream=as_text(key))
        process = self._parts.processes[found[key].kind]
        value = replayed(self._parts, process, key, last)
        events = self._parts.store.history(key, first - 1, last - first + 1)
        names = tuple(event.type for event, _ in events)
        return Done(value, as_text(key), last, ran.text, names, repeated=True)

    def _append(self, unit: Unit, text: str) -> None:
        try:
            self._parts.store.append(batch_of(unit))
        except OutcomeUnknown:
            raise OutcomeUnknown(command_id=text) from None

    def _lost(self, lost: Exception, command: Command[Any], text: str) -> Exception:
        if isinstance(lost, Taken):
            refusal = taken(self._parts, lost.kind, lost.value)
            return Refused((refusal,), name_of(type(command)))
        if isinstance(lost, CommandReused):
            return CommandReused(command_id=text)
        return lost

    # --- many

    def _batches(self, commands: Iterable[Keyed], actor: Actor) -> Iterable[_Answered]:
        first = 0
        while chunk := list(islice(commands, BATCH)):
            pairs = [keyed if isinstance(keyed, tuple) else (keyed, None) for keyed in chunk]
            yield from self._batch([_Row(first + n, *p) for n, p in enumerate(pairs)], actor)
            first += len(chunk)

    def _batch(self, rows: Sequence[_Row], actor: Actor) -> Iterable[_Answered]:
        unit = Unit(self._parts, self._parts.now())
        bodies, answers = self._checked(rows)
        prefetch(unit, [row.command for row in rows if row.number in bodies], actor)
        for row in rows:
            if row.number in bodies:
                answers[row.number] = self._one_of_many(unit, row, bodies[row.number], actor)
        try:
            if unit.ran:
                # One transaction: what became of its first command became of all.
                self._append(unit, unit.ran[0].text)
        except (ConcurrencyError, Taken, CommandReused):
            if self._tries == 1:
                raise
            # One by one as they are done: what is told is what is committed.
            return ((row.number, self._alone(row, actor)) for row in rows)
        self._announcer.announce(unit)
        return [(row.number, answers[row.number]) for row in rows]

    def _checked(
        self, rows: Sequence[_Row]
    ) -> tuple[dict[int, bytes], dict[int, Done[Any] | RefusedRow]]:
        """Write each command, and refuse those whose fields are wrong before all else."""
        bodies: dict[int, bytes] = {}
        answers: dict[int, Done[Any] | RefusedRow] = {}
        for row in rows:
            try:
                bodies[row.number] = self._parts.codec.checked(row.command)
            except InvalidCommand as error:
                answers[row.number] = _refused_row(row, error)
        return bodies, answers

    def _one_of_many(
        self, unit: Unit, row: _Row, body: bytes, actor: Actor
    ) -> Done[Any] | RefusedRow:
        mark = unit.mark()
        text = _new_command_id() if row.command_id is None else row.command_id
        try:
            ran = self._ran(row.command, text, body, actor)
            if row.command_id is not None:
                before = self._begin(unit, row.command, ran.id)
                if before is not None:
                    return self._again(before, ran)
                for other in unit.ran:
                    if other.id == ran.id and other.digest != ran.digest:
                        raise CommandReused(command_id=ran.text)
                    if other.id == ran.id and other.done is not None:
                        return evolve(other.done, repeated=True)
            ran.done = in_unit(unit, row.command, actor, ran)
            return ran.done
        except (Refused, InvalidCommand, CommandReused) as error:
            unit.back(mark)
            return _refused_row(row, error)

    def _alone(self, row: _Row, actor: Actor) -> Done[Any] | RefusedRow:
        try:
            return self.execute(row.command, actor, row.command_id)
        except (Refused, InvalidCommand, CommandReused, ConcurrencyError) as error:
            return _refused_row(row, error)


def in_unit(
    unit: Unit, command: Command[R], actor: Actor, ran: Ran, expected: int | None = None
) -> Done[R]:
    """Run a command in the unit and note it there; raises what `run` raises."""
    began = len(unit.happened)
    unit.command = ran.id
    held = run(unit, command, actor, ran.id, expected=expected)
    mine = [h for h in unit.happened[began:] if h.after.id == held.id and h.command == ran.id]
    first, last = mine[0].after.version, mine[-1].after.version
    ran.stream, ran.first, ran.last = held.id, first, last
    unit.ran.append(ran)
    return Done(held.state, held.text, held.version, ran.text, tuple(h.name for h in mine))


def prefetch(unit: Unit, commands: Sequence[Command[Any]], actor: Actor) -> None:
    """Load at once what the commands of a batch address and need, as far as it is known now."""
    needs: dict[date, list[Needs]] = {}
    for process in unit.parts.processes.values():
        mine = [c for c in commands if type(c) in process.lifecycle.commands]
        unit.load((c.stream for c in mine if c.stream is not None), process)
        for command in mine:
            held = None if command.stream is None else unit.stream(command.stream, process)
            row = process.lifecycle.row(None if held is None else held.now, type(command))
            if row is None or not row.reads:
                continue
            state = None if held is None else held.state
            at = bare_moment(unit, unit.parts.rules_of(process, state), command.on, actor)
            try:
                found = [reads.needs(state, command, at) for reads in row.reads]
            except Exception:
                continue
            needs.setdefault(at.on, []).extend(found)
    unit.prefetch(needs)


_KINDS: dict[type[ReferralFlowError], RefusalKind] = {
    InvalidCommand: RefusalKind.GUARD,
    CommandReused: RefusalKind.REUSED,
    ConcurrencyError: RefusalKind.LOST_RACE,
}


def _refused_row(row: _Row, error: ReferralFlowError) -> RefusedRow:
    name = name_of(type(row.command))
    if isinstance(error, Refused):
        return RefusedRow(row.number, name, error.refusals)
    refusal = Refusal(error.code, error.data, kind=_KINDS[type(error)])
    return RefusedRow(row.number, name, (refusal,))


def _new_command_id() -> str:
    return f"made-{random.SystemRandom().getrandbits(96):024x}"
