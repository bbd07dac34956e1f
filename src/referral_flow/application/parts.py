"""What a flow is made of, checked once when it is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from referral_flow.application.policy import Policy
from referral_flow.codec import Codec
from referral_flow.engine.command import name_of
from referral_flow.engine.lifecycle import GuardFor
from referral_flow.engine.process import Process
from referral_flow.engine.record import Definition, change, field
from referral_flow.engine.refusal import Refusal, RefusalKind
from referral_flow.errors import ConfigurationError, LifecycleError, Refused
from referral_flow.plugin_host import Plugin, PluginFault, PluginHost
from referral_flow.ports import Addresses, Clock, Directory, Notifier, Store

if TYPE_CHECKING:
    from referral_flow.application.lane import Lane

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Parts(Definition, eq=False):
    """The parts of one flow, as they were given or made when it was opened.

    `directory` is None where the store keeps the register itself. `respectful` are the
    notifiers that keep the policy of messages. `bringers` are the
    plugins by the notifier that they made; `hanging` is where a `send` has not come back.
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
    respectful: frozenset[str]
    bringers: Mapping[str, Plugin] = field(factory=dict)
    hanging: dict[str, Lane] = field(factory=dict)

    @property
    def policy(self) -> Policy:
        """Give the policy of messages: by the flow's own rule set, whatever a stream's is."""
        return Policy(self.rule_sets[self.default_rules].messages, self.zone, self.respectful)

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
        try:
            return self.rule_sets[name]
        except KeyError:
            problem = f"the rule set {name!r} is not installed"
            raise ConfigurationError(problem=problem) from None

    def now(self) -> datetime:
        """Give the time in UTC; raises ConfigurationError for a clock without a zone."""
        now = self.clock()
        if now.tzinfo is None:
            raise ConfigurationError(problem="the clock gives a time without a zone")
        return now if now.tzinfo is UTC else now.astimezone(UTC)

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


def narrowed(
    processes: Iterable[Process], guards: Iterable[tuple[Plugin, GuardFor]] = ()
) -> dict[str, Process]:
    """Give the processes by kind, each with the further guards for its commands.

    Raises ConfigurationError when two have one name, PluginError for a guard that no row
    can take: one that guards nothing would be missed by nobody.
    """
    found: dict[str, Process] = {}
    for process in processes:
        if process.kind in found:
            raise ConfigurationError(problem=f"two processes are called {process.kind!r}")
        found[process.kind] = process
    for plugin, guard in guards:
        try:
            _narrow(found, guard)
        except Exception as error:
            problem = error.data["problem"] if isinstance(error, LifecycleError) else str(error)
            detail = {
                "guard": getattr(guard.guard, "__name__", repr(guard.guard)),
                "command": getattr(guard.command, "__name__", repr(guard.command)),
                "error": problem,
            }
            raise plugin.error(PluginFault("unfit_guard", detail)) from None
    return found


def _narrow(processes: dict[str, Process], guard: GuardFor) -> None:
    """Put a further guard on its rows; raises LifecycleError or ValueError where it has none."""
    mine = [p for p in processes.values() if guard.command in p.lifecycle.commands]
    if not mine:
        raise ValueError("no process has this command")
    for process in mine:
        narrow = process.lifecycle.narrow([guard])
        rows = narrow.commands[guard.command]
        if not any(guard in row.further for row in rows):
            wanted = ", ".join(guard.states or ())
            raise ValueError(
                f"there is no row for {name_of(guard.command)} in {wanted or 'no state'}"
            )
        processes[process.kind] = change(process, lifecycle=narrow)


def by_command(processes: Mapping[str, Process]) -> dict[type[Any], Process]:
    """Give the process of each command; raises ConfigurationError when two have it."""
    found: dict[type[Any], Process] = {}
    for process in processes.values():
        for command in dict.fromkeys(row.command for row in process.lifecycle.rows):
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
