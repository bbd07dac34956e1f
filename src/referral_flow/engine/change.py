"""Give an object with some of its fields changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from attrs import fields

T = TypeVar("T")


def change(instance: T, **changes: Any) -> T:
    """Give an instance of the same attrs class with other values in these fields.

    As `attrs.evolve`, for classes of two fields or more that can be given by place; that
    one looks the fields up at each call. Raises KeyError for a field that is not there.
    """
    place, read = _reader(type(instance))  # type: ignore[arg-type]  # a class is hashable
    values = [*read(instance)]
    for name, value in changes.items():
        values[place[name]] = value
    return type(instance)(*values)


@cache
def _reader(cls: type[Any]) -> tuple[Mapping[str, int], Callable[[Any], tuple[Any, ...]]]:
    names = [f.name for f in fields(cls)]
    return {name: n for n, name in enumerate(names)}, attrgetter(*names)
