"""Finds plugins, orders and checks them, and says how each one stands.

The loop over entry points is our own: pluggy's stops at the first that cannot be imported.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from inspect import iscoroutinefunction
from typing import Any

from attrs import define, field
from pluggy import PluginManager

from referral_flow import hooks
from referral_flow.errors import PluginError, UnknownScheme, WrongUrl

logger = logging.getLogger("referral_flow.plugins")

GROUP = "referral_flow"


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


@define
class Plugin:
    """A plugin as it was found: where it comes from, what it brings, how it stands."""

    name: str
    distribution: str
    version: str
    state: PluginState = PluginState.OK
    problem: str = ""
    hooks: tuple[str, ...] = ()
    implementation: Any = field(default=None, repr=False)


Plugins = Choice | Iterable[Any]
"""ALL, NONE, names of installed plugins, or plugins themselves."""


class PluginHost:
    """The plugins of one flow.

    `plugins` chooses; `block` names installed ones to leave out. Raises PluginError when
    a plugin that was given or named cannot be used, or implements an unknown hook.
    """

    def __init__(self, plugins: Plugins = Choice.ALL, block: Iterable[str] = ()) -> None:
        self._manager = PluginManager("referral_flow")
        self._manager.add_hookspecs(hooks)
        self.plugins: list[Plugin] = []
        self._register(Plugin("built-in", "referral-flow", "", implementation=_BuiltIn()))
        chosen = plugins if isinstance(plugins, Choice) else tuple(plugins)
        named = {p for p in chosen if isinstance(p, str)} if isinstance(chosen, tuple) else None
        blocked = set(block)
        if chosen is not Choice.NONE:
            for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
                self._load(entry, named, blocked)
        if isinstance(chosen, tuple):
            self._given([p for p in chosen if not isinstance(p, str)])
            self._check_names(named or set())

    def stores(self) -> Mapping[str, Callable[[str], Any]]:
        """Give every scheme of store with the function that opens it."""
        return self._schemes("referral_flow_stores")

    def notifiers(self) -> Mapping[str, Callable[[str], Any]]:
        """Give every scheme of notifier with the function that makes it."""
        return self._schemes("referral_flow_notifiers")

    def make(self, what: str, url: str) -> Any:
        """Open the store or notifier (`what` is "stores" or "notifiers") of a URL.

        Raises UnknownScheme, with the schemes that there are, when no plugin brings it, and
        WrongUrl for a path that stands where the address of a store is due.
        """
        scheme = url.partition(":")[0].lower()
        schemes = self._schemes(f"referral_flow_{what}")
        if scheme not in schemes:
            if what == "stores" and ":" not in url:
                raise WrongUrl(url=url, problem="no_kind")
            near = get_close_matches(scheme, schemes, n=1)
            failed = [p for p in self.plugins if p.state is PluginState.FAILED]
            raise UnknownScheme(
                scheme=scheme or url,
                known=tuple(sorted(schemes)),
                near=near[0] if near else "",
                package="" if near or not scheme.isalnum() else f"referral-flow-{scheme}",
                failed=tuple(f"{p.name}: {p.problem}" for p in failed),
            )
        return schemes[scheme](url)

    def collect(self, hook: str) -> Iterator[tuple[Plugin, Any]]:
        """Call a hook that must not be lost; raises PluginError when a plugin does."""
        for plugin, call in self.calls(hook):
            try:
                yield plugin, call()
            except Exception as error:
                raise self.error(plugin, repr(error)) from error

    def calls(self, hook: str) -> Iterator[tuple[Plugin, Callable[..., Any]]]:
        """Give each implementation of a hook with its plugin, in order of registration."""
        by_name = {plugin.name: plugin for plugin in self.plugins}
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            plugin = by_name[implementation.plugin_name]
            if plugin.state is PluginState.OK:
                yield plugin, implementation.function

    def error(self, plugin: Plugin, problem: str) -> PluginError:
        """Make the error that names a plugin and its distribution."""
        return PluginError(plugin=plugin.name, distribution=plugin.distribution, problem=problem)

    def _schemes(self, hook: str) -> dict[str, Callable[[str], Any]]:
        found: dict[str, Callable[[str], Any]] = {}
        owners: dict[str, Plugin] = {}
        for plugin, call in self.calls(hook):
            try:
                brought = dict(call())
            except Exception as error:
                plugin.state, plugin.problem = PluginState.FAILED, repr(error)
                logger.warning("plugin %s failed in %s: %r", plugin.name, hook, error)
                continue
            for scheme, factory in brought.items():
                if scheme in owners:
                    both = f"{owners[scheme].name} ({owners[scheme].distribution})"
                    raise self.error(plugin, f"the scheme {scheme!r} is also brought by {both}")
                owners[scheme] = plugin
                found[scheme] = factory
        return found

    def _load(self, entry: EntryPoint, named: set[str] | None, blocked: set[str]) -> None:
        distribution = entry.dist
        plugin = Plugin(
            entry.name,
            distribution.name if distribution else "",
            distribution.version if distribution else "",
        )
        if entry.name in blocked or (named is not None and entry.name not in named):
            plugin.state = PluginState.BLOCKED
            self.plugins.append(plugin)
            return
        try:
            plugin.implementation = entry.load()
        except BaseException as error:  # a plugin that exits at import must not end the host
            if isinstance(error, KeyboardInterrupt):
                raise
            plugin.state, plugin.problem = PluginState.FAILED, repr(error)
            logger.warning("plugin %s could not be imported: %r", entry.name, error)
            self.plugins.append(plugin)
            return
        self._register(plugin)

    def _given(self, plugins: list[Any]) -> None:
        for number, implementation in enumerate(plugins):
            name = getattr(implementation, "__name__", type(implementation).__name__)
            self._register(Plugin(f"{name}#{number}", "", "", implementation=implementation))

    def _register(self, plugin: Plugin) -> None:
        self.plugins.append(plugin)
        version = getattr(plugin.implementation, "REFERRAL_FLOW_HOOKS", hooks.HOOKS_VERSION)
        if version != hooks.HOOKS_VERSION:
            plugin.state = PluginState.INCOMPATIBLE
            plugin.problem = f"written for hooks {version}, these are {hooks.HOOKS_VERSION}"
            return
        plugin.hooks = tuple(sorted(_implemented(plugin.implementation)))
        known = [hook.__name__ for hook in hooks.ALL_HOOKS]
        for hook in plugin.hooks:
            if hook not in known:
                near = get_close_matches(hook, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise self.error(plugin, f"unknown hook {hook!r}{hint}")
            if iscoroutinefunction(getattr(plugin.implementation, hook)):
                raise self.error(plugin, f"{hook} is async; a hook gives its value at once")
        try:
            self._manager.register(plugin.implementation, plugin.name)
        except Exception as error:
            raise self.error(plugin, str(error)) from error

    def _check_names(self, named: set[str]) -> None:
        known = {plugin.name for plugin in self.plugins}
        for name in sorted(named - known):
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise PluginError(plugin=name, distribution="", problem=f"is not installed{hint}")
        for plugin in self.plugins:
            if plugin.name in named and plugin.state is not PluginState.OK:
                raise self.error(plugin, plugin.problem)


def _implemented(plugin: Any) -> Iterator[str]:
    for name in dir(plugin):
        if hasattr(getattr(plugin, name, None), "referral_flow_impl"):
            yield name


class _BuiltIn:
    """The library's own stores and notifiers, by the door that plugins use."""

    @staticmethod
    @hooks.hookimpl
    def referral_flow_stores() -> Mapping[str, Callable[[str], Any]]:
        """Give the stores in memory and on SQLite."""
        return dict(import_module("referral_flow.stores").built_in_stores())

    @staticmethod
    @hooks.hookimpl
    def referral_flow_notifiers() -> Mapping[str, Callable[[str], Any]]:
        """Give the log notifier."""
        return dict(import_module("referral_flow.notifiers").built_in_notifiers())
