"""Checks what a plugin is and what its hooks gave; each fault is named by a code."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import Parameter
from typing import Any

from referral_flow.engine.lifecycle import GuardFor
from referral_flow.hooks import ALL_HOOKS, HOOKS_VERSION, Fault, promise_of
from referral_flow.plugin_host.plugin import PluginFault
from referral_flow.ports import Notifier, Store
from referral_flow.words.near import nearest

PREFIX = "referral_flow_"
MOST_SECONDS = 30.0
"""What a `send` has, and less where its notifier says so: it must end within a lease."""

DECIDING = tuple(
    spec.__name__ for spec in ALL_HOOKS if promise_of(spec).fault is Fault.OPENING_STOPS
)
"""The hooks that change what is allowed: a plugin that has one is never left out unseen."""

_MARK = "referral_flow_impl"
_SPECS = {spec.__name__: spec for spec in ALL_HOOKS}
_NAMED = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_PORTS: dict[str, type[Any]] = {"stores": Store, "notifiers": Notifier}


class Unfit(Exception):
    """Say what a plugin is or gave that cannot be used."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code, detail)
        self.fault = PluginFault(code, detail)


def version_of(implementation: Any) -> Any:
    """Give the version of the hooks that a plugin is written for."""
    return getattr(implementation, "REFERRAL_FLOW_HOOKS", HOOKS_VERSION)


def hooks_of(implementation: Any) -> dict[str, Callable[..., Any]]:
    """Give the functions of a plugin that are marked, by the name of their hook."""
    return dict(sorted(_marked(implementation)))


def decides(implementation: Any) -> bool:
    """Say whether a plugin has, or is likely to mean, a hook that changes what is allowed."""
    for name in dir(implementation):
        if name.startswith(PREFIX) and {name, _near(name)} & set(DECIDING):
            return True
    return any({name, _near(name)} & set(DECIDING) for name in hooks_of(implementation))


def check_plugin(implementation: Any) -> None:
    """Raise Unfit where a plugin cannot be registered as it is."""
    version = version_of(implementation)
    if version != HOOKS_VERSION:
        raise Unfit("other_version", found=str(version), wanted=str(HOOKS_VERSION))
    if inspect.isclass(implementation):
        raise Unfit("is_class")
    found = hooks_of(implementation)
    for hook, function in found.items():
        _check_hook(hook, function)
    for name in dir(implementation):
        if name.startswith(PREFIX) and _is_unmarked(getattr(implementation, name)):
            raise Unfit("unmarked_hook", hook=name)
    if not found:
        raise Unfit("no_hooks")


def check_value(hook: str, given: Any) -> Any:
    """Give what a hook gave at opening in the form that is used; raises Unfit."""
    if hook == "referral_flow_guards":
        return _guards(hook, given)
    if not isinstance(given, Mapping):
        raise wrong_type(hook, given, "mapping")
    for name, value in given.items():
        if not isinstance(name, str) or not name:
            raise wrong_type(hook, name, "name")
        if hook == "referral_flow_rule_sets":
            if not isinstance(value, str):
                raise wrong_type(hook, value, "text")
        elif not callable(value):
            raise wrong_type(hook, value, "factory")
        elif is_async(value):
            raise Unfit("async_factory", hook=hook, scheme=name)
    return dict(given)


def check_made(what: str, made: Any) -> None:
    """Raise Unfit unless a store or notifier (`what`) has what its port asks for."""
    port = _PORTS[what]
    wanted = [
        name for name in vars(port) if not name.startswith("_") and callable(vars(port)[name])
    ]
    missing = tuple(name for name in wanted if not callable(getattr(made, name, None)))
    # A coroutine has a `send` of its own.
    if missing or inspect.isawaitable(made):
        discard(made)
        raise Unfit("wrong_made", found=type(made).__name__, wanted=what, missing=missing)
    for name in wanted:
        if is_async(getattr(made, name)):
            raise Unfit("async_made", found=type(made).__name__, method=name)
    if what == "notifiers":
        seconds = getattr(made, "send_within", MOST_SECONDS)
        numeric = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if not (numeric and 0 < seconds <= MOST_SECONDS):
            raise Unfit("send_within", found=repr(seconds), most=MOST_SECONDS)


def wrong_type(hook: str, given: Any, wanted: str) -> Unfit:
    """Give what is wrong with a value; `wanted` is a code of the words `due`."""
    discard(given)
    return Unfit("wrong_type", hook=hook, found=type(given).__name__, wanted=wanted)


def discard(given: Any) -> None:
    """Let go of a coroutine that nobody will wait for, so that Python does not complain."""
    if inspect.iscoroutine(given):
        given.close()


def is_async(function: Any) -> bool:
    """Say whether calling it gives something to wait for, as far as can be seen."""
    called = getattr(function, "__call__", None)  # noqa: B004 - of an object with a method
    asked = (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    return any(is_(function) or is_(called) for is_ in asked)


def _check_hook(hook: str, function: Callable[..., Any]) -> None:
    if hook not in _SPECS:
        raise Unfit("unknown_hook", hook=hook, near=_near(hook))
    options = getattr(function, _MARK)
    if options.get("wrapper") or options.get("hookwrapper"):
        raise Unfit("wrapper_hook", hook=hook)
    if is_async(function):
        raise Unfit("async_hook", hook=hook)
    known = inspect.signature(_SPECS[hook]).parameters
    for name, taken in inspect.signature(function).parameters.items():
        if taken.default is taken.empty and name not in known and taken.kind in _NAMED:
            raise Unfit("unknown_argument", hook=hook, argument=name, known=tuple(known))


def _guards(hook: str, given: Any) -> tuple[GuardFor, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise wrong_type(hook, given, "guards")
    guards = tuple(given)
    for guard in guards:
        if not isinstance(guard, GuardFor):
            raise wrong_type(hook, guard, "guard")
    return guards


def _marked(implementation: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dir(implementation):
        function = getattr(implementation, name, None)
        options = getattr(function, _MARK, None)
        if isinstance(options, dict) and callable(function):
            yield options.get("specname") or name, function


def _is_unmarked(function: Any) -> bool:
    ours = getattr(function, _MARK, None) or getattr(function, "referral_flow_spec", None)
    return callable(function) and ours is None


def _near(name: str) -> str:
    return nearest(name, _SPECS) or ""
