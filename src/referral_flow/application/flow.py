"""The flow: a store, notifiers and a register, and the processes that run over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, overload
from zoneinfo import ZoneInfo

from referral_flow.application.announce import Announcer, WaitingAnnouncer
from referral_flow.application.answers import (
    DeadLetter,
    Delivered,
    Due,
    Page,
    Ticked,
    Verified,
)
from referral_flow.application.desk import Desk
from referral_flow.application.execute import Executor
from referral_flow.application.parts import Parts, by_command, microseconds, narrowed
from referral_flow.application.policy import keeping
from referral_flow.application.unit import Unit
from referral_flow.codec import Codec
from referral_flow.domain.batch.process import BATCH_PROCESS
from referral_flow.domain.group.process import GROUP_PROCESS
from referral_flow.domain.referral.process import REFERRAL_PROCESS
from referral_flow.domain.register.process import REGISTER_PROCESSES
from referral_flow.domain.rules import RuleSets
from referral_flow.engine.actor import SYSTEM_ROLE, Actor
from referral_flow.engine.process import Process
from referral_flow.engine.record import change
from referral_flow.errors import ConfigurationError
from referral_flow.plugin_host import Choice, Plugin, PluginHost, Plugins, Unfit, check_made
from referral_flow.ports import (
    Addresses,
    Clock,
    Directory,
    HostConnection,
    Notifier,
    Store,
    StoreState,
)

PROCESSES: tuple[Process, ...] = (REFERRAL_PROCESS, GROUP_PROCESS, BATCH_PROCESS)


def wall_clock() -> datetime:
    """Give the time of this machine, in UTC."""
    return datetime.now(UTC)


class ReferralFlow:
    """Everything that the library does, over the parts that it is given.

    Without `directory` the store keeps the register of people itself. `notifiers` are
    URLs (`log:`) or notifiers by name. `messages` is "respectful" (not at night, one digest
    a day, a few at most) or "at once"; None lets each notifier say which: mail is
    respectful, the log is not. `zone` is where a day begins and ends. Raises
    ConfigurationError and its classes when the parts do not fit, StoreError when the
    store cannot be opened.
    """

    def __init__(
        self,
        store: Store | str,
        *,
        notifiers: Mapping[str, Notifier] | Sequence[str] = ("log:",),
        directory: Directory | None = None,
        addresses: Addresses | None = None,
        messages: str | None = None,
        clock: Clock = wall_clock,
        zone: str = "Asia/Ho_Chi_Minh",
        language: str = "vi",
        rule_set: str = "directive-22-1999",
        processes: Sequence[Process] = PROCESSES,
        plugins: Plugins = Choice.ALL,
        block: Iterable[str] = (),
    ) -> None:
        host = PluginHost(plugins, block)
        host.must_stand()
        if not notifiers:
            raise ConfigurationError(problem="at least one notifier is needed, such as 'log:'")
        rule_sets = RuleSets({name: rules for name, (_, rules) in host.rule_sets.items()})
        if rule_set not in rule_sets:
            known = ", ".join(sorted(rule_sets))
            raise ConfigurationError(problem=f"there is no rule set {rule_set!r}, only {known}")
        kept = REGISTER_PROCESSES if directory is None else ()
        running = narrowed((*processes, *kept), host.guards)
        codec = Codec(running.values())
        commands = by_command(running)
        sending, bringers = _notifiers(host, notifiers)
        here = _zone(zone)
        respectful = keeping(sending, messages)
        opened: Store = host.make("stores", store)[0] if isinstance(store, str) else store
        self._parts = Parts(
            opened,
            codec,
            running,
            commands,
            directory,
            rule_sets,
            rule_set,
            clock,
            here,
            language,
            sending,
            host,
            addresses,
            opened.secret(),
            respectful,
            bringers,
        )
        self._outermost = opened
        self._wire(Announcer(host), joined=False)

    @classmethod
    def open(cls, url: str, **parts: Any) -> ReferralFlow:
        """Open a flow over the store of a URL: `sqlite:///referrals.db`, `memory:`."""
        return cls(url, **parts)

    def _wire(self, announcer: Announcer, joined: bool) -> None:
        self._announcer = announcer
        self._executor = Executor(self._parts, announcer, joined)
        self._joined = joined

    def acting_as(self, actor: Actor) -> Desk:
        """Give the desk of one person in one capacity."""
        given: Any = actor
        if not isinstance(given, Actor) or not actor.person or not actor.role:
            raise ConfigurationError(problem="an Actor with a person and a role is needed")
        if actor.role == SYSTEM_ROLE:
            raise ConfigurationError(problem="the role 'system' is the library's own")
        return Desk(self._parts, self._executor, actor)

    def within(self, connection: Any) -> ReferralFlow:
        """Give a flow that works inside the transaction open on your connection.

        `connection` is one of `sqlite3` or psycopg 3, a Session or Connection of SQLAlchemy,
        or Django's. What is refused or lost leaves your own rows as they are. Observers hear
        after the commit of a Session and of Django's `atomic`; for others call `announce`.

        Raises NoTransaction with what to type where none is open, OtherDatabase for a
        connection that leads elsewhere, PluginError for what the store cannot join.
        """
        from referral_flow.application.within import joined_store
        from referral_flow.hosts import host_connection

        host = host_connection(connection)
        store = joined_store(self._outermost, host, self._parts.secret)
        joined = object.__new__(type(self))
        joined._parts = change(self._parts, store=store)
        joined._outermost = self._outermost
        after_commit = host.after_commit if isinstance(host, HostConnection) else None
        announcer = WaitingAnnouncer(self._parts.host, self._outermost, after_commit)
        joined._wire(announcer, joined=True)
        return joined

    def announce(self) -> None:
        """Tell the observers what was done within your transaction, after your commit.

        Only what the store has by then is told; after a rollback that is nothing.
        """
        self._announcer.release()

    @overload
    def tick(self, limit: int | None = None, *, dry_run: Literal[False] = False) -> Ticked: ...
    @overload
    def tick(self, limit: int | None = None, *, dry_run: Literal[True]) -> tuple[Due, ...]: ...
    def tick(self, limit: int | None = None, *, dry_run: bool = False) -> Ticked | tuple[Due, ...]:
        """Fire the timers that are due; several processes may, each timer fires once.

        `dry_run` says instead what would be fired and who would be told; nothing is leased
        and nothing is changed.
        """
        from referral_flow.application.timers import due, tick

        if dry_run:
            return due(self._parts, limit)
        done = tick(self._parts, self._executor, limit)
        self._note_run("tick")
        return done

    def deliver(self, limit: int | None = None) -> Delivered:
        """Send the messages that are due: at least once, each under one key."""
        from referral_flow.application.delivery import Delivery

        done = Delivery(self._parts, self._executor).run(limit)
        self._note_run("deliver")
        return done

    def _note_run(self, name: str) -> None:
        self._parts.store.note_run(name, microseconds(self._parts.now()))

    def queues(self) -> Mapping[str, int]:
        """Say how many messages wait for each notifier: those of others are not sent here."""
        return self._parts.store.queues()

    def dead_letters(self, after: str | None = None, limit: int = 50) -> Page[DeadLetter]:
        """Give the messages that were given up, a page at a time."""
        from referral_flow.application import dead_letters

        return dead_letters.dead_letters(self._parts, after, limit)

    def send_again(self, id: str) -> None:
        """Let a dead letter be sent by the next `deliver`, its tries counted anew.

        Raises Refused with `not_found` for what is no dead letter.
        """
        from referral_flow.application import dead_letters

        dead_letters.send_again(self._parts, id)

    def drop(self, id: str, reason: str) -> None:
        """Give a dead letter up; it stays in the store with the reason.

        Raises Refused with `not_found`, or with `reason_required`.
        """
        from referral_flow.application import dead_letters

        dead_letters.drop(self._parts, id, reason)

    def verify(self) -> Verified:
        """Compare everything that is stored with the history."""
        from referral_flow.application.audit import verify

        return verify(self._parts)

    def check(self) -> StoreState:
        """Say how the store stands."""
        return self._parts.store.check()

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """Give every plugin that was found, and how it stands."""
        return tuple(self._parts.host.plugins)

    @property
    def directory(self) -> Directory:
        """Give the register of people: yours, or the kept one as it stands now."""
        return Unit(self._parts, self._parts.now()).directory

    @property
    def processes(self) -> Mapping[str, Process]:
        """Give the processes that this flow runs, by kind."""
        return self._parts.processes

    def close(self) -> None:
        """Let go of the store; inside your transaction there is nothing to let go."""
        if not self._joined:
            self._parts.store.close()

    def __enter__(self) -> ReferralFlow:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _notifiers(
    host: PluginHost, given: Mapping[str, Notifier] | Sequence[str]
) -> tuple[dict[str, Notifier], dict[str, Plugin]]:
    """Give the notifiers by name, and the plugins of those that are made by their URLs."""
    if not isinstance(given, Mapping):
        schemes = [url.partition(":")[0].lower() for url in given]
        if twice := {scheme for scheme in schemes if schemes.count(scheme) > 1}:
            problem = f"two notifiers are called {min(twice)!r}: give them as a mapping of names"
            raise ConfigurationError(problem=problem)
        made = {n: host.make("notifiers", url) for n, url in zip(schemes, given, strict=True)}
        return {n: one for n, (one, _) in made.items()}, {n: by for n, (_, by) in made.items()}
    for name, notifier in given.items():
        try:
            check_made("notifiers", notifier)
        except Unfit as unfit:
            problem = f"the notifier {name!r} cannot be used: {unfit.fault.says('en')}"
            raise ConfigurationError(problem=problem) from None
    return dict(given), {}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigurationError(problem=f"the time zone {name!r} is not known here") from None
