"""The commands of the library, as the processes have them: what each one asks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, get_origin, get_type_hints

from attrs import frozen

from referral_flow.cli.fields import Option, bare_of, options_of, without_none
from referral_flow.cli.kinds import KINDS
from referral_flow.cli.usage import PROGRAM, WrongUsage, WrongValues, typed
from referral_flow.cli.values import value_of
from referral_flow.domain.people import Role
from referral_flow.domain.register.process import REGISTER_PROCESSES
from referral_flow.engine.command import Command, name_of, own_fields
from referral_flow.engine.process import Process
from referral_flow.engine.record import fields_of, is_record

ON_EVERY_COMMAND = ("on", "late_reason")
"""The fields that every command has: they come last."""


@frozen(slots=False)
class Asks:
    """One command that people may give: its class, its process, and what it needs."""

    command: type[Command[Any]]
    process: Process

    @property
    def name(self) -> str:
        """Give its name as files and events write it."""
        return name_of(self.command)

    @property
    def roles(self) -> tuple[str, ...]:
        """Give the roles of people that may give it, in the order of its rows."""
        rows = self.process.lifecycle.commands[self.command]
        found = (party.role for row in rows for party in row.by)
        return tuple(dict.fromkeys(role for role in found if role != Role.SYSTEM))

    @property
    def by_operator(self) -> bool:
        """Say whether it is first of all for whoever runs the installation."""
        return self.roles[:1] == (Role.OPERATOR,)

    @property
    def begins(self) -> bool:
        """Say whether an installation may begin with it: with the register it does."""
        return self.creates and self.process in REGISTER_PROCESSES

    @property
    def creates(self) -> bool:
        """Say whether it makes a stream, and so addresses none."""
        return any(row.source is None for row in self.process.lifecycle.commands[self.command])

    @property
    def stream(self) -> str | None:
        """Give the name of the field that says which stream is addressed."""
        return None if self.creates else own_fields(self.command)[0]

    @property
    def form(self) -> str:
        """Give how the id of that stream stands in a usage line: `REFERRAL`."""
        return (self.stream or "").upper()

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Give its options, in the order of its fields."""
        own = own_fields(self.command)
        names = own if self.creates else own[1:]
        return options_of(self.command, (*names, *ON_EVERY_COMMAND))

    @property
    def help(self) -> str:
        """Give the command line that explains it."""
        return f"{PROGRAM} {typed(self.name)} --help"

    def made(self, typed: Mapping[str, Any]) -> Command[Any]:
        """Make the command from what was typed; raises WrongValues with all that is wrong."""
        wrong: list[WrongUsage] = []
        given: dict[str, Any] = {}
        if self.stream is not None:
            given[self.stream] = typed.get(self.stream)
            if not given[self.stream]:
                wrong.append(self._needed(self.form))
        for option in self.options:
            try:
                given[option.key] = self._read(option, typed)
            except WrongUsage as error:
                wrong.append(error)
        if wrong:
            raise WrongValues(tuple(wrong))
        return self.command(**self._fields(given))

    def _read(self, option: Option, typed: Mapping[str, Any]) -> Any:
        text = typed.get(option.key)
        if text is not None and text != ():
            return text if option.is_flag else value_of(option.hint, text, option.name)
        others = (o.key for o in self.options if o.path[:-1] == option.path[:-1] != ())
        if option.required or (option.with_others and any(typed.get(key) for key in others)):
            raise self._needed(option.name)
        return None

    def _needed(self, option: str) -> WrongUsage:
        return WrongUsage("value_needed", option=option, help=self.help)

    def _fields(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Give the fields of the command; what was not given is left to its default."""
        found: dict[str, Any] = {} if self.stream is None else {self.stream: given[self.stream]}
        hints = get_type_hints(self.command, include_extras=True)
        for field in fields_of(self.command):
            options = [option for option in self.options if option.path[0] == field.name]
            values = {option.path[-1]: given[option.key] for option in options}
            values = {name: value for name, value in values.items() if value is not None}
            bare = bare_of(without_none(hints[field.name])[0])
            if values:
                found[field.name] = bare(**values) if is_record(bare) else values[field.name]
            elif options and field.required:
                found[field.name] = _EMPTY.get(get_origin(bare) or bare)
        return found


_EMPTY: Mapping[Any, Any] = {tuple: (), list: [], bool: False, Mapping: {}, dict: {}}


def asks_of(name: str) -> Asks | None:
    """Give a command by its name (`record_attendance`); None for one that nobody may give."""
    for process in KINDS.values():
        for command in process.lifecycle.commands:
            if name_of(command) == name:
                found = Asks(command, process)
                return found if found.roles else None
    return None


def all_asks() -> tuple[Asks, ...]:
    """Give every command that people may give, as the processes list them."""
    every = (Asks(c, process) for process in KINDS.values() for c in process.lifecycle.commands)
    return tuple(asks for asks in every if asks.roles)
