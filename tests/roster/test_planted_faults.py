"""Faults of every kind among thousands of good rows: each is told, and nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.roster.conftest import Office
from tests.roster.made import PLANTS, Made, good, with_faults, write_csv, write_xlsx

MANY = pytest.param(12_000, marks=pytest.mark.slow)


def written(folder: Path, form: str, made: Made) -> Path:
    path = folder / f"roster.{form}"
    return (
        write_csv(path, made.rows, delimiter=";") if form == "csv" else write_xlsx(path, made.rows)
    )


@pytest.mark.parametrize("rows", [1_500, MANY])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_each_planted_fault_is_told_and_the_good_rows_are_kept(
    office: Office, tmp_path: Path, form: str, rows: int
) -> None:
    made = with_faults(rows, form, faults=60)
    assert len(made.wrong) == 60
    assert len({code for code, _ in made.wrong.values()}) >= 30
    file = written(tmp_path, form, made)
    before = office.check()

    rehearsed = office.imports(file, "--dry-run")
    assert office.check() == before

    first = office.imports(file)
    told = {fault["line"]: (fault["code"], fault["column"]) for fault in first["faults"]}
    assert told == made.wrong
    assert len(first["faults"]) == len(made.wrong)
    good = rows - len(made.wrong)
    assert (first["rows"], first["issued"], first["bad"]) == (rows, good, len(made.wrong))
    assert (first["exit"], first["already"], first["members"]) == (1, 0, good)
    assert all(fault["words"] and "{" not in fault["words"] for fault in first["faults"])
    for count in ("rows", "issued", "bad", "members", "by_code", "faults"):
        assert rehearsed[count] == first[count], count

    after = office.check()
    assert len(office.referrals()) == good + 1
    again = office.imports(file)
    assert office.check() == after
    assert (again["issued"], again["already"], again["members"]) == (0, good, 0)
    assert again["faults"] == first["faults"]


def test_the_marked_sheet_has_every_row_and_says_what_is_wrong_in_a_last_column(
    office: Office, tmp_path: Path
) -> None:
    made = with_faults(400, "csv")
    made.rows[7]["full_name"] = "=HYPERLINK(A1)"
    marked = tmp_path / "faults.xlsx"
    told = office.told(
        write_csv(tmp_path / "r.csv", made.rows), "--dry-run", "--faults", str(marked)
    )
    assert str(marked) in told.err
    sheet = load_workbook(marked)["Danh sách"]
    head, *rows = sheet.iter_rows()
    assert [cell.value for cell in head][7:9] == ["Dòng", "Lỗi"]
    assert sheet.print_title_rows == "$1:$1"
    told_in = next(row for row in rows if row[8].value)
    assert {cell.alignment.vertical for cell in told_in[:9]} == {"top"}
    # A quote that was never closed leaves its row as one.
    assert len(rows) == 400
    for number, row in enumerate(rows, 2):
        assert row[7].value == number
        assert bool(row[8].value) == (number in made.wrong), number
    assert rows[7][1].value == "=HYPERLINK(A1)"
    assert rows[7][1].data_type == "s"
    assert rows[0][0].value == "m-00001"


def test_a_marked_sheet_that_was_mended_can_be_imported(office: Office, tmp_path: Path) -> None:
    made = with_faults(300, "csv")
    marked = tmp_path / "faults.xlsx"
    office.told(write_csv(tmp_path / "r.csv", made.rows), "--faults", str(marked))
    again = office.imports(marked)
    # In cells of their own, quotation marks do no harm any more.
    assert again["issued"] == sum(code == "quote_not_closed" for code, _ in made.wrong.values())
    assert again["already"] == 300 - len(made.wrong)


def test_a_row_counts_as_repeated_only_where_the_first_one_was_accepted(
    office: Office, tmp_path: Path
) -> None:
    """However near they stand: rows of one transaction are told like those of two."""
    taken = {"workplace": "w-2", "paper_number": "900/gt", "issued_on": "01/06/2013"}
    rows = [
        {**good(1), **taken},
        {**good(2), **taken},
        good(1),
        {**good(1), "residence": "r-4"},
        good(1),
    ]
    answer = office.imports(write_csv(tmp_path / "r.csv", rows))
    assert answer["issued"] == 1
    assert [(fault["line"], fault["code"]) for fault in answer["faults"]] == [
        (2, "duplicate_paper"),
        (3, "duplicate_paper"),
        (5, "member_twice"),
        (6, "row_twice"),
    ]


def test_there_are_more_than_thirty_kinds() -> None:
    assert len({plant.code for plant in PLANTS}) > 30
