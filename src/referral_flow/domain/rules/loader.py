"""Read a rule set from TOML; say the line and the near match where a key is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from referral_flow.domain.rules.rule_set import EvaluationRules, RuleSet, day_of
from referral_flow.engine.record import fields_of, is_record
from referral_flow.errors import RuleSetError
from referral_flow.words.near import nearest

PACKAGED = ("directive-22-1999", "regulation-76-2000", "regulation-213-2020")


@cache
def packaged(name: str) -> RuleSet:
    """Load a rule set that ships with the library.

    Raises RuleSetError when there is none of that name.
    """
    if name not in PACKAGED:
        near = _near(name, PACKAGED)
        raise RuleSetError(source=name, line=0, problem=f"no such rule set{near}")
    # A flow is opened before it needs a rule: neither is this needed by then.
    from pkgutil import get_data  # noqa: PLC0415

    source = f"{name}.toml"
    # As importlib.resources, also from a zip, without all that it imports.
    found = get_data("referral_flow.domain.rules", source) or b""
    return read(found.decode(), source)


class RuleSets(Mapping[str, RuleSet]):
    """The rule sets that ship with the library and those that were brought, by name.

    One that ships is read when it is asked for: few streams need more than one.
    """

    def __init__(self, brought: Mapping[str, RuleSet]) -> None:
        self._brought = dict(brought)

    def __getitem__(self, name: str) -> RuleSet:
        found = self._brought.get(name)
        if found is None and name in PACKAGED:
            found = packaged(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in PACKAGED or name in self._brought

    def __iter__(self) -> Iterator[str]:
        return iter((*PACKAGED, *self._brought))

    def __len__(self) -> int:
        return len(PACKAGED) + len(self._brought)


def read(text: str, source: str) -> RuleSet:
    """Read a rule set from the text of a TOML file; `source` names it in errors.

    Raises RuleSetError with the line, and the near match of a misspelt key.
    """
    import tomllib  # noqa: PLC0415 - as above

    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else 0
        raise RuleSetError(source=source, line=line, problem=str(error)) from None
    reader = _Reader(text, source)
    plain = reader.section(written, RuleSet, "")
    try:
        rules = msgspec.convert(plain, RuleSet)
    except msgspec.ValidationError as error:
        found = re.search(r"`\$\.?([\w.]*)", str(error))
        path = found[1] if found else ""
        raise reader.wrong(path, str(error)) from None
    reader.check(rules)
    return rules


class _Reader:
    """Strips sources from values, and knows the line of a key."""

    def __init__(self, text: str, source: str) -> None:
        self.lines = text.splitlines()
        self.source = source

    def section(self, written: Mapping[str, Any], cls: type[Any], path: str) -> dict[str, Any]:
        hints = get_type_hints(cls)
        known = [field.name for field in fields_of(cls)]
        for key in written:
            if key not in known:
                raise self.wrong(_join(path, key), f"unknown key {key!r}{_near(key, known)}")
        for key in known:
            if key not in written:
                raise self.wrong(path, f"the key {_join(path, key)!r} is missing")
        return {k: self.value(v, hints[k], _join(path, k)) for k, v in written.items()}

    def value(self, written: Any, hint: Any, path: str) -> Any:
        if is_record(hint):
            if not isinstance(written, Mapping):
                raise self.wrong(path, f"{path!r} is a section, not a value")
            return self.section(written, hint, path)
        if get_origin(hint) is Mapping and isinstance(written, Mapping):
            inner = get_args(hint)[1]
            return {k: self.value(v, inner, _join(path, k)) for k, v in written.items()}
        if isinstance(written, Mapping):
            if "source" not in written or "value" not in written:
                raise self.wrong(path, f"{path!r} needs a value and a source")
            written = written["value"]
        if isinstance(written, int) and written < 0:
            raise self.wrong(path, f"{written} is less than nothing")
        return written

    def check(self, rules: RuleSet) -> None:
        """Check what types cannot say: days of every year, and names of other keys."""
        self._evaluation(rules.evaluation)
        end, classes = rules.end, rules.classification.classes
        self._days("cycle.start", (rules.cycle.start,))
        self._some("classification.classes", classes)
        for name, needs in rules.classification.needs.items():
            path = f"classification.needs.{name}"
            self._names(path, (name,), classes)
            self._names(path, needs, rules.evaluation.ratings)
        self._some("end.reasons", end.reasons)
        self._names("end.words_required", end.words_required, end.reasons)
        self._hours("messages.quiet", rules.messages.quiet)
        self._hours("messages.digest", (rules.messages.digest,))

    def _evaluation(self, evaluation: EvaluationRules) -> None:
        self._days("evaluation.window", evaluation.window)
        first, last = (day_of(day, 2001) for day in evaluation.window)
        if last < first:
            raise self.wrong("evaluation.window", "the window ends before it begins")
        for key in ("ratings", "criteria", "levels"):
            self._some(f"evaluation.{key}", getattr(evaluation, key))
        self._names("evaluation.acts_well", (evaluation.acts_well,), evaluation.ratings)
        self._names("evaluation.spoils", evaluation.spoils, evaluation.recommendations)
        for rating, support in evaluation.support.items():
            path = f"evaluation.support.{rating}"
            self._names(path, (rating,), evaluation.ratings)
            self._names(f"{path}.not_low", support.not_low, evaluation.criteria)

    def _some(self, path: str, names: Sequence[str]) -> None:
        if not names:
            raise self.wrong(path, f"{path!r} is empty: name one at least")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise self.wrong(path, f"{twice!r} is named twice")

    def _days(self, path: str, days: Iterable[str]) -> None:
        for month_day in days:
            try:
                # A leap year is no good measure: 29 February must be there every year.
                day_of(month_day, 2001)
            except ValueError:
                raise self.wrong(path, f"{month_day!r} is not a day of every year") from None

    def _hours(self, path: str, hours: Iterable[str]) -> None:
        for hour in hours:
            if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", hour):
                raise self.wrong(path, f"{hour!r} is not an hour such as '06:30'")

    def _names(self, path: str, names: Iterable[str], known: Sequence[str]) -> None:
        for name in names:
            if name not in known:
                raise self.wrong(path, f"unknown name {name!r}{_near(name, known)}")

    def wrong(self, path: str, problem: str) -> RuleSetError:
        return RuleSetError(source=self.source, line=self.line_of(path), problem=problem)

    def line_of(self, path: str) -> int:
        """Find the line of a key by its section and name; 0 where it is on none."""
        *section, key = path.split(".")
        here: list[str] = []
        for number, line in enumerate(self.lines, 1):
            header = re.match(r"\s*\[([^\[\]]+)\]", line)
            if header:
                here = [part.strip() for part in header[1].split(".")]
                if here == [*section, key]:
                    return number
            elif here == section and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
                return number
        return 0


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _near(word: str, words: Any) -> str:
    near = nearest(word, words)
    return f"; did you mean {near!r}?" if near else ""
