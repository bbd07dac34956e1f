"""Tell observers what was committed, after the outermost commit and never before."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from referral_flow.application.streams import Ran
from referral_flow.application.unit import Unit
from referral_flow.hooks import Committed
from referral_flow.plugin_host import PluginHost

logger = logging.getLogger("referral_flow.plugins")


class Announcer:
    """Calls the observers; `waits` keeps the records until the host's own commit."""

    def __init__(self, host: PluginHost, waits: bool = False) -> None:
        self._calls = list(host.calls("referral_flow_committed"))
        self._waits = waits
        self._waiting: list[Committed] = []

    def announce(self, unit: Unit, written: Iterable[Ran]) -> None:
        """Tell of commands of a unit that was written."""
        if not self._calls:
            return
        records = [_record(unit, ran) for ran in written]
        if self._waits:
            self._waiting += records
        else:
            self._tell(records)

    def release(self) -> None:
        """Tell of everything that waited; the host's transaction is committed."""
        waiting, self._waiting = self._waiting, []
        self._tell(waiting)

    def _tell(self, records: Iterable[Committed]) -> None:
        for record in records:
            for plugin, call in self._calls:
                try:
                    call(record)
                except Exception:
                    logger.exception("plugin %s raised in referral_flow_committed", plugin.name)


def _record(unit: Unit, ran: Ran) -> Committed:
    mine = [h for h in unit.happened if h.after.id == ran.stream and h.command == ran.id]
    last = mine[-1].after
    names = tuple(h.name for h in mine)
    return Committed(
        ran.text, ran.name, last.process.kind, last.text, ran.last, names, last.now or ""
    )
