"""How an installation stands: its store, what waits in it, and what is wrong (for a monitor)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
from referral_flow.engine.record import values_of

if TYPE_CHECKING:
    from referral_flow.plugin_host import Plugin
    from referral_flow.ports import Store, StoreState

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LATE = timedelta(hours=1)
"""A timer is late when whoever ticks should have fired it long ago."""
_COUNTED = 10_000
_TIME_IN_AN_ID = 6
_APART = frozenset({"oldest", "runs"})
"""What of the state is told in words of its own."""

Trouble = tuple[str, dict[str, Any]]
"""A code of the words, and what it names."""


@attrs.frozen
class Limits:
    """What is still well."""

    age: timedelta
    timers: int
    letters: int
    runs: Mapping[str, timedelta]


@attrs.frozen
class Standing:
    """How everything stands at one moment; `late` counts timers."""

    now: datetime
    state: StoreState
    late: int
    plugins: tuple[Plugin, ...]
    queues: Mapping[str, int]

    def ended(self, run: str) -> datetime | None:
        """Give when a run last ended; None where none ever did."""
        at = self.state.runs.get(run)
        return None if at is None else datetime.fromtimestamp(at / 1_000_000, UTC)

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
    tick_within: Annotated[str | None, Parameter(metavar="30m|24h|2d")] = None,
    deliver_within: Annotated[str | None, Parameter(metavar="30m|24h|2d")] = None,
    common: Common = DEFAULT,
) -> int:
    """Say how the store and the plugins stand; what is not well makes the exit code 1."""
    within = {"tick": tick_within, "deliver": deliver_within}
    limits = Limits(
        _duration(max_outbox_age, "--max-outbox-age"),
        max_late_timers,
        max_dead_letters,
        {
            run: _duration(given, f"--{run}-within")
            for run, given in within.items()
            if given is not None
        },
    )
    now = clock_of(common)()
    with bare_store(common) as (store, host, out):
        state = store.check()
        current = state.schema == state.wanted
        late = _late(store, now) if current else 0
        queues = store.queues() if current else {}
        standing = Standing(now, state, late, tuple(host.plugins), queues)
    troubles = list(_troubles(standing, limits, out.language))
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


def _troubles(here: Standing, limits: Limits, language: str) -> Iterator[Trouble]:
    """Give what is not well, one after the other."""
    state, oldest = here.state, here.oldest
    if state.schema != state.wanted:
        yield "schema_old", {"found": state.schema, "wanted": state.wanted}
    else:
        yield from _late_runs(here, limits.runs)
    if oldest is not None and here.now - oldest > limits.age:
        waiting = {"waiting": state.waiting, "queues": _queues(here)}
        yield "messages_wait", {"since": oldest.astimezone(ZONE), **waiting}
    if here.late > limits.timers:
        yield "timers_late", {"late": here.late, "limit": str(limits.timers)}
    if state.parked > limits.letters:
        yield "dead_letters", {"parked": state.parked, "limit": str(limits.letters)}
    for plugin in here.plugins:
        if plugin.state in ("failed", "incompatible"):
            problem = "" if plugin.fault is None else plugin.fault.says(language)
            yield "plugin_bad", {"plugin": plugin.name, "problem": problem}


def _late_runs(here: Standing, limits: Mapping[str, timedelta]) -> Iterator[Trouble]:
    """Give the runs that ended too long ago, never, or by a clock that was as far ahead."""
    for run, within in limits.items():
        ended = here.ended(run)
        if ended is None:
            yield f"{run}_late", {"since": None}
        elif abs(here.now - ended) > within:
            yield f"{run}_late", {"since": ended.astimezone(ZONE)}


def _queues(here: Standing) -> str:
    return ", ".join(f"{name} {many}" for name, many in sorted(here.queues.items()))


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
        "queues": _queues(here),
        "oldest": _since(here.oldest, here, out),
        "parked": out.shown(state.parked),
        "tick": _since(here.ended("tick"), here, out) or out.word("never"),
        "deliver": _since(here.ended("deliver"), here, out) or out.word("never"),
        "plugins": out.shown([f"{p.name} ({out.word(f'plugin_{p.state}')})" for p in here.plugins]),
    }
    for name, value in shown.items():
        if value:
            label = out.word(f"status_{name}")
            # There are no words for what only the store of a plugin notes.
            yield name if label == f"status_{name}" else label, value


def _since(moment: datetime | None, here: Standing, out: Output) -> str:
    if moment is None:
        return ""
    hours = max(0, int((here.now - moment) / timedelta(hours=1)))
    return out.word("status_since", since=moment.astimezone(ZONE), hours=str(hours))


def _as_data(here: Standing, troubles: list[Trouble], out: Output) -> dict[str, Any]:
    return {
        **{name: value for name, value in values_of(here.state).items() if name not in _APART},
        "queues": here.queues,
        "runs": {run: here.ended(run) for run in here.state.runs},
        "late": here.late,
        "oldest_waiting": here.oldest,
        "plugins": {plugin.name: plugin.state for plugin in here.plugins},
        "troubles": [
            {"code": code, "data": data, "words": out.word(code, "trouble", **data)}
            for code, data in troubles
        ],
    }


def _duration(given: str, option: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([mhd])", given.strip())
    if found is None:
        raise WrongUsage("wrong_duration", option=option, given=given)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
