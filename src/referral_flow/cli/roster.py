"""Importing a roster: which file, how, and where the answer goes."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from referral_flow.cli.failing import DONE, FOUND
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Output
from referral_flow.cli.usage import WrongUsage, at_least_one
from referral_flow.cli.work import Work, only_the_operator, opened
from referral_flow.domain.people import Role

if TYPE_CHECKING:
    from referral_flow.roster.faults import Fault
    from referral_flow.roster.importing import How, Import
    from referral_flow.roster.marked import MarkedSheet
    from referral_flow.roster.opening import Sheet
    from referral_flow.roster.scratch import Scratch
    from referral_flow.roster.sources import Line

_LINE = 60


def import_(
    file: Annotated[Path, Parameter(name="FILE")],
    /,
    *,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    faults: Annotated[Path | None, Parameter(metavar="FILE.xlsx")] = None,
    committees: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    create_committees: Annotated[bool, Parameter(negative=())] = False,
    under: Annotated[str | None, Parameter(metavar="ID")] = None,
    late_reason: Annotated[str | None, Parameter(metavar="TEXT")] = None,
    sheet: Annotated[str | None, Parameter(metavar="NAME")] = None,
    id_digits: Annotated[int | None, Parameter(metavar="N")] = None,
    common: Common = DEFAULT,
) -> int:
    """Import the rows of a roster; a fault makes the exit code 1, and the good rows are kept."""
    at_least_one(id_digits, "--id-digits")
    if faults is not None:
        _must_be_writable(faults, (file, committees))
    with opened(common, Role.OPERATOR) as work:
        from referral_flow.roster.headings import COMMITTEES, ROSTER
        from referral_flow.roster.importing import How
        from referral_flow.roster.opening import open_sheet
        from referral_flow.roster.scratch import Scratch

        only_the_operator(work)
        how = How(late_reason or work.out.word("late_reason", "roster"), dry_run, id_digits)
        roster = open_sheet(file, ROSTER, sheet)
        list_ = None if committees is None else open_sheet(committees, COMMITTEES)
        with Scratch() as scratch:
            run = _Run(work, roster, how, scratch, faults)
            return run.done(list_, create_committees, under)


class _Run:
    """One import with all that it needs."""

    def __init__(
        self, work: Work, roster: Sheet, how: How, scratch: Scratch, marked: Path | None
    ) -> None:
        from referral_flow.roster.importing import Import
        from referral_flow.roster.marked import MarkedSheet

        self._work = work
        self._roster = roster
        self._scratch = scratch
        self._how = how
        self._path = marked
        out = work.out
        words = {code: out.word(f"marked_{code}", "roster") for code in ("sheet", "line", "faults")}
        self._marked: MarkedSheet | None = (
            None if marked is None else MarkedSheet(marked, roster.header, words)
        )
        self._progress = _Progress(out)
        self._import: Import = Import(
            work.flow,
            work.desk,
            roster,
            how,
            scratch=scratch,
            today=work.today,
            told=self._told,
            progress=self._progress,
        )

    def done(self, list_: Sheet | None, creating: bool, under: str | None) -> int:
        """Carry the import out and tell of it."""
        from referral_flow.cli.roster_answer import RosterAnswer
        from referral_flow.roster.committee_list import read_list
        from referral_flow.roster.committees import Committees
        from referral_flow.roster.registered import Registered
        from referral_flow.roster.twins import twins

        work, scratch = self._work, self._scratch
        answer = RosterAnswer(work.out, self._roster, self._how, self._import.tally, scratch)
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
                self._import.run(committees, survey, since)
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


class _Progress:
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


def _must_be_writable(path: Path, read: Sequence[Path | None]) -> None:
    """Refuse a place where the marked sheet cannot be, before anything is read."""
    if path.suffix.lower() != ".xlsx":
        raise WrongUsage("faults_not_xlsx", given=str(path))
    same = [one for one in read if one is not None and one.exists() and path.exists()]
    if any(path.samefile(one) for one in same):
        raise WrongUsage("faults_over_input", given=str(path))
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise WrongUsage("faults_no_folder", given=str(path))
