"""Carry out commands: once, whole, and told again when asked again.

Loading and deciding happen outside the write lock. A lost race loads and decides again.
Commands that are asked for at the same time are decided one after the other in one unit,
and share its transaction.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Any, TypeVar

from referral_flow.application.announce import Announcer
from referral_flow.application.answers import Done
from referral_flow.application.asked import Asked
from referral_flow.application.commit import batch_of
from referral_flow.application.parts import Parts
from referral_flow.application.run import bare_moment, run, taken
from referral_flow.application.streams import Ran, replayed
from referral_flow.application.together import Together
from referral_flow.application.unit import Unit
from referral_flow.codec import digest, key_of, new_command_id, read_plain
from referral_flow.engine.actor import Actor
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.facts import Needs
from referral_flow.engine.ids import as_bytes, as_text
from referral_flow.engine.record import change
from referral_flow.engine.refusal import Refusal
from referral_flow.errors import (
    CommandReused,
    ConcurrencyError,
    OutcomeUnknown,
    ReferralFlowError,
    Refused,
    StoreError,
    Taken,
)
from referral_flow.ports import CommandRow

R = TypeVar("R")

TRIES = 5
LOST = (ConcurrencyError, Taken, CommandReused)
"""What a store raises when somebody else was first."""


class Executor:
    """Carries out commands for one flow.

    `joined` is True inside a host's transaction: nothing is tried again there, since what
    was read cannot become newer, and nothing is shared.
    """

    def __init__(self, parts: Parts, announcer: Announcer, joined: bool) -> None:
        self.parts = parts
        self.announcer = announcer
        self.joined = joined
        self._tries = 1 if joined else TRIES
        self._together = Together(self._group)

    def execute(
        self,
        command: Command[R],
        actor: Actor,
        command_id: str | None = None,
        expected_version: int | None = None,
    ) -> Done[R]:
        """Carry out one command, in a transaction of its own or with others of this moment."""
        asked = self.asked(command, actor, command_id, expected_version)
        if self.joined:
            self._alone(asked)
        else:
            if self.parts.directory is not None:
                # The embedder's register may be slow: it is asked before it is our turn.
                asked.warm = Unit(self.parts)
                prefetch(asked.warm, ((command, actor),))
            self._together.ask(asked)
        answer = asked.given()
        if asked.unit is not None:
            self.announcer.announce(asked.unit, (asked.ran,))
        return answer

    def judge(self, command: Command[Any], actor: Actor) -> tuple[Refusal, ...]:
        """Say every reason why a command would be refused; nothing is written."""
        self.parts.codec.checked(command)
        unit = Unit(self.parts)
        try:
            run(unit, command, actor, new_command_id(actor)[1])
        except Refused as refused:
            return refused.refusals
        return ()

    # --- what one command and many have in common

    def asked(
        self,
        command: Command[Any],
        actor: Actor,
        command_id: str | None,
        expected_version: int | None = None,
        chance: bytes | None = None,
    ) -> Asked:
        """Check a command and give it with its id; raises InvalidCommand.

        `chance` is what an id is made of where none is given.
        """
        name = name_of(type(command))
        body = self.parts.codec.checked(command)
        if command_id is None:
            text, key = new_command_id(actor, chance)
        else:
            text, key = command_id, key_of(command_id, actor, name)
        proof = digest(self.parts.secret, name, body, actor)
        ran = Ran(key, text, name, proof, b"", 0, 0)
        return Asked(command, actor, ran, command_id is not None, expected_version)

    def decide(self, unit: Unit, asked: Asked) -> Done[Any]:
        """Let a command happen in a unit, or give what it answered before.

        Where it raises, the unit is as it was.
        """
        mark = unit.mark()
        try:
            before = self._before(unit, asked) if asked.named else None
            if before is None:
                before = asked.ran.done = in_unit(unit, asked)
        except BaseException:
            unit.back(mark)
            raise
        return before

    def append(self, unit: Unit) -> None:
        """Write all that happened in a unit, in one transaction."""
        if not unit.ran:
            return
        try:
            self.parts.store.append(batch_of(unit))
        except OutcomeUnknown as error:
            # What became of its first command became of all.
            raise OutcomeUnknown(command_id=unit.ran[0].text) from error

    def _before(self, unit: Unit, asked: Asked) -> Done[Any] | None:
        """Give what the same command answered before, in the store or in this unit."""
        row = self._begin(unit, asked)
        if row is not None:
            return self._again(row, asked.ran)
        for other in unit.ran:
            if other.id == asked.ran.id and other.digest != asked.ran.digest:
                raise CommandReused(command_id=asked.ran.text)
            if other.id == asked.ran.id and other.done is not None:
                return change(other.done, repeated=True)
        return None

    def _begin(self, unit: Unit, asked: Asked) -> CommandRow | None:
        """Load the addressed stream together with the command's own row."""
        stream = asked.command.stream
        key = None if stream is None or stream in unit.streams else as_bytes(stream)
        found, row = self.parts.store.load([] if key is None else [key], asked.ran.id)
        if key is not None:
            unit.keep(key, found.get(key))
        return row

    def _again(self, row: CommandRow, ran: Ran) -> Done[Any]:
        """Give the first result again, from the events that the command wrote."""
        if row.digest != ran.digest:
            raise CommandReused(command_id=ran.text)
        stream, first, last, _ = read_plain(row.ranges)
        key = bytes.fromhex(stream)
        found, _ = self.parts.store.load([key])
        if key not in found:
            raise StoreError(problem=f"the stream {as_text(key)} is not there any more")
        process = self.parts.processes[found[key].kind]
        value = replayed(self.parts, process, key, last)
        events = self.parts.store.history(key, first - 1, last - first + 1)
        names = tuple(event.type for event, _ in events)
        return Done(value, as_text(key), last, ran.text, names, repeated=True)

    # --- one transaction for one, or for a group

    def _group(self, group: Sequence[Asked]) -> None:
        """Settle each of a group; in one transaction, where none of them loses a race."""
        if len(group) > 1:
            self._shared(group)
        for asked in group:
            if not asked.settled:
                self._alone(asked)

    def _shared(self, group: Sequence[Asked]) -> None:
        unit = Unit(self.parts)
        for asked in group:
            if asked.warm is not None:
                unit.learn(asked.warm)
        prefetch(unit, [(asked.command, asked.actor) for asked in group])
        found = [self._found(unit, asked) for asked in group]
        try:
            self.append(unit)
        except LOST:
            return
        except OutcomeUnknown as error:
            found = [_of(error, OutcomeUnknown(command_id=asked.ran.text)) for asked in group]
        except ReferralFlowError as error:
            found = [_of(error, copy(error)) for _ in group]
        for asked, answer in zip(group, found, strict=True):
            asked.settle(answer, unit)

    def _found(self, unit: Unit, asked: Asked) -> Done[Any] | Exception:
        try:
            return self.decide(unit, asked)
        except Exception as error:
            return error

    def _alone(self, asked: Asked) -> None:
        """Settle a command in a transaction of its own; a lost race is tried again."""
        for attempt in range(1, self._tries + 1):
            try:
                self._attempt(asked, asked.warm if attempt == 1 else None, attempt == self._tries)
            except Exception as error:
                asked.settle(error)
            if asked.settled:
                return
            time.sleep(random.uniform(0, 0.002) * 2**attempt)

    def _attempt(self, asked: Asked, warm: Unit | None, last: bool) -> None:
        unit = warm or Unit(self.parts)
        try:
            answer = self.decide(unit, asked)
            self.append(unit)
        except (Refused, *LOST) as lost:
            before = self.parts.store.load([], asked.ran.id)[1] if asked.named else None
            if before is not None:
                # The same command, asked twice at once: the other one was first.
                asked.settle(self._again(before, asked.ran))
            elif isinstance(lost, Refused):
                raise
            elif last or asked.expected is not None:
                raise self._told(lost, asked) from None
            elif isinstance(lost, CommandReused):
                asked.named = True
        else:
            asked.settle(answer, unit)

    def _told(self, lost: Exception, asked: Asked) -> Exception:
        if isinstance(lost, Taken):
            refusal = taken(self.parts, lost.kind, lost.value)
            return Refused((refusal,), asked.ran.name)
        if isinstance(lost, CommandReused):
            return CommandReused(command_id=asked.ran.text)
        return lost


def _of(cause: Exception, error: Exception) -> Exception:
    """Give an error of one's own: what several share is raised in several threads."""
    error.__cause__ = cause
    return error


def in_unit(unit: Unit, asked: Asked) -> Done[Any]:
    """Run a command in the unit and note it there; raises what `run` raises."""
    began = len(unit.happened)
    ran = asked.ran
    unit.command = ran.id
    held = run(unit, asked.command, asked.actor, ran.id, expected=asked.expected)
    events: list[str] = []
    for happened in unit.happened[began:]:
        # Rows that it called may have happened to other streams.
        if happened.after.id == held.id:
            events.append(happened.name)
            ran.last = happened.after.version
    ran.stream = held.id
    ran.first = ran.last - len(events) + 1
    unit.ran.append(ran)
    return Done(held.state, held.text, held.version, ran.text, tuple(events))


def prefetch(unit: Unit, asked: Sequence[tuple[Command[Any], Actor]]) -> None:
    """Load at once what commands address and need, as far as it is known now."""
    needs: dict[date, list[Needs]] = {}
    by_kind: dict[str, list[tuple[Command[Any], Actor]]] = {}
    for one in asked:
        process = unit.parts.by_command.get(type(one[0]))
        if process is not None:
            by_kind.setdefault(process.kind, []).append(one)
    for kind, mine in by_kind.items():
        process = unit.parts.processes[kind]
        unit.load((c.stream for c, _ in mine if c.stream is not None), process)
        for command, actor in mine:
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
            for each in found:
                needs.setdefault(each.on or at.on, []).append(each)
    unit.prefetch(needs)
