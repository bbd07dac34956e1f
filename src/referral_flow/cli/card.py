"""One stream in words: lines of a field and its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from referral_flow.cli.kinds import kind_of
from referral_flow.cli.names import Names
from referral_flow.cli.work import Work
from referral_flow.domain.batch.state import AdoptionBatch
from referral_flow.domain.group.state import Group, Meeting
from referral_flow.domain.referral.state import Referral, State
from referral_flow.domain.register.state import CommitteeEntry, MemberEntry, VenueEntry
from referral_flow.engine.record import is_record, values_of
from referral_flow.errors import Refused
from referral_flow.words import table
from referral_flow.words.order import vietnamese_key

Line = tuple[str, str]
"""A field and its value, both in words."""


def ids_of(state: Any) -> tuple[str | None, ...]:
    """Give the ids in a stream that may have names."""
    match state:
        case Referral():
            return state.member, state.workplace, state.residence
        case Group():
            return state.residence, state.venue, state.leader, *(s.member for s in state.seats)
        case CommitteeEntry():
            return state.key, state.superior
        case MemberEntry():
            return state.key, state.workplace
        case VenueEntry():
            return state.key, state.residence
    return ()


def subject(work: Work, state: Any) -> str:
    """Give what a stream is and whose, in one line."""
    out = work.out
    match state:
        case Referral():
            member = Names(work, [state.member]).beside(state.member)
            return out.word("about_referral", member=member, id=state.id)
        case Group():
            return out.word("about_group", name=state.name, id=state.id)
        case AdoptionBatch():
            return out.word("about_batch", name=state.name)
    key = getattr(state, "key", state.id)
    name = Names(work, [key]).beside(key)
    return out.word("about_entry", kind=kind_of(state), name=name)


def lines_of(work: Work, state: Any) -> list[Line]:
    """Give all that is known of a stream, in words."""
    names = Names(work, ids_of(state))
    return [line for line in _LINES.get(type(state), _any)(work, state, names) if line[1]]


def _referral(work: Work, state: Referral, names: Names) -> Iterator[Line]:
    out, timeline, part, year = work.out, state.timeline, state.taking_part, state.year_end
    cycle = str(year.cycle)
    yield out.word("field_member"), names.beside(state.member)
    yield out.word("field_workplace"), names.beside(state.workplace)
    yield out.word("field_residence"), names.beside(state.residence)
    yield out.word("field_state"), _standing(work, state)
    yield from _paper(work, state)
    if timeline.submitted_on is not None:
        on, late_by = timeline.submitted_on, timeline.late_by
        yield out.word("field_submitted"), out.word("value_submitted", on=on, late_by=late_by)
    if state.group is not None:
        yield out.word("field_group"), _group_name(work, state.group)
    if state.place.suspended_by is not None:
        yield out.word("field_suspended_by"), out.word(state.place.suspended_by, "role")
    if part.called or part.contributions or part.duties_done:
        taken = {**values_of(part), "rate": part.rate}
        taken["cycle"] = str(part.cycle)
        yield out.word("field_taking_part"), out.word("value_taking_part", **taken)
    if year.rating is not None:
        code = "value_rating_reasoned" if year.reasoned else "value_rating"
        yield out.word("field_rating"), out.word(code, cycle=cycle, rating=year.rating)
    if year.classification is not None:
        said = out.word("value_classification", cycle=cycle, classification=year.classification)
        yield out.word("field_classification"), said
    if state.adoption is not None:
        adopted = {"on": state.adoption.on, "batch": state.adoption.batch}
        yield out.word("field_adoption"), out.word("value_adoption", **adopted)
    yield out.word("field_rule_set"), state.rule_set


def _paper(work: Work, state: Referral) -> Iterator[Line]:
    out, paper = work.out, state.paper
    unknown = out.word("unknown")
    known = {"number": paper.number or unknown, "date": paper.date or unknown}
    yield out.word("field_paper"), out.word("value_paper", **known)
    due = out.shown(state.timeline.deadline)
    # Once the paper was handed in, a deadline that nobody knows matters no more.
    if due or state.state is State.ISSUED:
        yield out.word("field_deadline"), due or unknown


def _group(work: Work, state: Group, names: Names) -> Iterator[Line]:
    out = work.out
    yield out.word("field_name"), state.name
    yield out.word("field_kind"), out.word(state.kind, "group_kind")
    yield out.word("field_residence"), names.beside(state.residence)
    yield out.word("field_state"), _standing(work, state)
    yield out.word("field_venue"), names.beside(state.venue)
    yield out.word("field_leader"), names.beside(state.leader)
    seated = "\n".join(sorted((names.beside(s.member) for s in state.seats), key=vietnamese_key))
    yield out.word("field_members"), seated or out.word("nobody")
    tally = {"held": state.tally.held, "cycle": str(state.tally.cycle), "last": state.tally.last}
    meetings = [out.word("value_held", **tally), *(_meeting(work, m) for m in state.meetings)]
    yield out.word("field_meetings"), "\n".join(meetings)
    yield out.word("field_rule_set"), state.rule_set


def _meeting(work: Work, meeting: Meeting) -> str:
    out = work.out
    starts = None if meeting.starts_at is None else work.local(meeting.starts_at)
    if meeting.held:
        how = out.word("meeting_held")
    elif meeting.called is not None:
        how = out.word("meeting_called", called=len(meeting.called))
    elif meeting.missing:
        how = out.word("meeting_unready", missing=meeting.missing)
    else:
        how = out.word("meeting_ready")
    return out.word("value_meeting", starts_at=starts, place=meeting.place, how=how, id=meeting.id)


def _any(work: Work, state: Any, names: Names) -> Iterator[Line]:
    """Give the plain fields of a kind that has no card of its own yet."""
    known = table(work.out.language)["cli"]
    for name, value in values_of(state).items():
        label = f"field_{name}"
        if name not in ("id", "state") and not is_record(type(value)):
            said = names.beside(value) if isinstance(value, str) else work.out.shown(value)
            yield work.out.word(label) if label in known else name, said


def _committee(work: Work, state: CommitteeEntry, names: Names) -> Iterator[Line]:
    out = work.out
    yield out.word("field_name"), state.name
    yield out.word("field_kind"), out.word(state.kind, "role")
    yield out.word("field_superior"), names.beside(state.superior)
    yield out.word("field_since"), out.shown(state.last_step)


def _member(work: Work, state: MemberEntry, names: Names) -> Iterator[Line]:
    out = work.out
    yield out.word("field_full_name"), names.of(state.key) or out.word("erased")
    yield out.word("field_workplace"), names.beside(state.workplace)
    yield out.word("field_introduce"), out.shown(state.introduce)
    yield out.word("field_since"), out.shown(state.last_step)


def _venue(work: Work, state: VenueEntry, names: Names) -> Iterator[Line]:
    out = work.out
    yield out.word("field_name"), state.name
    yield out.word("field_residence"), names.beside(state.residence)
    yield out.word("field_places"), out.shown(state.places)
    yield out.word("field_since"), out.shown(state.last_step)


_LINES: dict[type, Callable[[Work, Any, Names], Iterator[Line]]] = {
    Referral: _referral,
    Group: _group,
    CommitteeEntry: _committee,
    MemberEntry: _member,
    VenueEntry: _venue,
}


def _standing(work: Work, state: Referral | Group) -> str:
    since = state.since if isinstance(state, Referral) else state.last_step
    known = since or work.out.word("unknown")
    return work.out.word("value_state", state=state.state, since=known)


def _group_name(work: Work, id: str) -> str:
    """Give the group's name to who may see the group, and its id to who may not."""
    try:
        return f"{work.desk.get(id).name} ({id})"
    except Refused:
        return id
