"""Events in words: what happened, by whom, and what else is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from referral_flow.application.answers import HistoryEntry
from referral_flow.cli.names import Names
from referral_flow.cli.output import Output
from referral_flow.cli.work import Work
from referral_flow.domain.group.state import GroupKind
from referral_flow.domain.people import CommitteeKind, Role
from referral_flow.domain.referral.state import Paper
from referral_flow.engine.actor import SYSTEM_ROLE, Actor
from referral_flow.words import table

_IDS = ("member", "workplace", "residence", "superior", "venue", "leader")
_BY_MEMBER = (Role.MEMBER, Role.GROUP_LEADER)


def ids_in(entries: list[HistoryEntry]) -> set[str]:
    """Give every id in a history that may have a name."""
    found: set[str | None] = set()
    for entry in entries:
        found |= {getattr(entry.event, name, None) for name in _IDS}
        found |= {_told(entry.event), entry.actor.committee}
        if entry.actor.role in _BY_MEMBER:
            found.add(entry.actor.person)
        found |= {key.partition(":")[2] for key in entry.words or ()}
    return {id for id in found if id}


def title(entry: HistoryEntry, out: Output) -> str:
    """Give what happened, in words."""
    return out.word(entry.name.partition("@")[0], "event")


def details(entry: HistoryEntry, names: Names, out: Output) -> list[str]:
    """Give what the event says besides, in words."""
    known = table(out.language)["cli"]
    said: list[str] = []
    for field in attrs.fields(type(entry.event)):
        value = getattr(entry.event, field.name)
        code = f"detail_{field.name}"
        if code in known and value not in (None, "", 0, False, (), {}):
            said.append(out.word(code, **_named(field.name, value, names, out)))
    return said


def _named(field: str, value: Any, names: Names, out: Output) -> dict[str, Any]:
    match value:
        case Paper(number, date):
            return {"number": number, "date": date}
        case GroupKind():
            return {"value": out.word(value, "group_kind")}
        case CommitteeKind():
            return {"value": out.word(value, "role")}
        case Mapping():
            pairs = value.items()
            levels = ((out.word(k, "criterion"), out.word(v, "level")) for k, v in pairs)
            return {"value": ", ".join(f"{criterion} {level}" for criterion, level in levels)}
        case tuple():
            return {"value": len(value)}
    if field in _IDS:
        return {"value": names.beside(value)}
    if field == "to":
        return {"value": names.beside(value.partition(":")[2] or value)}
    return {"value": value}


def words_of(entry: HistoryEntry, names: Names, out: Output) -> Iterator[str]:
    """Give the personal words beside an event, or that they were erased."""
    if entry.words is None:
        yield out.word("erased")
    for key, words in (entry.words or {}).items():
        field, _, of = key.partition(":")
        label = out.word(f"field_{field}")
        yield out.word("word_line", field=label, of=names.beside(of), words=words)


def who(actor: Actor, names: Names, out: Output) -> str:
    """Give who did it, in which capacity and in whose name."""
    person = names.beside(actor.person) if actor.role in _BY_MEMBER else actor.person
    if actor.role == SYSTEM_ROLE:
        person = ""
    return out.word(
        "by",
        role=actor.role,
        committee=names.beside(actor.committee),
        person=person,
        on_behalf_of=actor.on_behalf_of,
    )


def _told(event: Any) -> str | None:
    to = getattr(event, "to", None)
    return to.partition(":")[2] if isinstance(to, str) else None


def at(entry: HistoryEntry, work: Work) -> str:
    """Give when it was recorded."""
    return work.out.word("recorded", at=work.local(entry.recorded_at))
