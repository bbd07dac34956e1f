"""The fields of a command class as options, however deep they lie."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from attrs import frozen

from referral_flow.engine.record import fields_of, is_record


@frozen
class Option:
    """One value that may be given: where it lies in the command, and how it is written.

    `path` is the field, and the field within it for a value of several parts (`paper`,
    `number`). `hint` is its type without None. `required` says that it must be given,
    `with_others` that it must be once another part of its value is. `many` may be repeated.
    """

    path: tuple[str, ...]
    hint: Any
    required: bool = False
    with_others: bool = False
    many: bool = False

    @property
    def key(self) -> str:
        """Give the name by which it is passed on, and by which its words are found."""
        return "_".join(self.path)

    @property
    def name(self) -> str:
        """Give the option as it is typed."""
        return f"--{self.key.replace('_', '-')}"

    @property
    def is_flag(self) -> bool:
        """Say whether it is given without a value."""
        return self.hint is bool

    @property
    def form(self) -> str:
        """Give the form of its value, for the help page."""
        return form_of(self.hint, self.path[-1])


def options_of(command: type[Any], names: Iterable[str]) -> tuple[Option, ...]:
    """Give the options for these fields of a command."""
    hints = get_type_hints(command, include_extras=True)
    required = {field.name: field.required for field in fields_of(command)}
    return tuple(
        option for name in names for option in _options((name,), hints[name], required[name])
    )


def _options(path: tuple[str, ...], hint: Any, asked: bool) -> Iterator[Option]:
    inner, may_miss = without_none(hint)
    needed = asked and not may_miss
    bare = bare_of(inner)
    if not is_record(bare):
        # An empty list is a value; whether it is enough, the rules say.
        yield Option(
            path, inner, needed and bare is not bool and not is_many(bare), many=is_many(bare)
        )
        return
    hints = get_type_hints(bare, include_extras=True)
    for field in fields_of(bare):
        within, part_may_miss = without_none(hints[field.name])
        part = field.required and not part_may_miss
        yield Option((*path, field.name), within, needed and part, part, is_many(bare_of(within)))


def without_none(hint: Any) -> tuple[Any, bool]:
    """Give the type of a value that is there, and whether None may stand for it."""
    bare = bare_of(hint)
    if get_origin(bare) not in (Union, UnionType):
        return hint, False
    left = [part for part in get_args(bare) if part is not NoneType]
    return (left[0] if len(left) == 1 else bare), NoneType in get_args(bare)


def bare_of(hint: Any) -> Any:
    """Give a type without what is noted beside it."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def is_many(bare: Any) -> bool:
    """Say whether a value is a list, a set or a mapping."""
    origin = get_origin(bare) or bare
    return (
        isinstance(origin, type)
        and issubclass(origin, Collection)
        and not issubclass(origin, str | bytes)
    )


def is_mapping(bare: Any) -> bool:
    """Say whether a value is made of keys and values."""
    origin = get_origin(bare) or bare
    return isinstance(origin, type) and issubclass(origin, Mapping)


def choices_of(hint: Any) -> tuple[str, ...]:
    """Give the values of a closed list; nothing where any may be given."""
    bare = bare_of(without_none(hint)[0])
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return tuple(map(str, bare))
    return tuple(map(str, get_args(bare))) if get_origin(bare) is Literal else ()


_FORMS: dict[Any, str] = {date: "DATE", datetime: "ISO", int: "N", float: "N", bool: "yes|no"}


def form_of(hint: Any, name: str) -> str:
    """Give how a value is written, in few letters."""
    bare = bare_of(without_none(hint)[0])
    if is_many(bare):
        parts = [part for part in get_args(bare) if part is not Ellipsis]
        if is_mapping(bare):
            return "=".join(form_of(p, n) for p, n in zip(parts, ("KEY", "VALUE"), strict=False))
        return form_of(parts[0], name) if len(set(parts)) == 1 else "JSON"
    if choices := choices_of(bare):
        return "|".join(choices)
    if is_record(bare):
        hints = get_type_hints(bare, include_extras=True)
        names = [field.name for field in fields_of(bare)]
        return ":".join(n.upper() if choices_of(hints[n]) else form_of(hints[n], n) for n in names)
    return _FORMS.get(bare, name.upper().replace("_", "-"))
