"""What a guard or chooser says of itself: the names of its parameters, and their annotations."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from inspect import CO_VARARGS, CO_VARKEYWORDS, get_annotations, isfunction, signature
from typing import Any


def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Give the names of the parameters, in order."""
    try:
        return _read(function)[0]
    except (NameError, TypeError):
        return _names(function)


def hints_of(function: Callable[..., Any]) -> Mapping[str, Any]:
    """Give the annotations by name.

    Raises NameError for a name that cannot be found, TypeError for what is no annotation.
    """
    try:
        hash(function)
    except TypeError:
        return get_annotations(function, eval_str=True)
    return _read(function)[1]


# A guard stands on many rows: reading it once for each took a tenth of a second of every start.
@lru_cache(maxsize=1024)
def _read(function: Hashable) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    called: Any = function
    return _names(called), get_annotations(called, eval_str=True)


def _names(function: Callable[..., Any]) -> tuple[str, ...]:
    # What `signature` says of a function that nothing wraps, in a tenth of the time.
    if isfunction(function) and not vars(function):
        code = function.__code__
        if not (code.co_kwonlyargcount or code.co_flags & (CO_VARARGS | CO_VARKEYWORDS)):
            return code.co_varnames[: code.co_argcount]
    return tuple(signature(function).parameters)
