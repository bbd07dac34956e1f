"""What is read from a sheet: encodings, delimiters, headings, cells, days."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from referral_flow.roster.faults import BadCell
from referral_flow.roster.headings import ROSTER, header_of
from referral_flow.roster.opening import open_sheet
from referral_flow.roster.values import birth_of, day_of, text_of
from tests.roster.conftest import Office
from tests.roster.made import HEADINGS, as_csv, good, write_csv, write_xlsx

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
SYLLABLES = st.sampled_from(["Đặng", "Thị", "Ngọc", "Ưởng", "Mẫu", "Nguyễn", "Ẩn", "K'Brêu", "Hoà"])
NAMES = st.lists(SYLLABLES, min_size=2, max_size=5).map(" ".join)


@given(
    names=st.lists(NAMES, min_size=1, max_size=20),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from([",", ";", "\t"]),
    form=st.sampled_from(["NFC", "NFD"]),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    order=st.permutations(range(len(HEADINGS))),
)
def test_every_encoding_delimiter_and_form_gives_the_same(  # noqa: PLR0917
    names: list[str],
    encoding: str,
    delimiter: str,
    form: str,
    ends: str,
    order: list[int],
) -> None:
    rows = [{**good(n), "full_name": name} for n, name in enumerate(names)]
    shuffled = [{str(at): list(row.values())[at] for at in order} for row in rows]
    text = as_csv(shuffled, delimiter, [HEADINGS[at] for at in order])
    text = normalize("NFC" if form == "NFC" else "NFD", text).replace("\r\n", ends)
    with TemporaryDirectory() as folder:
        path = Path(folder, "r.csv")
        path.write_bytes(text.encode(encoding))
        sheet = open_sheet(path, ROSTER)
        lines = list(sheet.source.lines())
    at = sheet.header.place["full_name"]
    read = [text_of(line.cells[at], "full_name") for line in lines[1:]]
    assert read == [normalize("NFC", name) for name in names]
    assert [line.number for line in lines] == list(range(1, len(names) + 2))


@pytest.mark.parametrize(
    "headings",
    [
        "member_id,full_name,workplace,residence,paper_number,issued_on",
        "MA DANG VIEN,HO TEN,NOI CONG TAC,NOI CU TRU,SO GIAY,NGAY CAP",
        "Số thẻ Đảng viên,Họ và tên,Cơ quan,Nơi ở,Số giấy giới thiệu,Ngày cấp giấy",
        "Ngày ký,Số GT,Cấp ủy nơi cư trú,Tổ chức đảng nơi công tác,Họ tên đảng viên,Mã số",
    ],
)
def test_headings_are_understood_in_many_spellings(headings: str) -> None:
    written = normalize("NFD", headings).split(",")
    assert header_of([(1, written)], ROSTER).place.keys() == set(ROSTER.required)


def test_a_title_above_the_headings_and_further_columns_do_no_harm(
    office: Office, tmp_path: Path
) -> None:
    text = "ĐẢNG BỘ TỈNH MẪU;;;;;;;\nDANH SÁCH;;;;;;;\n;;;;;;;\n" + as_csv([good(1), good(2)], ";")
    file = tmp_path / "r.csv"
    file.write_text(text, "utf-8")
    answer = office.imports(file)
    assert (answer["header_line"], answer["issued"]) == (4, 2)


def test_a_name_in_decomposed_letters_is_stored_composed(office: Office, tmp_path: Path) -> None:
    row = {**good(1), "full_name": normalize("NFD", "Đặng  Thị\u00a0Ngọc\u200b Ẩn")}
    assert office.imports(write_csv(tmp_path / "r.csv", [row]))["issued"] == 1
    assert office.names("m-00001") == {"m-00001": normalize("NFC", "Đặng Thị Ngọc Ẩn")}


def test_a_cell_in_quotes_may_go_over_lines_and_lines_keep_their_numbers(
    office: Office, tmp_path: Path
) -> None:
    rows = [{**good(1), "full_name": "Người Mẫu,\nSố Một"}, {**good(2), "issued_on": "31/02/2013"}]
    answer = office.imports(write_csv(tmp_path / "r.csv", rows))
    assert answer["issued"] == 1
    assert [fault["line"] for fault in answer["faults"]] == [4]
    assert office.names("m-00001") == {"m-00001": "Người Mẫu, Số Một"}


def test_a_quote_that_is_never_closed_costs_its_own_row_only(
    office: Office, tmp_path: Path
) -> None:
    rows = [good(n) for n in range(1, 60)]
    for at in (3, 9, 40):
        rows[at] |= {"full_name": '"Người Mẫu', "raw": True}
    answer = office.imports(write_csv(tmp_path / "r.csv", rows))
    assert [fault["line"] for fault in answer["faults"]] == [5, 11, 42]
    assert answer["issued"] == 56


def test_numbers_in_cells_of_ids_are_taken_only_where_no_zero_can_be_lost(
    office: Office, tmp_path: Path
) -> None:
    rows = [
        {**good(1), "member_id": 12345678},
        {**good(2), "member_id": 123456789012},
        {**good(3), "paper_number": 15},
    ]
    file = write_xlsx(tmp_path / "r.xlsx", rows)
    answer = office.imports(file)
    assert [fault["code"] for fault in answer["faults"]] == ["id_is_number"]
    assert office.names("123456789012") != {}
    assert office.imports(file, "--id-digits", "12")["issued"] == 1
    assert office.names("000012345678") != {}


def test_a_formula_gives_its_value_and_an_error_is_a_fault(office: Office, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    for number in (1, 2, 3):
        sheet.append(list(good(number).values()))
    sheet["B3"] = "=CONCATENATE(1,2)"
    sheet["C4"] = "#N/A"
    sheet["C4"].data_type = "e"
    file = tmp_path / "r.xlsx"
    book.save(file)
    answer = office.imports(file)
    assert [(fault["line"], fault["code"]) for fault in answer["faults"]] == [
        (3, "formula_without_value"),
        (4, "cell_error"),
    ]


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("31/12/2013", date(2013, 12, 31)),
        ("1-3-2013", date(2013, 3, 1)),
        ("01.03.2013", date(2013, 3, 1)),
        ("2013-12-31", date(2013, 12, 31)),
        ("2013-12-31 00:00:00", date(2013, 12, 31)),
        ("ngày 31 tháng 12 năm 2013", date(2013, 12, 31)),
        (41639.0, date(2013, 12, 31)),
        (date(2013, 12, 31), date(2013, 12, 31)),
    ],
)
def test_days_are_read_as_vietnamese_and_spreadsheets_write_them(given: object, day: date) -> None:
    assert day_of(given) == day  # type: ignore[arg-type]


@given(st.text(max_size=30))
def test_no_text_makes_the_reading_of_a_cell_fail_in_another_way(text: str) -> None:
    for read in (day_of, birth_of, lambda cell: text_of(cell, "member_id")):
        with suppress(BadCell):
            read(text)


@given(st.binary(max_size=400))
def test_no_bytes_make_the_opening_of_a_file_fail_in_another_way(content: bytes) -> None:
    from referral_flow.roster.faults import UnusableFile

    with TemporaryDirectory() as folder:
        path = Path(folder, "r.csv")
        path.write_bytes(content)
        with pytest.raises(UnusableFile) as told:
            open_sheet(path, ROSTER)
        assert "r.csv" in told.value.says("vi")
