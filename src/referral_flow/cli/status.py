"""How an installation stands: its store, what waits in it, and what is wrong (for a monitor)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import attrs
from cyclopts import Parameter

from referral_flow.cli.failing import DONE, FOUND, complain
from referral_flow.cli.moments import ZONE
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.usage import WrongUsage
from referral_flow.cli.work import bare_store, clock_of

if TYPE_CHECKING:
    from referral_flow.plugin_host import Plugin
    from referral_flow.ports import Store, StoreState

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LATE = timedelta(hours=1)
"""A timer is late when whoever ticks should have fired it long ago."""
_COUNTED = 10_000
_TIME_IN_AN_ID = 6

Trouble = tuple[str, dict[str, Any]]
"""A code of the words, and what it names."""


@attrs.frozen
class Limits:
    """What is still well."""

    age: timedelta
    timers: int
    letters: int


@attrs.frozen
class Standing:
    """How everything stands at one moment; `late` counts timers."""

    now: datetime
    state: StoreState
    late: int
    plugins: tuple[Plugin, ...]

    @property
    def oldest(self) -> datetime | None:
        """Give when the oldest message that waits was made: its id begins with that."""
        id = self.state.oldest
        since = None if id is None else int.from_bytes(id[:_TIME_IN_AN_ID], "big")
        return None if since is None else datetime.fromtimestamp(since / 1000, UTC)


def status(
    *,
    max_outbox_age: Annotated[str, Parameter(metavar="30m|24h|2d")] = "24h",
    max_late_timers: Annotated[int, Parameter(metavar="N")] = 0,
    max_dead_letters: Annotated[int, Parameter(metavar="N")] = 0,
    common: Common = DEFAULT,
) -> int:
    """Say how the store and the plugins stand; what is not well makes the exit code 1."""
    limits = Limits(_duration(max_outbox_age), max_late_timers, max_dead_letters)
    now = clock_of(common)()
    with bare_store(common) as (store, host, out):
        state = store.check()
        late = _late(store, now) if state.schema == state.wanted else 0
        # A plugin shows only when it is asked that it cannot bring what it has.
        host.notifiers()
        standing = Standing(now, state, late, tuple(host.plugins))
    troubles = list(_troubles(standing, limits))
    if out.as_json:
        out.json(_as_data(standing, troubles, out))
    else:
        out.table((Column(whole=True), Column()), _rows(standing, out))
        for code, data in troubles:
            complain(f"{code}: {out.word(code, 'trouble', **data)}")
    return FOUND if troubles else DONE


def _late(store: Store, now: datetime) -> int:
    from referral_flow.application.parts import microseconds

    return len(store.due_timers(microseconds(now - _LATE), _COUNTED))


def _troubles(here: Standing, limits: Limits) -> Iterator[Trouble]:
    """Give what is not well, one after the other."""
    state, oldest = here.state, here.oldest
    if state.schema != state.wanted:
        yield "schema_old", {"found": state.schema, "wanted": state.wanted}
    if oldest is not None and here.now - oldest > limits.age:
        yield "messages_wait", {"since": oldest.astimezone(ZONE), "waiting": state.waiting}
    if here.late > limits.timers:
        yield "timers_late", {"late": here.late, "limit": str(limits.timers)}
    if state.parked > limits.letters:
        yield "dead_letters", {"parked": state.parked, "limit": str(limits.letters)}
    for plugin in here.plugins:
        if plugin.state in ("failed", "incompatible"):
            yield "plugin_bad", {"plugin": plugin.name, "problem": plugin.problem}


def _rows(here: Standing, out: Output) -> Iterator[tuple[str, str]]:
    state = here.state
    shown = {
        "schema": out.word("status_of_schema", found=str(state.schema), wanted=str(state.wanted)),
        **state.notes,
        "streams": out.shown(state.streams),
        "events": out.shown(state.events),
        "timers": out.shown(state.timers),
        "late": out.shown(here.late),
        "waiting": out.shown(state.waiting),
        "oldest": _since(here, out),
        "parked": out.shown(state.parked),
        "plugins": out.shown([f"{p.name} ({out.word(f'plugin_{p.state}')})" for p in here.plugins]),
    }
    for name, value in shown.items():
        if value:
            label = out.word(f"status_{name}")
            # There are no words for what only the store of a plugin notes.
            yield name if label == f"status_{name}" else label, value


def _since(here: Standing, out: Output) -> str:
    if here.oldest is None:
        return ""
    hours = max(0, int((here.now - here.oldest) / timedelta(hours=1)))
    return out.word("status_since", since=here.oldest.astimezone(ZONE), hours=str(hours))


def _as_data(here: Standing, troubles: list[Trouble], out: Output) -> dict[str, Any]:
    return {
        **attrs.asdict(here.state, filter=lambda field, _: field.name != "oldest"),
        "late": here.late,
        "oldest_waiting": here.oldest,
        "plugins": {plugin.name: plugin.state for plugin in here.plugins},
        "troubles": [
            {"code": code, "data": data, "words": out.word(code, "trouble", **data)}
            for code, data in troubles
        ],
    }


def _duration(given: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([mhd])", given.strip())
    if found is None:
        raise WrongUsage("wrong_duration", option="--max-outbox-age", given=given)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
