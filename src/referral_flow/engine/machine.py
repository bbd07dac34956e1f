"""What `transitions` is used for; the only file that imports it.

`drive` moves an object of the embedder's own, in memory, by our rows and guards. `oracle`
runs the rows as they are written, apart from our table, so that tests hold one to the other.
`draw` is text of our own making: referral_flow.engine.diagram says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import transitions
from attrs import define
from transitions.extensions.locking import LockedEvent, LockedMachine

from referral_flow.engine import checks
from referral_flow.engine.at import At
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.diagram import draw
from referral_flow.engine.judge import judge
from referral_flow.engine.lifecycle import GuardFor, Lifecycle, Row
from referral_flow.engine.refusal import Refusal, not_allowed_in_state
from referral_flow.engine.rows import UNCHANGED, AnyBut, Back, Given, Guard, OneOf, Transition
from referral_flow.engine.triggers import bind, release
from referral_flow.errors import Refused

__all__ = ["Machine", "Oracle", "draw", "drive", "oracle"]


def drive(lifecycle: Lifecycle, model: Any) -> Machine:
    """Drive `model`, an object with a `state` (None: not created yet), by `lifecycle`.

    It gains a method for each command, `model.assign(command, at)`, and is what the guards
    get as the state. Its own `on_enter_assigned(event)` and `on_exit_assigned(event)` are
    called; what it keeps besides `state` is its own affair. A copy of it is not driven.

    Raises LifecycleError for a model that cannot take this. A command raises Refused with
    every reason; after that, as after any error, the state is what it was.
    """
    machine = Machine(lifecycle)
    machine.add_model(model)
    return machine


def oracle(lifecycle: Lifecycle) -> Oracle:
    """Give the rows of `lifecycle`, as they are written, as a machine to compare ours with."""
    return Oracle(lifecycle)


class _Event(LockedEvent):
    """A command: our guards judge it, and only then does transitions move the model."""

    machine: Machine

    def trigger(self, model: Any, *args: Any, **kwargs: Any) -> bool:
        return self.machine.alone(self._fire, model, *args, **kwargs)

    def _fire(self, model: Any, command: Any, at: At[Any, Any]) -> bool:
        machine = self.machine
        if type(command) is not machine.commands[self.name]:
            raise TypeError(f"{self.name} takes no {type(command).__name__}")
        row, known = machine.row(model, command)
        refusals = machine.refusals(model, command, at)
        if row is None or refusals:
            raise Refused(refusals, self.name)
        leads_to = row.target(known, command)
        before, moved = model.state, False
        try:
            moved = super().trigger(model, command, at, leads_to=leads_to)
        finally:
            # transitions leaves the model moved when a callback raises after the change.
            if not moved:
                model.state = before
        return moved


class Machine(LockedMachine):
    """A machine of transitions in which our guards judge each command.

    Of two threads that fire at once, the second finds the state that the first left.
    """

    event_cls = _Event

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.commands = {name_of(command): command for command in lifecycle.commands}
        self._new = _new(lifecycle)
        if "state" in self.commands:
            checks.wrong(lifecycle, "state", "is a command by the name of a model's attribute")
        super().__init__(
            model=None,
            states=[
                {"name": s, "on_enter": _own(f"on_enter_{s}"), "on_exit": _own(f"on_exit_{s}")}
                for s in (self._new, *map(str, lifecycle.states))
            ],
            initial=None,
            transitions=[
                {
                    "trigger": name_of(command),
                    "source": self._new if source is None else source,
                    "dest": target,
                    "conditions": _leads_to(target or source),
                }
                for (source, command), row in lifecycle.table.items()
                for target in lifecycle.targets(row.transition) or (None,)
            ],
            auto_transitions=False,
            send_event=True,
        )

    def add_model(self, model: Any) -> None:  # type: ignore[override]
        """Drive one more model, in the state that it has; raise as `drive` does."""
        bind(self.lifecycle, model, {name: event.trigger for name, event in self.events.items()})
        # Unsearched: transitions looks for an equal model first, and leaves the second one out.
        self.models.append(model)

    def remove_model(self, model: Any) -> None:
        """Drive `model` no longer; its state stays."""
        release(model)
        self.models = [driven for driven in self.models if driven is not model]

    def row(self, model: Any, command: Any) -> tuple[Row | None, Any]:
        """Give the row of `command` in the state of `model`, and the state that guards get."""
        state = None if model.state is None else str(model.state)
        return self.lifecycle.row(state, type(command)), None if state is None else model

    def refusals(self, model: Any, command: Any, at: At[Any, Any]) -> tuple[Refusal, ...]:
        """Give every reason why `command` would be refused now; change nothing.

        `at.facts` stands for every class of facts that the row reads.
        """
        row, known = self.row(model, command)
        if row is None:
            rows = self.lifecycle.commands.get(type(command), ())
            allowed_in = tuple(r.source for r in rows if r.source is not None)
            return (not_allowed_in_state(str(model.state or self._new), allowed_in),)
        return judge(row, known, command, at, dict.fromkeys(row.reads, at.facts))

    def alone(self, function: Callable[..., bool], *args: Any, **kwargs: Any) -> bool:
        """Call `function` while no other thread is in this machine."""
        # LockedMachine takes its lock around every public method, once for each thread.
        return function(*args, **kwargs)

    def get_state(self, state: Any) -> transitions.State:
        """Give a state by its text or its member of the enum; None is that before creation."""
        # transitions looks for a member by its name, and so misses one whose value differs.
        return super().get_state(self._new if state is None else str(state))

    def set_state(self, state: Any, model: Any = None) -> None:
        """Set the state of `model`, or of every model, as a member of the lifecycle's enum."""
        name = state.name if isinstance(state, transitions.State) else self.get_state(state).name
        for driven in self.models if model is None else [model]:
            driven.state = self.lifecycle.states(name)


def _own(method: str) -> Callable[[transitions.EventData], None]:
    def call(event: transitions.EventData) -> None:
        own = getattr(event.model, method, None)
        if own is not None:
            own(event)

    return call


def _leads_to(target: str | None) -> Callable[[transitions.EventData], bool]:
    return lambda event: event.kwargs["leads_to"] == target


def _new(lifecycle: Lifecycle) -> str:
    """Name the state before creation: transitions has no row from nothing."""
    name = "new"
    while name in {str(state) for state in lifecycle.states}:
        name += "_"
    return name


@define
class _Cursor:
    """A throw-away model: a machine keeps its models alive, and takes no frozen one."""

    here: str


class Oracle:
    """The rows of a lifecycle, run by transitions and not by our table."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._new = _new(lifecycle)
        self._machine = transitions.Machine(
            model=None,
            states=[self._new, *map(str, lifecycle.states)],
            initial=None,
            auto_transitions=False,
            model_attribute="here",
        )
        for transition in lifecycle.rows:
            self._add(lifecycle, transition)

    def fire(
        self,
        state: str | None,
        command_class: type[Command[Any]],
        state_object: Any,
        command: Any,
        at: Any,
        *,
        facts: Mapping[type[Any], Any] | None = None,
    ) -> str | None:
        """Give the state that `command` leads to from `state` (None: a creation).

        None says that it is refused, in this state or by a guard. `facts` are those of
        further guards, by class.
        """
        event = self._machine.events.get(name_of(command_class))
        cursor = _Cursor(self._new if state is None else str(state))
        try:
            moved = event is not None and event.trigger(cursor, state_object, command, at, facts)
        except transitions.MachineError:
            return None
        return cursor.here if moved else None

    def _add(self, lifecycle: Lifecycle, transition: Transition) -> None:
        source, target = transition.source, transition.target
        if isinstance(source, AnyBut):
            left_out = set(map(str, source.states))
            starts = [str(state) for state in lifecycle.states if str(state) not in left_out]
        else:
            several = source if isinstance(source, tuple) else (source,)
            starts = [self._new if start is None else str(start) for start in several]
        ends: list[tuple[str | None, list[Callable[..., bool]]]] = []
        if isinstance(target, OneOf | Back):
            ends += [(str(member), [_chosen(target, member)]) for member in target.among]
        else:
            ends += [(None if target is UNCHANGED else str(target), [])]
        guards = (*transition.guards, *lifecycle.always)
        conditions = [*map(_given, transition.given), *map(_guard, guards)]
        for start in starts:
            narrowed = [
                _further(f)
                for f in lifecycle.further
                if f.command is transition.command and (f.states is None or start in f.states)
            ]
            for end, chosen in ends:
                self._machine.add_transition(
                    name_of(transition.command),
                    start,
                    end,
                    # transitions hands a condition what the trigger was given, not the model.
                    conditions=[*conditions, *narrowed, *chosen],
                )


def _passes(ask: Callable[..., Any]) -> Callable[..., bool]:
    def passes(*asked: Any) -> bool:
        try:
            return ask(*asked) is None
        except Exception:
            return False

    return passes


def _given(given: Given) -> Callable[..., bool]:
    return _passes(lambda state, _command, at, _facts: given(state, at))


def _guard(guard: Guard) -> Callable[..., bool]:
    return _passes(lambda state, command, at, _facts: guard(state, command, at))


def _further(further: GuardFor) -> Callable[..., bool]:
    def ask(state: Any, command: Any, at: Any, facts: Any) -> Refusal | None:
        seen = at if further.reads is None else at.with_facts(facts[further.reads])
        return further.guard(state, command, seen)

    return _passes(ask)


def _chosen(target: OneOf | Back, member: str) -> Callable[..., bool]:
    def chosen(state: Any, command: Any, _at: Any, _facts: Any) -> bool:
        if isinstance(target, OneOf):
            return target.choose(state, command) == member
        return target.read(state) == member

    return chosen
