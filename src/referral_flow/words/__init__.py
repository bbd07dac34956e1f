"""The words for people: one TOML file a language, by section and code, and their one loader.

A sentence names its fields: `{limit}` is written as people of that language write it, and
`{known:rating}` shows codes by the words of the section `[rating]`. A part in square
brackets is said only when every field in it has a value that is not empty and not 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

LANGUAGES = ("vi", "en")

Table = Mapping[str, Mapping[str, str]]

# Compiled when something is said, which few processes do.
_PART = r"\[([^\[\]]*)\]"
_FIELD = r"\{(\w+)"
_SWAPPED = str.maketrans(",.", ".,")


@cache
def table(language: str, package: str = "referral_flow.words") -> Table:
    """Load the words of `language` from `package`; a notifier names its own package.

    Raises FileNotFoundError where the package has no file of that language.
    """
    # Every error imports this module, and few processes ever say one.
    import tomllib  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    text = files(package).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def say(
    section: str,
    code: str,
    language: str,
    data: Mapping[str, Any] | None = None,
    package: str = "referral_flow.words",
) -> str:
    """Give the sentence for `code` with `data` filled in.

    A code that the file does not know (a lifecycle of the embedder's own) is shown as the
    code with its data, so that nothing is ever said by silence.
    """
    data = data or {}
    words = table(language, package)
    sentence = words.get(section, {}).get(code)
    if sentence is None:
        named = ((key, shown(value, language)) for key, value in data.items())
        said = ", ".join(f"{key}={value}" for key, value in named if value)
        return f"{code} ({said})" if said else code
    fields = {key: _Field(value, words, language) for key, value in data.items()}
    return re.sub(_PART, lambda part: _part(part[1], data), sentence).format_map(_Fields(fields))


def shown(value: Any, language: str) -> str:
    """Write a value as people of `language` write it: 35.307, 33,9 and 31/12/2013 in Vietnamese."""
    if value is None:
        return ""
    if isinstance(value, bool):
        yes, no = ("có", "không") if language == "vi" else ("yes", "no")
        return yes if value else no
    if isinstance(value, int | float):
        written = f"{value:,}"
        return written.translate(_SWAPPED) if language == "vi" else written
    if isinstance(value, list | tuple | set | frozenset):
        return _joined([shown(item, language) for item in value])
    if isinstance(value, datetime):
        return value.strftime("%H:%M ngày %d/%m/%Y" if language == "vi" else "%Y-%m-%d %H:%M")
    if hasattr(value, "strftime"):
        return str(value.strftime("%d/%m/%Y" if language == "vi" else "%Y-%m-%d"))
    return str(value)


def _joined(items: list[str]) -> str:
    return ("; " if any("," in item for item in items) else ", ").join(items)


def _part(part: str, data: Mapping[str, Any]) -> str:
    return part if all(data.get(name) for name in re.findall(_FIELD, part)) else ""


class _Field:
    """A value that a sentence names; the format is the section by which its codes are shown."""

    def __init__(self, value: Any, words: Table, language: str) -> None:
        self.value = value
        self.words = words
        self.language = language

    def __format__(self, section: str) -> str:
        many = isinstance(self.value, list | tuple)
        known = self.words.get(section, {})
        items = [shown(item, self.language) for item in (self.value if many else (self.value,))]
        return _joined([known.get(item, item) for item in items])


class _Fields(dict[str, _Field]):
    """Show a field that was not given by its name: words must never hide a refusal."""

    def __missing__(self, key: str) -> _Field:
        return _Field("{" + key + "}", {}, "en")
