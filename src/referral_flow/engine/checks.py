"""Refuse rows that cannot stand, when the lifecycle is made and not when a user meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import iscoroutinefunction, isfunction
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, NoReturn, get_args, get_origin

from referral_flow.engine.at import At
from referral_flow.engine.command import Command, name_of, own_fields
from referral_flow.engine.rows import UNCHANGED, AnyBut, Back, OneOf, Transition
from referral_flow.engine.signatures import hints_of, parameters_of
from referral_flow.errors import LifecycleError
from referral_flow.words.near import nearest

if TYPE_CHECKING:
    from referral_flow.engine.lifecycle import GuardFor, Lifecycle

_STATE, _COMMAND, _AT = 0, 1, 2


def check(lifecycle: Lifecycle) -> None:
    """Check every row; raise LifecycleError that names the row and the near match."""
    if not lifecycle.rows:
        wrong(lifecycle, "a lifecycle", "has no rows")
    checked: set[tuple[int, object]] = set()
    for transition in lifecycle.rows:
        _check_command(lifecycle, transition)
        _check_states(lifecycle, transition)
        _check_functions(lifecycle, transition, checked)
    for state in lifecycle.closed:
        check_state(lifecycle, "closed", state)
    _check_pairs(lifecycle)
    _check_reachable(lifecycle)
    _check_own_rows(lifecycle)
    _check_further(lifecycle)


def name(function: Callable[..., Any]) -> str:
    """Give the name that stands for a function in refusals and in the fingerprint."""
    return str(getattr(function, "__name__", "<nameless>"))


def written(transition: Transition) -> str:
    """Write a row as one line of text, for messages and for the fingerprint."""
    source, target = transition.source, transition.target
    if isinstance(source, AnyBut):
        start = "any but " + ", ".join(map(str, source.states))
    elif isinstance(source, tuple):
        start = ", ".join(map(str, source))
    else:
        start = "-" if source is None else str(source)
    if isinstance(target, OneOf | Back):
        chooser = target.choose if isinstance(target, OneOf) else target.read
        end = f"{type(target).__name__} {name(chooser)} of {', '.join(map(str, target.among))}"
    else:
        end = "unchanged" if target is UNCHANGED else str(target)
    by = ", ".join(
        f"{p.role}{' above' if p.above else ''}{' in person' if p.person else ''}"
        f"{'' if p.of is None else ' ' + name(p.of)}{'' if p.claim is None else ' by ' + p.claim}"
        for p in transition.by
    )
    given, guards = (", ".join(map(name, f)) for f in (transition.given, transition.guards))
    reads = transition.reads.__name__ if transition.reads else "-"
    line = f"{name_of(transition.command)}: {start} -> {end} by {by}"
    return f"{line} given {given} if {guards} reads {reads}"


def depends_on(transition: Transition, further: Iterable[GuardFor] = ()) -> tuple[str, ...]:
    """Give the fields of the command that the row's guards judge, in the command's order."""
    asked = own_fields(transition.command)
    if transition.source is not None:
        asked = asked[1:]
    judged: set[str] = set()
    for guard in (*transition.guards, *(f.guard for f in further)):
        hint = _hint(guard, _COMMAND)
        if _is_protocol(hint):
            judged.update(_members(hint))
        else:
            judged.update(asked)
    return tuple(f for f in asked if f in judged)


def _is_protocol(hint: Any) -> bool:
    return bool(getattr(hint, "_is_protocol", False))


def _members(protocol: Any) -> Iterable[str]:
    for part in filter(_is_protocol, protocol.__mro__):
        yield from getattr(part, "__annotations__", {})
        yield from (n for n, member in vars(part).items() if isinstance(member, property))


def wrong(lifecycle: Lifecycle, where: str, problem: str, near: str | None = None) -> NoReturn:
    hint = f"; did you mean {near!r}?" if near else ""
    raise LifecycleError(lifecycle=lifecycle.name, row=where, problem=problem + hint)


def _check_command(lifecycle: Lifecycle, transition: Transition) -> None:
    command: Any = transition.command
    if not (isinstance(command, type) and issubclass(command, Command)):
        wrong(lifecycle, repr(command), "is not a subclass of Command")
    if not transition.by:
        wrong(lifecycle, name_of(command), "names nobody in `by`: nobody could ever do it")


def check_state(lifecycle: Lifecycle, where: str, state: Any) -> None:
    try:
        lifecycle.states(str(state))
    except ValueError:
        near = nearest(str(state), map(str, lifecycle.states))
        wrong(lifecycle, where, f"unknown state {str(state)!r}", near)


def _check_states(lifecycle: Lifecycle, transition: Transition) -> None:
    where = name_of(transition.command)
    source = transition.source
    if isinstance(source, AnyBut):
        named: tuple[Any, ...] = source.states
    else:
        named = () if source is None else source if isinstance(source, tuple) else (source,)
    for state in (*named, *lifecycle.targets(transition)):
        check_state(lifecycle, where, state)
    if not lifecycle.sources(transition):
        wrong(lifecycle, where, "starts from no state: nobody could ever do it")
    if transition.target is not UNCHANGED and not lifecycle.targets(transition):
        wrong(lifecycle, where, "leads to no state: `among` is empty")
    if transition.source is None and transition.target is UNCHANGED:
        wrong(lifecycle, where, "creates a stream and leaves its state unchanged")


def _check_functions(
    lifecycle: Lifecycle, transition: Transition, checked: set[tuple[int, object]]
) -> None:
    """Check a row's functions; `checked` are those that an earlier row named in the same way."""
    where = name_of(transition.command)
    target = transition.target
    functions: list[tuple[Callable[..., Any], int]] = [
        *((g, 3) for g in (*transition.guards, *lifecycle.always)),
        *((g, 2) for g in transition.given),
    ]
    if isinstance(target, OneOf):
        functions.append((target.choose, 2))
    if isinstance(target, Back):
        functions.append((target.read, 1))
    for function, arguments in functions:
        if (id(function), arguments) not in checked:
            checked.add((id(function), arguments))
            _check_function(lifecycle, where, function, arguments)
    for guard in (*transition.guards, *lifecycle.always):
        if (id(guard), transition.reads) not in checked:
            checked.add((id(guard), transition.reads))
            _check_facts(lifecycle, where, guard, transition.reads)


def _check_function(
    lifecycle: Lifecycle, where: str, function: Callable[..., Any], arguments: int
) -> None:
    if not callable(function):
        wrong(lifecycle, where, f"{function!r} cannot be called")
    if name(function) in ("<lambda>", "<nameless>"):
        wrong(lifecycle, where, f"{function!r} has no name: write it as a function")
    if iscoroutinefunction(function):
        wrong(lifecycle, where, f"{name(function)} is async: what it needs is loaded before")
    taken = len(parameters_of(function))
    if taken != arguments:
        wrong(lifecycle, where, f"{name(function)} takes {taken} arguments, not {arguments}")
    try:
        hints_of(function)
    except NameError:
        pass
    except TypeError as error:
        if isfunction(function):
            wrong(lifecycle, where, f"{name(function)} has a wrong annotation: {error}")


def _check_facts(
    lifecycle: Lifecycle, where: str, guard: Callable[..., Any], reads: type[Any] | None
) -> None:
    hint = _hint(guard, _AT)
    if get_origin(hint) is not At:
        return
    facts = get_args(hint)[0]
    named = get_args(facts) if isinstance(facts, UnionType) else (facts,)
    if any(not isinstance(f, type) or f in (Any, object, NoneType) for f in named):
        return
    if reads is None or not any(_is_protocol(f) or issubclass(reads, f) for f in named):
        asked = " or ".join(f.__name__ for f in named)
        found = reads.__name__ if reads else "nothing"
        wrong(lifecycle, where, f"{name(guard)} reads {asked}, but its row reads {found}")


def _hint(function: Callable[..., Any], position: int) -> Any:
    """Give a parameter's annotation; None where it cannot be had (names local to a function)."""
    try:
        hints = hints_of(function)
        parameter = parameters_of(function)[position]
    except (NameError, TypeError, IndexError):
        return None
    return hints.get(parameter)


def _check_pairs(lifecycle: Lifecycle) -> None:
    seen: dict[tuple[str | None, type[Any]], Transition] = {}
    commands: dict[str, type[Any]] = {}
    for transition in lifecycle.rows:
        called = name_of(transition.command)
        if commands.setdefault(called, transition.command) is not transition.command:
            wrong(lifecycle, written(transition), f"is of a second command called {called!r}")
        for source in lifecycle.sources(transition):
            if (source, transition.command) in seen:
                wrong(
                    lifecycle,
                    written(transition),
                    f"is a second row for {name_of(transition.command)} in {source or '-'}",
                )
            seen[source, transition.command] = transition


def _check_reachable(lifecycle: Lifecycle) -> None:
    reached: set[str | None] = {None}
    moves = [(lifecycle.sources(row), lifecycle.targets(row)) for row in lifecycle.rows]
    while True:
        found = {
            target
            for sources, targets in moves
            if reached.intersection(sources)
            for target in targets
        }
        if found <= reached:
            break
        reached |= found
    for state in lifecycle.states:
        if str(state) not in reached:
            wrong(lifecycle, f"state {str(state)!r}", "cannot be reached by any row")


def _check_own_rows(lifecycle: Lifecycle) -> None:
    own = {
        str(source)
        for transition in lifecycle.rows
        if not isinstance(transition.source, AnyBut)
        for source in lifecycle.sources(transition)
    }
    for state in lifecycle.states:
        if str(state) not in own and state not in lifecycle.closed:
            wrong(lifecycle, f"state {str(state)!r}", "has no row of its own and is not closed")


def _check_further(lifecycle: Lifecycle) -> None:
    known = {t.command for t in lifecycle.rows}
    for further in lifecycle.further:
        where = f"a further guard for {name_of(further.command)}"
        if further.command not in known:
            near = nearest(name_of(further.command), map(name_of, known))
            wrong(lifecycle, where, "this lifecycle has no such command", near)
        _check_function(lifecycle, where, further.guard, 3)
        for state in further.states or ():
            check_state(lifecycle, where, state)
        for transition in lifecycle.rows:
            if transition.command is further.command:
                reads = further.reads or transition.reads
                _check_facts(lifecycle, where, further.guard, reads)
