"""Finds installed plugins; the loop is our own, for pluggy's stops at the first bad import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from referral_flow.errors import PluginError
from referral_flow.hooks import ALL_HOOKS, Fault, promise_of
from referral_flow.plugin_host.plugin import Plugin, PluginFault, PluginState, logger, written

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "referral_flow"
SLOW = 2.0
"""Seconds; a slower import is warned of, for every process pays it."""

DECIDING = tuple(
    spec.__name__ for spec in ALL_HOOKS if promise_of(spec).fault is Fault.OPENING_STOPS
)
"""The hooks that change what is allowed: a plugin that has one is never left out unseen."""


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
        logger.warning("plugin %s took %.1f seconds to be imported", *taken)
    return True


def may_decide(entry: EntryPoint) -> bool:
    """Say whether what could not be imported may bring guards or rule sets.

    Nothing is imported: its source is searched for the names of those hooks. Where no
    source is found, it may.
    """
    # A name that is no module's has none to be asked for.
    sources = {*_of_package(getattr(entry, "module", "")), *_of_distribution(entry)}
    return not sources or any(_names_what_decides(path) for path in sources)


def check_names(named: Iterable[str], blocked: Iterable[str], plugins: Iterable[Plugin]) -> None:
    """Refuse the name of a plugin that is not installed, and a misspelt one to be blocked."""
    known = {plugin.name for plugin in plugins}
    for name in sorted({*named} - known):
        raise _not_installed(name, known)
    for name in sorted({*blocked} - known):
        # One that is only absent is blocked well enough.
        if get_close_matches(name, known, n=1, cutoff=0.8):
            raise _not_installed(name, known)


def _not_installed(name: str, known: Iterable[str]) -> PluginError:
    near = get_close_matches(name, list(known), n=1)
    fault = PluginFault("not_installed", {"near": near[0] if near else ""})
    return Plugin(name, state=PluginState.FAILED).error(fault)


def _distribution(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist else ("", "")


def _of_package(module: str) -> Iterator[Path]:
    """Give the source of the package that a module is in, or of the module."""
    top, *below = module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return
    if spec is None:
        return
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    # Of a namespace that many distributions share, only the part that is meant.
    if places and spec.origin is None and below:
        places = [place / name for place in places for name in (below[0], f"{below[0]}.py")]
    if not places and spec.origin:
        places = [Path(spec.origin)]
    for place in places:
        yield from place.rglob("*.py") if place.is_dir() else _source(place)


def _source(path: Path) -> Iterator[Path]:
    if path.suffix == ".py" and path.exists():
        yield path


def _of_distribution(entry: EntryPoint) -> Iterator[Path]:
    for file in (entry.dist and entry.dist.files) or ():
        yield from _source(Path(str(file.locate())))


def _names_what_decides(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    return any(hook in text for hook in DECIDING)
