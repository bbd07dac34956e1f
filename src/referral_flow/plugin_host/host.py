"""The plugins of one flow: registered in a fixed order, asked once what they bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pluggy import PluginManager

from referral_flow import hooks
from referral_flow.engine.judge import RAISED
from referral_flow.engine.lifecycle import GuardFor
from referral_flow.errors import RuleSetError
from referral_flow.hooks import ALL_HOOKS, OPENING, Fault, promise_of
from referral_flow.plugin_host import finding
from referral_flow.plugin_host.checking import (
    PREFIX,
    Unfit,
    check_plugin,
    check_value,
    decides,
    hooks_of,
)
from referral_flow.plugin_host.plugin import (
    Choice,
    Plugin,
    PluginFault,
    PluginState,
    written,
)
from referral_flow.plugin_host.schemes import Schemes

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Plugins = Choice | Iterable[Any]
"""ALL, NONE, names of installed plugins, or plugins themselves."""


class PluginHost:
    """The plugins of one flow; `guards` are theirs with the plugin, `rule_sets` text and rules.

    `plugins` chooses; `block` names installed ones to leave out. What is wrong with a
    plugin is said by the plugin itself, until `must_stand` is asked. Raises PluginError for
    a name that is not installed.
    """

    def __init__(self, plugins: Plugins = Choice.ALL, block: Iterable[str] = ()) -> None:
        self._manager = PluginManager("referral_flow")
        self._manager.add_hookspecs(hooks)
        self.plugins: list[Plugin] = []
        self.schemes = {what: Schemes(what) for what in ("stores", "notifiers")}
        self.guards: list[tuple[Plugin, GuardFor]] = []
        self.rule_sets: dict[str, tuple[str, Any]] = {}
        self._register(Plugin("built-in", "referral-flow", implementation=_BuiltIn()), True)
        self._choose(plugins, frozenset((block,) if isinstance(block, str) else block))
        for spec in ALL_HOOKS:
            if promise_of(spec).calling is OPENING:
                self._ask(spec)

    def must_stand(self) -> None:
        """Raise PluginError for the first plugin without which no flow may be opened."""
        for plugin in self.plugins:
            if plugin.stops:
                raise plugin.error()

    def make(self, what: str, url: str) -> tuple[Any, Plugin]:
        """Open the store or make the notifier (`what` is "stores" or "notifiers") of a URL.

        Gives it with the plugin that brings it. Raises as Schemes.make.
        """
        return self.schemes[what].make(url, self.plugins)

    def calls(self, hook: str) -> Iterator[tuple[Plugin, Callable[..., Any]]]:
        """Give each implementation of a hook with its plugin, in order.

        It is called with the arguments of the hook by their names. Those marked `tryfirst`
        come first and `trylast` last.
        """
        found: list[Any] = getattr(self._manager.hook, hook).get_hookimpls()
        for implementation in sorted(found, key=lambda i: (not i.tryfirst, i.trylast)):
            plugin = self.plugins[int(implementation.plugin_name)]
            if plugin.state is PluginState.OK:
                yield plugin, partial(_call, implementation)

    def _choose(self, plugins: Plugins, blocked: frozenset[str]) -> None:
        if isinstance(plugins, str) and plugins in tuple(Choice):
            plugins = Choice(plugins)
        if isinstance(plugins, str) and not isinstance(plugins, Choice):
            plugins = (plugins,)
        chosen = () if isinstance(plugins, Choice) else tuple(plugins)
        named = {p for p in chosen if isinstance(p, str)}
        if plugins is not Choice.NONE:
            for entry in finding.installed():
                plugin = finding.plugin_of(entry)
                unnamed = plugins is not Choice.ALL and entry.name not in named
                if unnamed or entry.name in blocked:
                    plugin.state = PluginState.BLOCKED
                    self.plugins.append(plugin)
                elif finding.load(entry, plugin, entry.name in named):
                    self._register(plugin, entry.name in named, entry)
                else:
                    self.plugins.append(plugin)
        finding.check_names(named, blocked, self.plugins)
        for plugin in self.plugins:
            if plugin.name in named and plugin.state is PluginState.BLOCKED:
                plugin.stops, plugin.fault = True, PluginFault("named_and_blocked")
        for number, given in enumerate(p for p in chosen if not isinstance(p, str)):
            name = getattr(given, "__name__", type(given).__name__)
            self._register(Plugin(f"{name}#{number}", implementation=given), True)

    def _register(self, plugin: Plugin, asked: bool, entry: EntryPoint | None = None) -> None:
        """Let pluggy have a plugin that is fit; one that is not says so itself."""
        self.plugins.append(plugin)
        made = plugin.implementation
        try:
            check_plugin(made)
            self._manager.register(made, str(len(self.plugins) - 1))
            plugin.hooks = tuple(hooks_of(made))
        except Unfit as unfit:
            fault = unfit.fault
        except RAISED as error:
            fault = PluginFault("not_registered", {"error": written(error)})
        else:
            return
        state = PluginState.FAILED
        if fault.code == "other_version":
            state = PluginState.INCOMPATIBLE
        lost = decides(made) or (fault.code == "no_hooks" and entry and finding.may_decide(entry))
        plugin.failed(fault, stops=bool(asked or lost), state=state)

    def _ask(self, spec: Callable[..., Any]) -> None:
        """Ask every plugin what it brings; one that fails in it is not asked again."""
        hook = spec.__name__
        for plugin, call in self.calls(hook):
            try:
                self._keep(plugin, hook, check_value(hook, call()))
            except Unfit as unfit:
                fault = unfit.fault
            except RAISED as error:
                fault = PluginFault("raised", {"hook": hook, "error": written(error)})
            else:
                continue
            lost = promise_of(spec).fault is Fault.OPENING_STOPS or decides(plugin.implementation)
            plugin.failed(fault, stops=lost)

    def _keep(self, plugin: Plugin, hook: str, brought: Any) -> None:
        what = hook.removeprefix(PREFIX)
        if what in self.schemes:
            self.schemes[what].add(plugin, brought)
        elif what == "guards":
            plugin.guards = brought
            self.guards += ((plugin, guard) for guard in brought)
        else:
            for name, text in brought.items():
                self.rule_sets[name] = text, self._rules(name, text)

    def _rules(self, name: str, text: str) -> Any:
        # Reading a rule set is slow to load, and few plugins bring one.
        from referral_flow.domain.rules import PACKAGED, read  # noqa: PLC0415

        if name in PACKAGED or name in self.rule_sets:
            raise Unfit("rule_set_twice", name=name)
        try:
            return read(text, name)
        except RuleSetError as error:
            line, problem = error.data.get("line", 0), error.data["problem"]
            raise Unfit("unfit_rule_set", name=name, line=line, error=problem) from None


def _call(implementation: Any, **given: Any) -> Any:
    """Call a function of a plugin with those arguments of its hook that it takes."""
    return implementation.function(*(given[name] for name in implementation.argnames))


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
