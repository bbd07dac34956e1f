"""One transaction before it is written: what was loaded, and what would be changed.

A batch runs many commands through one unit. Each command can be taken back on its own:
`mark` remembers where it began and `back` undoes all that came after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from referral_flow.application.parts import Parts
from referral_flow.application.register import TOLD_BY, KeptRegister
from referral_flow.application.streams import Happened, Held, Ran, Told, replayed
from referral_flow.engine.decision import EVERYTHING, Claim
from referral_flow.engine.facts import Loaded, Needs
from referral_flow.engine.ids import as_bytes, as_text
from referral_flow.engine.process import Labels, Process
from referral_flow.ports import Directory, StreamRow

_ABSENT = object()
_SECOND = timedelta(seconds=1)


class Unit:
    """Snapshots, claims and everything outgoing of one transaction.

    `command` is the id of the command that is being carried out.
    """

    def __init__(self, parts: Parts, now: datetime | None = None) -> None:
        self.parts = parts
        self._now = now
        self.command = b""
        self._today: date | None = None
        self.streams: dict[str, Held | None] = {}
        self.holders: dict[Claim, str | None] = {}
        self.claims: dict[Claim, tuple[str | None, str | None]] = {}
        self.timers: dict[bytes, Mapping[str, datetime]] = {}
        self.cancelled: dict[tuple[bytes, str], bool] = {}
        self.withdrawn: dict[tuple[bytes, str], bool] = {}
        self.told: dict[bytes, tuple[Told, ...]] = {}
        self.read: dict[str, bool] = {}
        self.happened: list[Happened] = []
        self.ran: list[Ran] = []
        # What the register said, by question, id and day.
        self._register: dict[str, dict[tuple[str, date], Any]] = {}
        # Three after three: where, the key, what was there.
        self._undo: list[Any] = []

    @property
    def directory(self) -> Directory:
        """Give the host's register, or the kept one as it stands in this transaction."""
        # Made when it is asked for: a circle would leave every unit to the garbage collector.
        return self.parts.directory or KeptRegister(self)

    @property
    def now(self) -> datetime:
        """Give the time of this transaction, in UTC."""
        if self._now is None:
            self._now = self.parts.now()
        return self._now

    @property
    def today(self) -> date:
        """Give the day in the installation's zone."""
        if self._today is None:
            self._today = self.parts.day(self.now)
        return self._today

    def refresh(self) -> None:
        """Take the time anew; it never goes back within a transaction."""
        now, before = self.parts.now(), self._now
        if before is None:
            self._now = now
        elif now > before:
            self._now = now
            # A day begins with a second, wherever it is.
            if now.second != before.second or now - before >= _SECOND:
                self._today = None

    # --- back and forth

    def mark(self) -> tuple[int, int, int]:
        """Remember this moment."""
        return len(self._undo), len(self.happened), len(self.ran)

    def back(self, mark: tuple[int, int, int]) -> None:
        """Undo all that came after `mark`; what was loaded stays loaded."""
        undo, happened, ran = mark
        while len(self._undo) > undo:
            old, key, where = self._undo.pop(), self._undo.pop(), self._undo.pop()
            if old is _ABSENT:
                where.pop(key, None)
            else:
                where[key] = old
        self._forget(tuple(self._register))
        del self.happened[happened:]
        del self.ran[ran:]

    def _set(self, where: dict[Any, Any], key: Any, value: Any) -> None:
        self._undo += (where, key, where.get(key, _ABSENT))
        where[key] = value

    # --- loading

    def stream(self, text: str, process: Process | None = None) -> Held | None:
        """Give a stream by its id, or by the claim that its process is known by."""
        # Most are asked for again and again, as they are written here: then nothing is parsed.
        if text in self.streams:
            return self.streams[text]
        place = self._place(text, process)
        if place is None:
            return None
        key, id = place
        if key not in self.streams:
            self._keep(key, self.parts.store.load((id,))[0].get(id))
        return self.streams[key]

    def load(self, texts: Iterable[str], process: Process | None = None) -> None:
        """Load streams at once; an id that is none stands for a stream that is not there."""
        asked = [text for text in texts if text not in self.streams]
        if not asked:
            return
        if process is not None and process.known_by is not None:
            self.holding(Claim(process.known_by, text) for text in asked)
        wanted: dict[str, bytes] = {}
        for text in asked:
            place = self._place(text, process)
            if place is not None and place[0] not in self.streams:
                wanted[place[0]] = place[1]
        if not wanted:
            return
        found, _ = self.parts.store.load(list(wanted.values()))
        for key, id in wanted.items():
            self._keep(key, found.get(id))

    def keep(self, id: bytes, row: StreamRow | None) -> None:
        """Keep a stream that was loaded; one already in the unit stays as it is there."""
        key = as_text(id)
        if key not in self.streams:
            self._keep(key, row)

    def _keep(self, key: str, row: StreamRow | None) -> None:
        self.streams[key] = None if row is None else self._held(row, key)

    def _place(self, text: str, process: Process | None) -> tuple[str, bytes] | None:
        """Give the id of a stream as it is kept here and in the store; None for no such id."""
        if process is not None and process.known_by is not None:
            claim = Claim(process.known_by, text)
            text = self.holding((claim,)).get(claim, text)
        id = as_bytes(text)
        return None if id is None else (text.lower(), id)

    def snapshot(self, row: StreamRow, process: Process) -> Any:
        """Give the state of a stream from its row."""
        state = self.parts.codec.read_snapshot(row.kind, row.data)
        return replayed(self.parts, process, row.id, row.version) if state is None else state

    def _held(self, row: StreamRow, text: str) -> Held | None:
        process = self.parts.processes.get(row.kind)
        if process is None:
            return None
        state = self.snapshot(row, process)
        labels = Labels(row.requester, row.owner, row.mark)
        return Held(row.id, text, process, state, row.state, row.version, row.version, labels)

    def holding(self, claims: Iterable[Claim]) -> dict[Claim, str]:
        """Say which stream holds each claim, as it stands in the unit."""
        wanted, known = tuple(claims), self.holders
        missing = [claim for claim in wanted if claim not in known]
        if missing:
            found = self.parts.store.holders(missing)
            for claim in missing:
                key = found.get(claim)
                known[claim] = None if key is None else as_text(key)
        return {claim: holder for claim in wanted if (holder := known[claim]) is not None}

    def fetch(self, needs: Needs, on: date) -> Loaded:
        """Load what facts need: streams through the unit, the rest from the register."""
        on = needs.on or on
        if needs.streams:
            self.load(needs.streams)
        streams: dict[str, Any] = {}
        rules: dict[str, Any] = {}
        for text in needs.streams:
            held = self.stream(text)
            if held is not None:
                streams[text] = held.state
                rules[text] = self.parts.rules_of(held.process, held.state)
                self.read[held.text] = True
        return Loaded(
            streams,
            rules,
            self._ask("members", needs.members, on) if needs.members else {},
            self._ask("committees", needs.committees, on) if needs.committees else {},
            self._ask("above", needs.above, on) if needs.above else {},
            self._ask("venues", needs.venues, on) if needs.venues else {},
            self.holding(needs.claims) if needs.claims else {},
        )

    def prefetch(self, needs: Mapping[date, Sequence[Needs]]) -> None:
        """Load at once what many commands of a batch need, by the day that they ask about."""
        every = [need for wanted in needs.values() for need in wanted]
        self.load(text for need in every for text in need.streams)
        self.holding(claim for need in every for claim in need.claims)
        # What the kept register has is loaded whatever the day; a host's own may change with it.
        by_day = {max(needs): every} if needs and self.parts.directory is None else needs
        for on, wanted in by_day.items():
            for what in ("members", "committees", "above", "venues"):
                self._ask(what, tuple(id for need in wanted for id in getattr(need, what)), on)

    def _ask(self, what: str, ids: tuple[str, ...], on: date) -> Mapping[str, Any]:
        """Ask the register once for each id in a transaction; the kept one until it changes."""
        known = self._register.setdefault(what, {})
        missing = [id for id in ids if (id, on) not in known]
        if missing:
            asked = missing if len(missing) == 1 else list(dict.fromkeys(missing))
            found = getattr(self.directory, what)(asked, on)
            for id in asked:
                known[id, on] = found.get(id)
        return {id: e for id in ids if (e := known[id, on]) is not None}

    def _forget(self, questions: Iterable[str]) -> None:
        """Forget what the kept register said; a host's own is not written here."""
        if self.parts.directory is None:
            for what in questions:
                self._register.pop(what, None)

    def above(self, ids: Iterable[str | None], on: date) -> set[str]:
        """Give all the superiors of some committees; None stands for one that is not there."""
        found = self._ask("above", tuple(id for id in ids if id is not None), on)
        return {superior for superiors in found.values() for superior in superiors}

    def learn(self, other: Unit) -> None:
        """Take over what the embedder's register answered in another unit of this moment."""
        for what, known in other._register.items():
            self._register.setdefault(what, {}).update(known)

    # --- changing

    def put(self, held: Held) -> None:
        """Let a stream stand as `held` from here on."""
        # What is kept in the register is known by ids of its own.
        if held.process.known_by is not None:
            self._forget(TOLD_BY.get(held.process.kind, ()))
        self._set(self.streams, held.text, held)

    def take(self, claim: Claim, stream: str) -> None:
        """Take a claim for a stream."""
        held, _ = self.claims.get(claim, (None, None))
        self._set(self.claims, claim, (held, stream))
        self._set(self.holders, claim, stream)

    def free(self, claim: Claim, stream: str) -> None:
        """Free a claim that a stream holds; who held it in the store is kept for the commit."""
        held, _ = self.claims.get(claim, (stream, None))
        self._set(self.claims, claim, (held, None))
        self._set(self.holders, claim, None)

    def cancel(self, stream: bytes, names: Iterable[str]) -> None:
        """Cancel timers of a stream, also those that this unit would set."""
        for name in names:
            self._set(self.cancelled, (stream, name), True)
            due = self.timers.get(stream)
            if due:
                left = {n: d for n, d in due.items() if name not in (n, *EVERYTHING)}
                self._set(self.timers, stream, left)

    def set_timers(self, stream: bytes, timers: Mapping[str, datetime]) -> None:
        """Set timers of a stream."""
        self._set(self.timers, stream, {**self.timers.get(stream, {}), **timers})

    def tell(self, told: Told) -> None:
        """Queue a message."""
        self._set(self.told, told.stream, (*self.told.get(told.stream, ()), told))

    def withdraw(self, stream: bytes, kinds: Iterable[str]) -> None:
        """Withdraw waiting messages of a stream, also those that this unit would queue."""
        for kind in kinds:
            self._set(self.withdrawn, (stream, kind), True)
            told = self.told.get(stream)
            if told:
                left = tuple(t for t in told if kind not in (t.tell.kind, *EVERYTHING))
                self._set(self.told, stream, left)
