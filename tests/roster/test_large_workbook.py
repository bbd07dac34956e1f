"""A workbook too large to be held is read row by row, and says the same."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from referral_flow.roster import xlsx_file
from referral_flow.roster.faults import UnusableFile
from referral_flow.roster.xlsx_file import XlsxFile, open_book
from referral_flow.roster.xlsx_large import LargeXlsxFile
from tests.roster.conftest import Office
from tests.roster.made import HEADINGS, good, with_faults, write_xlsx

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXT = re.compile(rb'<c([^>]*) t="inlineStr"><is>(.*?)</is></c>', re.DOTALL)
EIGHT = datetime(2013, 3, 5, 8, 30)  # noqa: DTZ001 - a cell knows no zone
CELLS = (
    (" Đặng Thị Ẩn ", "a_x000D_b", "<&>", 'nói "vậy"', "\u200bẩn", "dòng\nmới"),
    (0, 15, -3, 12345678, 123456789012, 1.5, 1e20),
    (date(2013, 3, 5), EIGHT, time(8, 30), True, False),
    ("một", None, None, "bốn"),
    (),
    ("=1+1", "=A1", "cuối"),
)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every workbook be a large one."""
    monkeypatch.setattr(xlsx_file, "LARGE", 0)


def sheet_of(book: Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def with_shared_texts(whole: Path) -> Path:
    """Write each text of a workbook once for all its cells, as most programs do."""
    texts: dict[bytes, int] = {}

    def numbered(found: re.Match[bytes]) -> bytes:
        return b'<c%b t="s"><v>%d</v></c>' % (found[1], texts.setdefault(found[2], len(texts)))

    file = whole.with_name(f"shared-{whole.name}")
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = re.sub(
                rb'<c([^>]*) t="inlineStr"><is>(.*?)</is></c>',
                numbered,
                old.read(name),
                flags=re.DOTALL,
            )
            part = part.replace(
                b"</Types>",
                b'<Override PartName="/xl/sharedStrings.xml" ContentType="%b"/></Types>' % kind,
            ).replace(
                b"</Relationships>",
                b'<Relationship Id="rId99" Type="%b" Target="sharedStrings.xml"/></Relationships>'
                % relation,
            )
            new.writestr(name, part)
        strings = b"".join(b"<si>%b</si>" % text for text in texts)
        new.writestr("xl/sharedStrings.xml", b'<sst xmlns="%b">%b</sst>' % (MAIN, strings))
    assert texts
    return file


@pytest.mark.parametrize("written", [lambda file: file, with_shared_texts])
def test_both_readers_give_the_same_lines(tmp_path: Path, written: Callable[[Path], Path]) -> None:
    book = Workbook()
    for cells in CELLS:
        sheet_of(book).append(cells)
    sheet_of(book)["C9"] = "xa"
    sheet_of(book)["B10"] = "#N/A"
    sheet_of(book)["B10"].data_type = "e"
    file = tmp_path / "r.xlsx"
    book.save(file)
    file = written(file)

    def lines(reader: type[XlsxFile | LargeXlsxFile]) -> list[tuple[int, list[object]]]:
        found = []
        for number, cells, _ in reader(file, None).lines():
            told = [getattr(cell, "code", cell) for cell in cells]
            while told and told[-1] == "":
                told.pop()
            found.append((number, told))
        return found

    assert lines(LargeXlsxFile) == lines(XlsxFile)
    assert len(lines(LargeXlsxFile)) == 10


@pytest.mark.usefixtures("large")
def test_a_large_roster_is_imported_with_each_fault_at_its_place(
    office: Office, tmp_path: Path
) -> None:
    made = with_faults(400, "xlsx")
    file = write_xlsx(tmp_path / "r.xlsx", made.rows)
    answer = office.imports(file)
    assert {f["line"]: (f["code"], f["column"]) for f in answer["faults"]} == made.wrong
    assert answer["issued"] == 400 - len(made.wrong)
    assert office.imports(file)["already"] == answer["issued"]


@pytest.mark.usefixtures("large")
def test_sheets_of_a_large_workbook_are_chosen_as_those_of_a_small_one(tmp_path: Path) -> None:
    file = tmp_path / "r.xlsx"
    book = Workbook()
    for title in ("Một", "Hai"):
        book.create_sheet(title).append(list(good(1).values()))
    book.create_sheet("Ẩn").sheet_state = "hidden"
    book.save(file)
    for sheet, code in ((None, "which_sheet"), ("Ba", "no_such_sheet")):
        with pytest.raises(UnusableFile) as told:
            open_book(file, sheet)
        assert told.value.code == code
    assert open_book(file, "Hai").sheet == "Hai"


@pytest.mark.usefixtures("large")
def test_a_wrong_size_that_a_program_wrote_is_not_believed(tmp_path: Path) -> None:
    whole = write_xlsx(tmp_path / "w.xlsx", [good(n) for n in range(1, 6)])
    file = tmp_path / "r.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b"<sheetViews>", b'<dimension ref="A1"/><sheetViews>', 1)
                assert b"dimension" in part
            new.writestr(name, part)
    lines = list(open_book(file, None).lines())
    assert [len(line.cells) for line in lines] == [len(HEADINGS)] * 6


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_a_large_workbook_with_a_damaged_part_is_refused(
    office: Office, tmp_path: Path, part: str
) -> None:
    whole = write_xlsx(tmp_path / "w.xlsx", [good(n) for n in range(1, 3_000)])
    file = tmp_path / "r.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if name == part else content)
    told = office.told(file)
    assert (told.code, told.line.partition(":")[0]) == (1, "damaged_file")
    assert not office.referrals()[1:]
