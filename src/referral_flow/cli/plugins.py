"""Plugins: what is installed, and how each one stands."""

from __future__ import annotations

from referral_flow import __version__
from referral_flow.cli.failing import DONE
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.roles import actor_of
from referral_flow.domain.people import Role
from referral_flow.plugin_host import Plugin, PluginHost

_COLUMNS = ("name", "distribution", "version", "state", "hooks", "problem")


def plugins(*, common: Common = DEFAULT) -> int:
    """List the plugins; one that cannot be used does not stop the others."""
    actor_of(common.as_, Role.OPERATOR)
    out = Output(common.lang, common.json)
    host = PluginHost()
    # A plugin shows only when it is asked that it cannot bring what it has.
    host.stores()
    host.notifiers()
    if out.as_json:
        out.json({"plugins": [_as_data(plugin) for plugin in host.plugins]})
    else:
        columns = [Column(out.word(f"column_{name}")) for name in _COLUMNS]
        out.table(columns, (_row(plugin, out) for plugin in host.plugins))
    return DONE


def _as_data(plugin: Plugin) -> dict[str, object]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": _version(plugin),
        "hooks": plugin.hooks,
        "state": plugin.state,
        "problem": plugin.problem,
    }


def _row(plugin: Plugin, out: Output) -> tuple[str, ...]:
    hooks = "\n".join(hook.removeprefix("referral_flow_") for hook in plugin.hooks)
    return (
        plugin.name,
        plugin.distribution,
        _version(plugin),
        out.word(f"plugin_{plugin.state}"),
        hooks,
        plugin.problem,
    )


def _version(plugin: Plugin) -> str:
    """Give the version; what is built in has the library's."""
    return plugin.version or (__version__ if plugin.distribution == "referral-flow" else "")
