"""A sheet on its way into the store: read, carried out, told of, and given back with faults."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from referral_flow.cli.failing import DONE, FOUND
from referral_flow.cli.output import Output
from referral_flow.cli.roster_answer import IMPORTING, RosterAnswer, Wording
from referral_flow.cli.usage import WrongUsage
from referral_flow.cli.work import Work

if TYPE_CHECKING:
    from referral_flow.roster.faults import Fault
    from referral_flow.roster.importing import How, Import, MakeReader
    from referral_flow.roster.marked import MarkedSheet
    from referral_flow.roster.opening import Sheet
    from referral_flow.roster.orders import OrderOf
    from referral_flow.roster.scratch import Scratch
    from referral_flow.roster.sources import Line

_LINE = 60


class SheetRun:
    """One sheet with all that its import needs; `words` are those of what it is for."""

    def __init__(
        self,
        work: Work,
        sheet: Sheet,
        how: How,
        *,
        reader: MakeReader,
        scratch: Scratch,
        marked: Path | None,
        words: Wording = IMPORTING,
    ) -> None:
        from referral_flow.roster.importing import Import
        from referral_flow.roster.marked import MarkedSheet

        self._work = work
        self._sheet = sheet
        self._scratch = scratch
        self._how = how
        self._path = marked
        out = work.out
        self._words = words
        heads = {code: out.word(f"marked_{code}", "roster") for code in ("sheet", "line", "faults")}
        self._marked: MarkedSheet | None = (
            None if marked is None else MarkedSheet(marked, sheet.header, heads)
        )
        self._progress = Progress(out)
        self._import: Import = Import(
            work.flow,
            work.desk,
            sheet,
            how,
            reader,
            scratch=scratch,
            today=work.today,
            told=self._told,
            progress=self._progress,
        )

    def done(
        self, order_of: OrderOf, list_: Sheet | None, creating: bool, under: str | None
    ) -> int:
        """Carry the import out and tell of it."""
        from referral_flow.roster.committee_list import read_list
        from referral_flow.roster.committees import Committees
        from referral_flow.roster.registered import Registered
        from referral_flow.roster.twins import twins

        work, scratch = self._work, self._scratch
        tally = self._import.tally
        answer = RosterAnswer(work.out, self._sheet, self._how, tally, scratch, words=self._words)
        with self._progress.shown():
            survey = self._import.survey()
            since = survey.first or work.today
            committees = Committees(creating, under)
            committees.read(work.desk)
            if list_ is not None:
                wrong = read_list(list_, committees, since, work.today)
                scratch.keep_faults("committees", wrong)
                answer.wrong_committees = len(wrong)
            if under is not None and under not in committees.by_id:
                raise WrongUsage("no_such_superior", given=under)
            registered = Registered(work.flow, work.today)
            scratch.keep_registered(registered.everybody(work.desk))
            try:
                self._import.run(committees, order_of, survey, since)
            except BaseException:
                answer.interrupted()
                raise
            self._progress("comparing", 0, 0)
            answer.keep_twins(twins(scratch))
            if self._marked is not None:
                self._progress("writing", 0, 0)
                self._marked.notes(*answer.twins_as_rows())
                self._marked.save()
        answer.write(self._path)
        return FOUND if self._import.tally.bad or answer.wrong_committees else DONE

    def _told(self, line: Line, faults: Sequence[Fault]) -> None:
        if faults:
            self._scratch.keep_faults("roster", faults)
        if self._marked is not None:
            said = [(f.column, f.says(self._work.out.language)) for f in faults]
            self._marked.write(line, said)


class Progress:
    """A line on standard error that says how far it is, where somebody looks at it.

    Ctrl-C is heard between two chunks, so that no transaction ends in doubt; a second one
    is heard at once.
    """

    def __init__(self, out: Output) -> None:
        self._out = out
        self._moving = sys.stderr.isatty()
        self._stopping = False

    def __call__(self, step: str, done: int, of: int) -> None:
        if self._stopping:
            raise KeyboardInterrupt
        if self._moving:
            said = self._out.word(f"step_{step}", "roster", done=done, of=of)
            print(f"\r{said:<{_LINE}}", end="", file=sys.stderr, flush=True)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Hear Ctrl-C, and take the line away at the end."""
        heard = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGINT, self._asked) if heard else None
        try:
            yield
        finally:
            if heard:
                signal.signal(signal.SIGINT, before)
            if self._moving:
                print(f"\r{'':<{_LINE}}\r", end="", file=sys.stderr, flush=True)

    def _asked(self, _signal: int, _frame: FrameType | None) -> None:
        if self._stopping:
            raise KeyboardInterrupt
        self._stopping = True
