"""Events in words: what happened, by whom, and what else is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from referral_flow.application.answers import HistoryEntry
from referral_flow.cli.moments import ZONE
from referral_flow.cli.names import Names
from referral_flow.cli.output import Output
from referral_flow.cli.roles import NOBODY
from referral_flow.cli.work import Work
from referral_flow.domain.group.state import GroupKind
from referral_flow.domain.people import CommitteeKind, Role
from referral_flow.domain.referral.state import Exemption, KnownPaper, Paper, PastEvaluation
from referral_flow.engine.actor import SYSTEM_ROLE, Actor
from referral_flow.engine.record import values_of
from referral_flow.words import table

_IDS = ("member", "workplace", "former", "residence", "superior", "venue", "place", "leader")
_MAY_BE_UNKNOWN = ("since",)
"""Fields that say something when they are empty: nobody knows."""

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
    told = dict(values_of(entry.event))
    if {"group", "meeting"} <= told.keys():
        # In the history of a member the day says which meeting of the group it was.
        del told["group"], told["meeting"]
    return [
        out.word(f"detail_{name}", **_named(name, value, names, out))
        for name, value in told.items()
        if (value or name in _MAY_BE_UNKNOWN) and f"detail_{name}" in known
    ]


def _named(field: str, value: Any, names: Names, out: Output) -> dict[str, Any]:
    """Give what the words for a field name: most name the value alone."""
    if isinstance(value, KnownPaper):
        return {
            "number": value.number or out.word("unknown"),
            "date": value.date or out.word("unknown"),
        }
    if isinstance(value, PastEvaluation):
        return {"cycle": str(value.cycle), "rating": value.rating}
    if isinstance(value, Paper | Exemption):
        return dict(values_of(value))
    if value is None:
        return {"value": out.word("unknown")}
    if field in _IDS:
        return {"value": names.beside(value)}
    if field == "to":
        kind, _, id = value.partition(":")
        return {"value": names.beside(id) if id else out.word(kind, "role")}
    return {"value": _plain(value, out)}


def _plain(value: Any, out: Output) -> Any:
    match value:
        case GroupKind():
            return out.word(value, "group_kind")
        case CommitteeKind():
            return out.word(value, "role")
        case Mapping():
            levels = ((out.word(k, "criterion"), out.word(v, "level")) for k, v in value.items())
            return ", ".join(f"{criterion} {level}" for criterion, level in levels)
        case datetime():
            return value.astimezone(ZONE)
        case tuple():
            return len(value)
    return value


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
    behalf = "" if actor.on_behalf_of == NOBODY else actor.on_behalf_of
    if actor.role == SYSTEM_ROLE:
        return out.word("by_system", role=actor.role, on_behalf_of=behalf)
    named = "" if actor.person == NOBODY else actor.person
    person = names.beside(named) if actor.role in _BY_MEMBER else named
    committee = names.beside(actor.committee)
    return out.word("by", role=actor.role, committee=committee, person=person, on_behalf_of=behalf)


def _told(event: Any) -> str | None:
    to = getattr(event, "to", None)
    return to.partition(":")[2] if isinstance(to, str) else None


def at(entry: HistoryEntry, work: Work) -> str:
    """Give when it was recorded."""
    return work.out.word("recorded", at=work.local(entry.recorded_at))
