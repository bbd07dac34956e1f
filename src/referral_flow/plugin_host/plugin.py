"""A plugin as it was found: where it comes from, what it brings, how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from referral_flow.engine.lifecycle import GuardFor
from referral_flow.engine.record import Entity, Record, field
from referral_flow.errors import PluginError, problem_says
from referral_flow.logs import logger

_LONGEST = 300


class Choice(StrEnum):
    """Which installed plugins to use: all of them, or none."""

    ALL = "all"
    NONE = "none"


class PluginState(StrEnum):
    """How a plugin stands."""

    OK = "ok"
    BLOCKED = "blocked"
    FAILED = "failed"
    INCOMPATIBLE = "incompatible"


class PluginFault(Record):
    """What is wrong with a plugin: a code, and what its sentence names."""

    code: str
    detail: Mapping[str, Any] = field(factory=dict)

    def says(self, language: str) -> str:
        """Give it in words."""
        return problem_says(self.code, language, self.detail)


class Plugin(Entity):
    """One plugin; `fault` is the last thing that went wrong with it, at opening or at work.

    `stops` says that no flow may be opened with it; `seconds` is how long its import took.
    """

    name: str
    distribution: str = ""
    version: str = ""
    state: PluginState = PluginState.OK
    fault: PluginFault | None = None
    hooks: tuple[str, ...] = ()
    guards: tuple[GuardFor, ...] = ()
    seconds: float = 0.0
    stops: bool = False
    implementation: Any = None

    def __repr__(self) -> str:
        shown = (n for n in self.__struct_fields__ if n != "implementation")
        return f"Plugin({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    @property
    def problem(self) -> str:
        """Give what went wrong in words, or nothing."""
        return "" if self.fault is None else self.fault.says("en")

    @property
    def whole_name(self) -> str:
        """Give the name with the distribution."""
        return f"{self.name} ({self.distribution})" if self.distribution else self.name

    def failed(
        self, fault: PluginFault, *, stops: bool, state: PluginState = PluginState.FAILED
    ) -> None:
        """Use it no more; `stops` says that no flow may be opened without it either."""
        self.state, self.fault, self.stops = state, fault, stops
        logger("plugins").warning("plugin %s cannot be used: %s", self.whole_name, self.problem)

    def noted(self, fault: PluginFault) -> None:
        """Note what went wrong at work; the plugin stays in use."""
        self.fault = fault
        logger("plugins").warning("plugin %s: %s", self.whole_name, self.problem)

    def error(self, fault: PluginFault | None = None) -> PluginError:
        """Make the error that names the plugin, its distribution and what is wrong."""
        fault = fault or self.fault or PluginFault("not_in_use")
        return PluginError(
            plugin=self.name,
            distribution=self.distribution,
            problem=fault.code,
            detail=dict(fault.detail),
        )


def written(error: BaseException) -> str:
    """Write an error of a plugin on one line."""
    return " ".join(repr(error).split())[:_LONGEST]
