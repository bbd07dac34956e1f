"""What was typed, as a value of the type that a command asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, get_args, get_type_hints

import msgspec

from referral_flow.cli.fields import (
    bare_of,
    choices_of,
    form_of,
    is_many,
    is_mapping,
    without_none,
)
from referral_flow.cli.moments import day_of, moment_of
from referral_flow.cli.usage import WrongUsage, chosen
from referral_flow.engine.record import fields_of, is_record

_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "có": True, "không": False}


def value_of(hint: Any, typed: str | Sequence[str], option: str) -> Any:
    """Read a value, or several; raises WrongUsage that names the option and what it expects."""
    if isinstance(typed, str):
        return one(hint, typed, option)
    bare = bare_of(hint)
    parts = [part for part in get_args(bare) if part is not Ellipsis] or [str]
    values = (
        dict(_pair(parts, text, option) for text in typed)
        if is_mapping(bare)
        else [one(parts[0], text, option) for text in typed]
    )
    return _as_asked(values, hint, ", ".join(typed), option)


def one(hint: Any, text: str, option: str) -> Any:
    """Read one value; raises WrongUsage."""
    inner, _ = without_none(hint)
    bare = bare_of(inner)
    if choices := choices_of(bare):
        value: Any = chosen(text, choices, option)
    elif is_record(bare):
        value = _of_parts(bare, text, option)
    elif bare in _READ:
        value = _READ[bare](text, option)
    elif bare is str or bare is Any:
        value = text
    else:
        value = _from_json(text, option)
    return _as_asked(value, inner, text, option)


def _as_asked(value: Any, hint: Any, text: str, option: str) -> Any:
    try:
        return msgspec.convert(value, hint, from_attributes=True)
    except msgspec.ValidationError as error:
        raise _not_as_expected(error, hint, text, option) from None


def _whole(text: str, option: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise WrongUsage("wrong_whole", option=option, given=text) from None


def _number(text: str, option: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise WrongUsage("wrong_decimal", option=option, given=text) from None


def _yes_or_no(text: str, option: str) -> bool:
    return _YES_NO[chosen(text.lower(), _YES_NO, option)]


def _day(text: str, option: str) -> Any:
    return day_of(text, option)


def _moment(text: str, option: str) -> Any:
    return moment_of(text, option)


_READ: dict[Any, Callable[[str, str], Any]] = {
    int: _whole,
    float: _number,
    bool: _yes_or_no,
    date: _day,
    datetime: _moment,
}


def _pair(parts: list[Any], text: str, option: str) -> tuple[Any, Any]:
    key, equals, value = text.partition("=")
    key_hint, value_hint = parts if len(parts) == 2 else (str, str)  # noqa: PLR2004
    if not equals or not key.strip():
        form = "=".join((form_of(key_hint, "key"), form_of(value_hint, "value")))
        raise WrongUsage("wrong_parts", option=option, given=text, form=form)
    if is_many(bare_of(value_hint)):
        several = [part.strip() for part in value.split(",") if part.strip()]
        return one(key_hint, key.strip(), option), value_of(value_hint, several, option)
    return one(key_hint, key.strip(), option), one(value_hint, value.strip(), option)


def _of_parts(cls: type[Any], text: str, option: str) -> Any:
    """Read `discussion:"Vệ sinh"`: the parts of a value, the last with whatever signs it has."""
    hints = get_type_hints(cls, include_extras=True)
    fields = fields_of(cls)
    parts = text.split(":", len(fields) - 1)
    needed = sum(field.required for field in fields)
    if len(parts) < needed or not all(part.strip() for part in parts):
        raise WrongUsage("wrong_parts", option=option, given=text, form=form_of(cls, ""))
    named = zip(fields, parts, strict=False)
    return cls(**{f.name: one(hints[f.name], part.strip(), option) for f, part in named})


def _from_json(text: str, option: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise WrongUsage("wrong_json", option=option, given=text) from None


def _not_as_expected(
    error: msgspec.ValidationError, hint: Any, text: str, option: str
) -> WrongUsage:
    """Say which limit beside a type was not kept."""
    metas = [note for note in getattr(hint, "__metadata__", ()) if isinstance(note, msgspec.Meta)]
    if any(meta.pattern == r"\S" for meta in metas) and not text.strip():
        return WrongUsage("wrong_empty", option=option)
    longest = next((meta.max_length for meta in metas if meta.max_length is not None), None)
    if longest is not None and len(text) > longest:
        return WrongUsage("wrong_length", option=option, longest=longest, found=len(text))
    return WrongUsage("wrong_value", option=option, given=text, problem=str(error))
