"""What the source of a plugin says that cannot be imported: whether it may decide."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from referral_flow.plugin_host.checking import DECIDING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def may_decide(entry: EntryPoint) -> bool:
    """Say whether what could not be imported may bring guards or rule sets.

    Nothing is imported: its source is searched for the names of those hooks. Where no
    source is found, it may.
    """
    sources = {*_of_package(_module_of(entry)), *_of_distribution(entry)}
    return not sources or any(_names_what_decides(path) for path in sources)


def _module_of(entry: EntryPoint) -> str:
    try:
        return entry.module
    # A name that is no module's has none to be asked for; Python 3.13 says so by an assertion.
    except (AttributeError, AssertionError):
        return ""


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
