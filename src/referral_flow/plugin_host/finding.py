"""Finds installed plugins; the loop is our own, for pluggy's stops at the first bad import."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING

from referral_flow.errors import PluginError
from referral_flow.logs import logger
from referral_flow.plugin_host.plugin import Plugin, PluginFault, PluginState, written
from referral_flow.words.near import nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "referral_flow"
SLOW = 2.0
"""Seconds; a slower import is warned of, for every process pays it."""


def installed() -> list[EntryPoint]:
    """Give the entry points, by name and then by distribution."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - it brings email, zip and sockets

    return sorted(entry_points(group=GROUP), key=lambda e: (e.name, _distribution(e)[0]))


def plugin_of(entry: EntryPoint) -> Plugin:
    """Give the plugin that an entry point stands for, not imported yet."""
    return Plugin(entry.name, *_distribution(entry))


def load(entry: EntryPoint, plugin: Plugin, asked: bool) -> bool:
    """Import a plugin; False where that failed, which the plugin then says itself.

    It stops the opening if it was asked for, or if it may bring what decides.
    """
    began = perf_counter()
    try:
        plugin.implementation = entry.load()
    except BaseException as error:  # a plugin that exits at import must not end the host
        if isinstance(error, KeyboardInterrupt):
            raise
        decides = may_decide(entry)
        code = "may_decide" if decides else "not_imported"
        fault = PluginFault(code, {"error": written(error)})
        plugin.failed(fault, stops=asked or decides)
        return False
    plugin.seconds = perf_counter() - began
    if plugin.seconds > SLOW:
        taken = plugin.whole_name, plugin.seconds
        logger("plugins").warning("plugin %s took %.1f seconds to be imported", *taken)
    return True


def may_decide(entry: EntryPoint) -> bool:
    """Say whether a plugin of which no hook can be seen may bring guards or rule sets."""
    # Its source is searched, which few openings have to do.
    from referral_flow.plugin_host import sources  # noqa: PLC0415

    return sources.may_decide(entry)


def check_names(named: Iterable[str], blocked: Iterable[str], plugins: Iterable[Plugin]) -> None:
    """Refuse the name of a plugin that is not installed, and a misspelt one to be blocked."""
    known = {plugin.name for plugin in plugins}
    for name in sorted({*named} - known):
        raise _not_installed(name, known)
    for name in sorted({*blocked} - known):
        # One that is only absent is blocked well enough.
        if nearest(name, known, cutoff=0.8):
            raise _not_installed(name, known)


def _not_installed(name: str, known: Iterable[str]) -> PluginError:
    fault = PluginFault("not_installed", {"near": nearest(name, known) or ""})
    return Plugin(name, state=PluginState.FAILED).error(fault)


def _distribution(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist else ("", "")
