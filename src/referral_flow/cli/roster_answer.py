"""What is told of an import: counts, what is wrong row by row, and who may be one person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from referral_flow.cli.failing import complain
from referral_flow.cli.output import Column, Output, clean

if TYPE_CHECKING:
    from referral_flow.roster.faults import Fault
    from referral_flow.roster.importing import How, Tally
    from referral_flow.roster.opening import Sheet
    from referral_flow.roster.scratch import Scratch
    from referral_flow.roster.twins import Twins

SHOWN_TWINS, KEPT_TWINS = 20, 10_000
_COUNTED = ("rows", "done", "already", "bad", "members", "committees")


@frozen
class Wording:
    """How an import is spoken of: what its rows become, and in which batch they are."""

    done: str
    batch: str | None = None


IMPORTING = Wording("issued")
ADOPTING = partial(Wording, "adopted")


class RosterAnswer:
    """Tells of one import in words or as JSON."""

    def __init__(
        self,
        out: Output,
        sheet: Sheet,
        how: How,
        tally: Tally,
        scratch: Scratch,
        *,
        words: Wording,
    ) -> None:
        self._out = out
        self._sheet = sheet
        self._how = how
        self._tally = tally
        self._scratch = scratch
        self._words = words
        self._headings = {c: sheet.header.headings[at] for c, at in sheet.header.place.items()}
        self.wrong_committees = 0
        self._pairs: list[Twins] = []
        self._number_of_pairs = 0

    def keep_twins(self, pairs: Iterable[Twins]) -> None:
        """Count all pairs, and keep as many as anybody will look at."""
        for pair in pairs:
            self._number_of_pairs += 1
            if len(self._pairs) < KEPT_TWINS:
                self._pairs.append(pair)

    def write(self, marked: Path | None) -> None:
        """Write the answer; `marked` is where the marked sheet lies."""
        if self._out.as_json:
            self._out.json(self._as_data(marked))
            return
        self._counts()
        self._faults()
        self._twins()
        if marked is not None:
            complain(self._word("marked_at", path=str(marked)))
        if self._how.dry_run:
            complain(self._word("dry_run_done"))

    def interrupted(self) -> None:
        """Say on standard error what stays, when an import does not come to its end."""
        tally = self._tally
        code = "stopped_dry" if self._how.dry_run else f"stopped_{self._words.done}"
        complain(self._word(code, rows=tally.rows, done=tally.done))

    def twins_as_rows(self) -> tuple[str, Sequence[str], Iterator[Sequence[str | int]]]:
        """Give the pairs as rows of a sheet, with its title and heads."""
        heads = [self._word(f"twins_{head}") for head in ("one", "other", "why")]
        rows = (
            (self._person(t.one), self._person(t.other), self._word(t.code)) for t in self._pairs
        )
        return self._word("twins_sheet"), heads, rows

    def _word(self, code: str, /, **data: Any) -> str:
        return self._out.word(code, "roster", **data)

    def _counts(self) -> None:
        out, sheet = self._out, self._sheet
        out.line(self._word("read", file=sheet.path.name, form=sheet.form, line=sheet.header.line))
        if self._words.batch is not None:
            out.line(self._word("in_batch", batch=self._words.batch))
        out.line()
        suffix = "_dry" if self._how.dry_run else ""
        rows = [
            (self._word(f"count_{self._named(what)}{suffix}"), out.shown(number))
            for what, number in self._numbers()
        ]
        out.table((Column(), Column(right=True)), rows)

    def _numbers(self) -> list[tuple[str, int]]:
        return [(what, getattr(self._tally, what)) for what in _COUNTED]

    def _named(self, what: str) -> str:
        return self._words.done if what == "done" else what

    def _faults(self) -> None:
        if not self._tally.bad and not self.wrong_committees:
            return
        self._out.line()
        self._out.heading(self._word("faults"))
        for file, fault in self._scratch.faults():
            # Not through rich: there may be very many.
            self._out.block(clean(self._said(file, fault)))

    def _said(self, file: str, fault: Fault) -> str:
        place = self._word(
            f"place_{file}", line=fault.line, column=self._headings.get(fault.column, fault.column)
        )
        return f"{place}: {fault.code}: {fault.says(self._out.language)}"

    def _twins(self) -> None:
        if not self._pairs:
            return
        self._out.line()
        self._out.heading(self._word("twins", pairs=self._number_of_pairs))
        for twin in islice(self._pairs, SHOWN_TWINS):
            one, other = self._person(twin.one), self._person(twin.other)
            self._out.line(f"{one} – {other}: {self._word(twin.code)}")
        if self._number_of_pairs > SHOWN_TWINS:
            self._out.line(self._word("twins_more", pairs=self._number_of_pairs - SHOWN_TWINS))

    def _person(self, person: Any) -> str:
        code = "in_roster" if person.line else "in_register"
        return self._word(code, member=person.member, line=person.line)

    def _as_data(self, marked: Path | None) -> dict[str, Any]:
        faults = [
            {
                "file": file,
                "line": fault.line,
                "column": fault.column,
                "code": fault.code,
                "data": fault.data,
                "words": fault.says(self._out.language),
            }
            for file, fault in self._scratch.faults()
        ]
        return {
            "file": str(self._sheet.path),
            "form": self._sheet.form,
            "header_line": self._sheet.header.line,
            "dry_run": self._how.dry_run,
            **({} if self._words.batch is None else {"batch": self._words.batch}),
            **{self._named(what): number for what, number in self._numbers()},
            "by_code": dict(sorted(self._tally.faults.items())),
            "faults": faults,
            "pairs": self._number_of_pairs,
            "twins": [
                {
                    "code": twin.code,
                    "members": [twin.one.member, twin.other.member],
                    "lines": [twin.one.line or None, twin.other.line or None],
                }
                for twin in self._pairs
            ],
            "marked": None if marked is None else str(marked),
        }
