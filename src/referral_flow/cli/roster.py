"""Sheets as they come: a roster of papers, or one of referrals that are under way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from unicodedata import normalize

from cyclopts import Parameter

from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.roster_answer import ADOPTING
from referral_flow.cli.usage import WrongUsage, at_least_one
from referral_flow.cli.work import only_the_operator, opened
from referral_flow.domain.people import Role

_FLAG = Parameter(negative=())


def import_(
    file: Annotated[Path, Parameter(name="FILE")],
    /,
    *,
    dry_run: Annotated[bool, _FLAG] = False,
    faults: Annotated[Path | None, Parameter(metavar="FILE.xlsx")] = None,
    committees: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    create_committees: Annotated[bool, _FLAG] = False,
    under: Annotated[str | None, Parameter(metavar="ID")] = None,
    late_reason: Annotated[str | None, Parameter(metavar="TEXT")] = None,
    sheet: Annotated[str | None, Parameter(metavar="NAME")] = None,
    id_digits: Annotated[int | None, Parameter(metavar="N")] = None,
    common: Common = DEFAULT,
) -> int:
    """Import the rows of a roster; a fault makes the exit code 1, and the good rows are kept."""
    _check(id_digits, faults, (file, committees))
    with opened(common, Role.OPERATOR) as work:
        from referral_flow.cli.sheet_run import SheetRun
        from referral_flow.roster.headings import COMMITTEES, ROSTER
        from referral_flow.roster.importing import How
        from referral_flow.roster.opening import open_sheet
        from referral_flow.roster.orders import order_of
        from referral_flow.roster.rows import Reader
        from referral_flow.roster.scratch import Scratch

        only_the_operator(work)
        reason = late_reason or work.out.word("late_reason", "roster")
        roster = open_sheet(file, ROSTER, sheet)
        list_ = None if committees is None else open_sheet(committees, COMMITTEES)
        with Scratch() as scratch:
            how = How(dry_run, id_digits)
            run = SheetRun(work, roster, how, reader=Reader, scratch=scratch, marked=faults)
            return run.done(order_of(reason), list_, create_committees, under)


def adopt(
    file: Annotated[Path, Parameter(name="FILE")],
    /,
    *,
    dry_run: Annotated[bool, _FLAG] = False,
    batch: Annotated[str | None, Parameter(metavar="NAME")] = None,
    faults: Annotated[Path | None, Parameter(metavar="FILE.xlsx")] = None,
    committees: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    create_committees: Annotated[bool, _FLAG] = False,
    under: Annotated[str | None, Parameter(metavar="ID")] = None,
    late_reason: Annotated[str | None, Parameter(metavar="TEXT")] = None,
    sheet: Annotated[str | None, Parameter(metavar="NAME")] = None,
    id_digits: Annotated[int | None, Parameter(metavar="N")] = None,
    common: Common = DEFAULT,
) -> int:
    """Adopt the referrals of a sheet as they are found, in one batch that can be undone (S56)."""
    _check(id_digits, faults, (file, committees))
    with opened(common, Role.OPERATOR) as work:
        from referral_flow.cli.sheet_run import SheetRun
        from referral_flow.roster.adopting import ALREADY, AdoptionOrders
        from referral_flow.roster.adoption_rows import AdoptionReader
        from referral_flow.roster.headings import ADOPTION, COMMITTEES
        from referral_flow.roster.importing import How
        from referral_flow.roster.opening import open_sheet
        from referral_flow.roster.scratch import Scratch

        only_the_operator(work)
        reason = late_reason or work.out.word("adopt_late_reason", "roster")
        found = open_sheet(file, ADOPTION, sheet)
        list_ = None if committees is None else open_sheet(committees, COMMITTEES)
        name = _one_way(batch if batch is not None else file.stem)
        if not name:
            raise WrongUsage("wrong_empty", option="--batch")
        orders = AdoptionOrders(work.desk, name, reason, dry_run)
        with Scratch() as scratch:
            run = SheetRun(
                work,
                found,
                How(dry_run, id_digits, ALREADY),
                reader=AdoptionReader,
                scratch=scratch,
                marked=faults,
                words=ADOPTING(name),
            )
            return run.done(orders, list_, create_committees, under)


def _one_way(name: str) -> str:
    """Write a batch's name in the one way in which it is kept, whatever system named the file."""
    return " ".join(normalize("NFC", name).split())


def _check(id_digits: int | None, faults: Path | None, read: Sequence[Path | None]) -> None:
    """Refuse options that cannot be, before anything is opened."""
    at_least_one(id_digits, "--id-digits")
    if faults is not None:
        _must_be_writable(faults, read)


def _must_be_writable(path: Path, read: Sequence[Path | None]) -> None:
    """Refuse a place where the marked sheet cannot be, before anything is read."""
    if path.suffix.lower() != ".xlsx":
        raise WrongUsage("faults_not_xlsx", given=str(path))
    same = [one for one in read if one is not None and one.exists() and path.exists()]
    if any(path.samefile(one) for one in same):
        raise WrongUsage("faults_over_input", given=str(path))
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise WrongUsage("faults_no_folder", given=str(path))
