"""Records: plain data that never changes, and that the codec writes as it stands."""

from collections.abc import Mapping
from typing import Any, NamedTuple, dataclass_transform

import msgspec
from msgspec.structs import replace as change

__all__ = [
    "Definition",
    "Entity",
    "Field",
    "Record",
    "change",
    "field",
    "fields_of",
    "is_record",
    "values_of",
]


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Make a frozen class with `__init__`, equality and hash from annotated fields.

    A field that holds its default is not written: a default is part of the format, as the
    field's name is. No record can hold itself, so the garbage collector looks at none.
    """


class Definition(Record, gc=True):
    """Make a record that holds functions, such as a row: one of them may lead back to it."""


class Entity(msgspec.Struct, eq=False):
    """Make a class whose fields change: each instance is itself, whatever it holds.

    It does not show what it holds: that may be a whole command, or a secret. One that
    cannot be reached from what it holds may leave the garbage collector out (`gc=False`).
    """

    def __repr__(self) -> str:
        return object.__repr__(self)


def field(*, factory: Any) -> Any:
    """Give a field whose default is made anew by `factory` for each instance."""
    return msgspec.field(default_factory=factory)


class Field(NamedTuple):
    """A field of a record: its name, and whether it must be given."""

    name: str
    required: bool


def is_record(cls: Any) -> bool:
    """Say whether a class is made of fields: a record, or one of attrs in its place."""
    return isinstance(cls, type) and (
        issubclass(cls, msgspec.Struct) or hasattr(cls, "__attrs_attrs__")
    )


def fields_of(cls: type[Any]) -> tuple[Field, ...]:
    """Give the fields of such a class, in order; those by name only come last."""
    if not issubclass(cls, msgspec.Struct):
        # Only an embedder's own classes are of attrs, and it is slow to load.
        import attrs  # noqa: PLC0415

        return tuple(Field(f.name, f.default is attrs.NOTHING) for f in attrs.fields(cls))
    names, defaults = cls.__struct_fields__, cls.__struct_defaults__
    told = (*(msgspec.NODEFAULT for _ in range(len(names) - len(defaults))), *defaults)
    return tuple(Field(n, d is msgspec.NODEFAULT) for n, d in zip(names, told, strict=True))


def values_of(record: Any) -> Mapping[str, Any]:
    """Give what the fields of a record hold, by name; parts that are records stay so."""
    return {field.name: getattr(record, field.name) for field in fields_of(type(record))}
