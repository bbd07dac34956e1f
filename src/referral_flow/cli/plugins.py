"""Plugins: what is installed, what each brings and narrows, and how it stands."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from referral_flow import __version__
from referral_flow.cli.failing import DONE, FOUND, complain
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.roles import actor_of
from referral_flow.cli.usage import PROGRAM, WrongUsage, chosen
from referral_flow.domain.people import Role
from referral_flow.engine.command import name_of
from referral_flow.plugin_host import Plugin, PluginHost, PluginState

_WHAT = ("list", "check")
_FORM = "|".join(_WHAT)
_HELP = f"{PROGRAM} plugins --help"
_COLUMNS = ("name", "distribution", "version", "state", "hooks", "problem")
_BAD = (PluginState.FAILED, PluginState.INCOMPATIBLE)


def plugins(
    what: Annotated[str, Parameter(name=_FORM)] = "list",
    name: Annotated[str | None, Parameter(name="NAME")] = None,
    /,
    *,
    url: Annotated[str | None, Parameter(metavar="URL")] = None,
    common: Common = DEFAULT,
) -> int:
    """List the plugins, or hold one to the contract of what it brings.

    One that cannot be used does not stop the others; it makes the exit code 1.
    """
    actor_of(common.as_, Role.OPERATOR)
    chosen(what, _WHAT, _FORM)
    out = Output(common.lang, common.json)
    host = PluginHost()
    _fit(host)
    if what == "check":
        from referral_flow.cli.plugin_check import check

        if name is None:
            raise WrongUsage("value_needed", option="NAME", help=_HELP)
        return check(_named(name, host), host, url, out)
    if name is not None:
        raise WrongUsage("too_many", given=name, help=_HELP)
    if url is not None:
        raise WrongUsage("too_many", given="--url", help=_HELP)
    return _list(host, out)


def _fit(host: PluginHost) -> None:
    """Let each plugin say whether its guards fit the processes that the command line runs."""
    if not host.guards:
        return
    from referral_flow.application.flow import PROCESSES
    from referral_flow.application.parts import narrowed
    from referral_flow.domain.register.process import REGISTER_PROCESSES
    from referral_flow.errors import PluginError
    from referral_flow.plugin_host import PluginFault

    for plugin, guard in host.guards:
        try:
            narrowed((*PROCESSES, *REGISTER_PROCESSES), [(plugin, guard)])
        except PluginError as error:
            fault = PluginFault(error.data["problem"], error.data["detail"])
            plugin.failed(fault, stops=True)


def _named(name: str, host: PluginHost) -> Plugin:
    chosen(name, [plugin.name for plugin in host.plugins], "NAME")
    return next(plugin for plugin in host.plugins if plugin.name == name)


def _list(host: PluginHost, out: Output) -> int:
    if out.as_json:
        out.json({"plugins": [_as_data(plugin, host, out) for plugin in host.plugins]})
    else:
        columns = [Column(out.word(f"column_{name}")) for name in _COLUMNS]
        out.table(columns, (_row(plugin, out) for plugin in host.plugins))
    stopping = [plugin for plugin in host.plugins if plugin.stops]
    for plugin in stopping:
        complain(out.word("plugin_stops", plugin=plugin.whole_name))
    return FOUND if any(plugin.state in _BAD for plugin in host.plugins) else DONE


def _as_data(plugin: Plugin, host: PluginHost, out: Output) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": version_of(plugin),
        "hooks": plugin.hooks,
        "schemes": {what: schemes.of(plugin) for what, schemes in host.schemes.items()},
        "guards": [
            {
                "command": _command(further.command),
                "states": further.states,
                "guard": _guard(further.guard),
            }
            for further in plugin.guards
        ],
        "state": plugin.state,
        "problem": _problem(plugin, out),
        "code": None if plugin.fault is None else plugin.fault.code,
        "stops_opening": plugin.stops,
        "import_seconds": round(plugin.seconds, 3),
    }


def _row(plugin: Plugin, out: Output) -> tuple[str, ...]:
    hooks = [hook.removeprefix("referral_flow_") for hook in plugin.hooks]
    for further in plugin.guards:
        states = [out.word(str(state), "state") for state in further.states or ()]
        command = out.word(_command(further.command), "command")
        guard = _guard(further.guard)
        narrowed = out.word("plugin_guard", guard=guard, command=command, states=states)
        hooks.append(f"  {narrowed}")
    return (
        plugin.name,
        plugin.distribution,
        version_of(plugin),
        out.word(f"plugin_{plugin.state}"),
        "\n".join(hooks),
        _problem(plugin, out),
    )


def _problem(plugin: Plugin, out: Output) -> str:
    return "" if plugin.fault is None else plugin.fault.says(out.language)


def _command(command: Any) -> str:
    return name_of(command) if isinstance(command, type) else repr(command)


def _guard(guard: Any) -> str:
    return str(getattr(guard, "__name__", repr(guard)))


def version_of(plugin: Plugin) -> str:
    """Give the version; what is built in has the library's."""
    return plugin.version or (__version__ if plugin.distribution == "referral-flow" else "")
