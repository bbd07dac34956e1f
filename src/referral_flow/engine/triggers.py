"""The commands of a lifecycle as methods of an embedder's own object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define

from referral_flow.engine import checks
from referral_flow.engine.at import At
from referral_flow.engine.lifecycle import Lifecycle

Fire = Callable[[Any, Any, At[Any, Any]], bool]


@define(eq=False)
class Trigger:
    """One command of one model, as an attribute of it."""

    fire: Fire
    model: Any

    def __call__(self, command: Any, at: At[Any, Any]) -> bool:
        """Do `command`; raise Refused with every reason when it may not be done."""
        return self.fire(self.model, command, at)


def bind(lifecycle: Lifecycle, model: Any, commands: Mapping[str, Fire]) -> None:
    """Give `model` a method for each command; `fire(model, command, at)` does it.

    Raises LifecycleError when it is driven already, has an attribute by the name of a
    command, is frozen or slotted, or has no `state` that the lifecycle knows.
    """
    where = f"model {type(model).__name__}"
    if not hasattr(model, "state"):
        checks.wrong(lifecycle, where, "has no attribute `state`")
    if model.state is not None:
        checks.check_state(lifecycle, where, model.state)
    attributes = getattr(model, "__dict__", {})
    for name in commands:
        own = attributes.get(name, getattr(type(model), name, None))
        if isinstance(own, Trigger):
            checks.wrong(lifecycle, where, "is driven already")
        # In transitions a method of the model's own wins over the command, without a word.
        if own is not None:
            checks.wrong(lifecycle, where, f"has its own {name!r}, which would hide the command")
    try:
        model.state = model.state
        for name, fire in commands.items():
            setattr(model, name, Trigger(fire, model))
        model.__getstate__ = _undriven(model)
    except Exception as error:
        release(model)
        checks.wrong(lifecycle, where, f"is frozen or slotted: {error}")


def release(model: Any) -> None:
    """Take the commands from `model`; its state stays."""
    attributes = getattr(model, "__dict__", {})
    for name in attributes.keys() - _without(attributes).keys():
        del attributes[name]


def _undriven(model: Any) -> Callable[[], Any]:
    """Give what copying and pickling ask for: a copy's commands would move the original."""

    cls: Any = type(model)

    def undriven() -> Any:
        state = cls.__getstate__(model)
        if isinstance(state, dict):
            return _without(state)
        if isinstance(state, tuple) and state and isinstance(state[0], dict):
            return (_without(state[0]), *state[1:])
        return state

    return undriven


def _without(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in attributes.items()
        if name != "__getstate__" and not isinstance(value, Trigger)
    }
