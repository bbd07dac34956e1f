"""The hosts whose transactions `within` joins: one file for each framework.

A file is imported when a connection of its framework is given, so nothing here needs a
framework to be installed. A connection of a driver needs no file.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FRAMEWORKS = frozenset({"django", "sqlalchemy"})


def host_connection(given: Any) -> Any:
    """Give what a store joins for what a host has in hand.

    That is a HostConnection for a connection of a framework, and everything else as it is.
    Raises NoTransaction where the framework has none open.
    """
    for kind in type(given).__mro__:
        framework = kind.__module__.partition(".")[0]
        if framework in _FRAMEWORKS:
            return import_module(f"{__name__}.{framework}").joined(given)
    return given
