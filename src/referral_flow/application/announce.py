"""Tell observers what was committed, after the outermost commit and never before."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator

from referral_flow.application.commit import command_row
from referral_flow.application.streams import Ran
from referral_flow.application.unit import Unit
from referral_flow.errors import ReferralFlowError
from referral_flow.hooks import Committed
from referral_flow.plugin_host import PluginHost
from referral_flow.ports import CommandRow, Store

logger = logging.getLogger("referral_flow.plugins")


class Announcer:
    """Calls the observers as soon as a unit is written: it was a transaction of its own."""

    def __init__(self, host: PluginHost) -> None:
        self._calls = list(host.calls("referral_flow_committed"))

    def announce(self, unit: Unit, written: Iterable[Ran]) -> None:
        """Tell of commands of a unit that was written."""
        if self._calls:
            for _, record in _records(unit, written):
                self._tell(record)

    def release(self) -> None:
        """Tell of everything that waited: here nothing does."""

    def _tell(self, record: Committed) -> None:
        for plugin, call in self._calls:
            try:
                call(record)
            except Exception:
                logger.exception("plugin %s raised in referral_flow_committed", plugin.name)


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
                logger.error("observers were not told of a command: %s", error.code)
                return
            # Equal in its time too: nobody else's, who did the same after a rollback of ours.
            if found == row:
                del self._waiting[id]
                self._tell(record)


def _records(unit: Unit, written: Iterable[Ran]) -> Iterator[tuple[CommandRow, Committed]]:
    for ran in written:
        mine = [h for h in unit.happened if h.after.id == ran.stream and h.command == ran.id]
        last = mine[-1].after
        names = tuple(h.name for h in mine)
        yield (
            command_row(unit, ran),
            Committed(
                ran.text,
                ran.name,
                last.process.kind,
                last.text,
                ran.last,
                names,
                last.now or "",
            ),
        )
