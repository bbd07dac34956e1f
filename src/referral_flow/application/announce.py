"""Tell observers what was committed, after the outermost commit and never before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from threading import local

from referral_flow.application.commit import command_row
from referral_flow.application.parts import microseconds
from referral_flow.application.streams import Ran
from referral_flow.application.unit import Unit
from referral_flow.engine.judge import RAISED, crashed
from referral_flow.errors import ReferralFlowError
from referral_flow.hooks import Committed
from referral_flow.logs import logger
from referral_flow.plugin_host import Plugin, PluginFault, PluginHost, discard
from referral_flow.ports import CommandRow, Store

HOOK = "referral_flow_committed"
DEEPEST = 8
"""How often what an observer does may be told in turn; more is a circle."""


class Announcer:
    """Calls the observers as soon as a unit is written: it was a transaction of its own."""

    def __init__(self, host: PluginHost) -> None:
        self._calls = list(host.calls(HOOK))
        self._telling = local()

    def announce(self, unit: Unit, written: Iterable[Ran]) -> None:
        """Tell of commands of a unit that was written."""
        if self._calls:
            self._tell(record for _, record in _records(unit, written))

    def release(self) -> None:
        """Tell of everything that waited: here nothing does."""

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


class WaitingAnnouncer(Announcer):
    """Keeps the records until the host's commit, and tells of those that `store` has by then.

    It looks, since no host can be relied on to say it: a savepoint that was rolled back by
    SQL text, a session inside a larger transaction, `announce` called too early.
    """

    def __init__(
        self,
        host: PluginHost,
        store: Store,
        after_commit: Callable[[Callable[[], None]], None] | None,
    ) -> None:
        super().__init__(host)
        self._store = store
        self._after_commit = after_commit
        self._waiting: dict[bytes, tuple[CommandRow, Committed]] = {}

    def announce(self, unit: Unit, written: Iterable[Ran]) -> None:
        """Keep what was written for after the commit."""
        if not self._calls:
            return
        self._waiting.update((row.id, (row, record)) for row, record in _records(unit, written))
        if self._after_commit is not None:
            self._after_commit(self.release)

    def release(self) -> None:
        """Tell of what is committed; the rest goes on waiting.

        Raises nothing: the host's transaction is over.
        """
        for id, (row, record) in list(self._waiting.items()):
            try:
                found = self._store.load([], id)[1]
            except ReferralFlowError as error:
                logger("plugins").error("observers were not told of a command: %s", error.code)
                return
            # Equal in its time too: nobody else's, who did the same after a rollback of ours.
            if found == row:
                del self._waiting[id]
                self._tell((record,))


def _records(unit: Unit, written: Iterable[Ran]) -> Iterator[tuple[CommandRow, Committed]]:
    for ran in written:
        mine = [h for h in unit.happened if h.after.id == ran.stream and h.command == ran.id]
        last = mine[-1].after
        kind, names = last.process.kind, tuple(h.name for h in mine)
        record = Committed(ran.text, ran.name, kind, last.text, ran.last, names, last.now or "")
        yield command_row(ran, microseconds(unit.now)), record


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
