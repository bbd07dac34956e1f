"""What a flow is made of, checked once when it is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from attrs import frozen

from referral_flow.application.policy import Policy
from referral_flow.codec import Codec
from referral_flow.engine.lifecycle import GuardFor
from referral_flow.engine.process import Process
from referral_flow.engine.refusal import Refusal, RefusalKind
from referral_flow.errors import ConfigurationError, Refused
from referral_flow.plugin_host import PluginHost
from referral_flow.ports import Addresses, Clock, Directory, Notifier, Store

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@frozen(eq=False)
class Parts:
    """The parts of one flow, as they were given or made when it was opened.

    `directory` is None where the store keeps the register itself.
    """

    store: Store
    codec: Codec
    processes: Mapping[str, Process]
    by_command: Mapping[type[Any], Process]
    directory: Directory | None
    rule_sets: Mapping[str, Any]
    default_rules: str
    clock: Clock
    zone: tzinfo
    language: str
    notifiers: Mapping[str, Notifier]
    host: PluginHost
    addresses: Addresses | None
    secret: bytes
    policy: Policy

    def process_for(self, command: type[Any]) -> Process:
        """Give the process that has rows for a command; refuse one that none has."""
        process = self.by_command.get(command)
        if process is None:
            kind = RefusalKind.UNKNOWN_COMMAND
            refusal = Refusal("unknown_command", {"command": command.__name__}, kind=kind)
            raise Refused((refusal,), command.__name__)
        return process

    def rules_of(self, process: Process, state: Any) -> Any:
        """Give the rules of a stream: those it began under, or today's for a new one (S43)."""
        name = self.default_rules
        if state is not None and process.rule_set is not None:
            name = process.rule_set(state)
        rules = self.rule_sets.get(name)
        if rules is None:
            raise ConfigurationError(problem=f"the rule set {name!r} is not installed")
        return rules

    def now(self) -> datetime:
        """Give the time in UTC; raises ConfigurationError for a clock without a zone."""
        now = self.clock()
        if now.tzinfo is None:
            raise ConfigurationError(problem="the clock gives a time without a zone")
        return now.astimezone(UTC)

    def day(self, moment: datetime) -> date:
        """Give the day of a moment in the installation's zone."""
        return moment.astimezone(self.zone).date()


def microseconds(moment: datetime) -> int:
    """Give the whole microseconds since 1970 that stand for a moment at the store."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment(value: int) -> datetime:
    """Give the moment that such a number stands for."""
    seconds, rest = divmod(value, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def narrowed(processes: Iterable[Process], guards: Iterable[GuardFor]) -> dict[str, Process]:
    """Give the processes by kind, each with the further guards for its commands."""
    from attrs import evolve  # noqa: PLC0415 - the only use

    further = tuple(guards)
    found: dict[str, Process] = {}
    for process in processes:
        if process.kind in found:
            raise ConfigurationError(problem=f"two processes are called {process.kind!r}")
        mine = tuple(g for g in further if g.command in process.lifecycle.commands)
        found[process.kind] = (
            evolve(process, lifecycle=process.lifecycle.narrow(mine)) if mine else process
        )
    known = {command for p in found.values() for command in p.lifecycle.commands}
    for guard in further:
        if guard.command not in known:
            raise ConfigurationError(
                problem=f"a further guard is for {guard.command.__name__}, which no process has"
            )
    return found


def by_command(processes: Mapping[str, Process]) -> dict[type[Any], Process]:
    """Give the process of each command; raises ConfigurationError when two have it."""
    found: dict[type[Any], Process] = {}
    for process in processes.values():
        for command in process.lifecycle.commands:
            if command in found:
                raise ConfigurationError(
                    problem=f"{command.__name__} is a command of two processes"
                )
            found[command] = process
            if command not in process.decide:
                raise ConfigurationError(
                    problem=f"{process.kind!r} has no decide for {command.__name__}"
                )
    return found
