"""Tell observers what was committed, after the outermost commit and never before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from threading import local

from referral_flow.application.unit import Unit
from referral_flow.engine.judge import RAISED, crashed
from referral_flow.hooks import Committed
from referral_flow.plugin_host import Plugin, PluginFault, PluginHost, discard

HOOK = "referral_flow_committed"
DEEPEST = 8
"""How often what an observer does may be told in turn; more is a circle."""


class Announcer:
    """Calls the observers; `waits` keeps the records until the host's own commit."""

    def __init__(self, host: PluginHost, waits: bool = False) -> None:
        self._calls = list(host.calls(HOOK))
        self._waits = waits
        self._waiting: list[Committed] = []
        self._telling = local()

    def announce(self, unit: Unit) -> None:
        """Tell of every command of a unit that was written."""
        if not self._calls:
            return
        if self._waits:
            self._waiting += _records(unit)
        else:
            self._tell(_records(unit))

    def release(self) -> None:
        """Tell of everything that waited; the host's transaction is committed."""
        waiting, self._waiting = self._waiting, []
        self._tell(waiting)

    def _tell(self, records: Iterable[Committed]) -> None:
        """Tell each record to all; what an observer does meanwhile is told after that."""
        here = self._telling
        queue: deque[tuple[int, Committed]] | None = getattr(here, "queue", None)
        if queue is not None:
            self._follow(queue, records)
            return
        here.queue = queue = deque((0, record) for record in records)
        try:
            while queue:
                here.depth, record = queue.popleft()
                for here.plugin, call in self._calls:
                    _hear(here.plugin, call, record)
        finally:
            del here.queue

    def _follow(self, queue: deque[tuple[int, Committed]], records: Iterable[Committed]) -> None:
        if self._telling.depth < DEEPEST:
            queue.extend((self._telling.depth + 1, record) for record in records)
        else:
            self._telling.plugin.noted(PluginFault("told_too_deep", {"hook": HOOK}))


def _records(unit: Unit) -> list[Committed]:
    records = []
    for ran in unit.ran:
        mine = [h for h in unit.happened if h.after.id == ran.stream and h.command == ran.id]
        last = mine[-1].after
        kind, names = last.process.kind, tuple(h.name for h in mine)
        record = Committed(ran.text, ran.name, kind, last.text, ran.last, names, last.now or "")
        records.append(record)
    return records


def _hear(plugin: Plugin, call: Callable[..., object], record: Committed) -> None:
    try:
        given = call(record=record)
    except RAISED as error:
        # Only the class and the place are kept: the words of an error may name a person.
        detail = {"hook": HOOK, **crashed(error).data}
        plugin.noted(PluginFault("told_raised", detail))
        return
    if given is not None:
        discard(given)
        detail = {"hook": HOOK, "found": type(given).__name__, "wanted": "nothing"}
        plugin.noted(PluginFault("wrong_type", detail))
