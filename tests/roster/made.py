"""Made rosters: good rows by number, faults planted among them, written as CSV or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from attrs import field, frozen
from openpyxl import Workbook

HEADINGS = (
    "Mã đảng viên",
    "Họ và tên",
    "Nơi công tác",
    "Nơi cư trú",
    "Số giấy",
    "Ngày cấp",
    "Ngày sinh",
)
FIRST_DAY = date(2013, 1, 7)
NAMED = "Đảng ủy phường Mẫu"
TWICE_NAMED = "Đảng ủy phường Trùng"

Row = dict[str, Any]


@frozen
class Plant:
    """A fault: how a good row is spoilt, and what must be told of it."""

    code: str
    column: str
    spoil: Callable[[Row], Mapping[str, Any]]
    only_in: tuple[str, ...] = ("csv", "xlsx")


def good(number: int) -> Row:
    """Give a good row; the names are made up."""
    return {
        "member_id": f"m-{number:05}",
        "full_name": f"Người Mẫu Số {number}",
        "workplace": f"w-{1 + number % 5}",
        "residence": NAMED if number % 9 == 0 else f"r-{1 + number % 9}",
        "paper_number": f"{number}/GT",
        "issued_on": FIRST_DAY + timedelta(days=number % 300),
        "birth_date": date(1960 + number % 30, 1 + number % 12, 1 + number % 28),
    }


def _to(**cells: Any) -> Callable[[Row], Mapping[str, Any]]:
    return lambda _: cells


PLANTS = (
    Plant("no_member_id", "member_id", _to(member_id="")),
    Plant("no_full_name", "full_name", _to(full_name="  ")),
    Plant("no_workplace", "workplace", _to(workplace="")),
    Plant("no_residence", "residence", _to(residence="")),
    Plant("no_paper_number", "paper_number", _to(paper_number="")),
    Plant("no_issued_on", "issued_on", _to(issued_on="")),
    Plant("no_such_day", "issued_on", _to(issued_on="31/02/2013")),
    Plant("unreadable_day", "issued_on", _to(issued_on="đầu năm 2013")),
    Plant("short_year", "issued_on", _to(issued_on="05/03/13")),
    Plant("day_in_future", "issued_on", _to(issued_on="01/01/2031")),
    Plant("day_out_of_range", "issued_on", _to(issued_on="01/01/1013")),
    Plant("born_after_paper", "birth_date", _to(birth_date="01/02/2020")),
    Plant("unknown_committee", "workplace", _to(workplace="w-99")),
    Plant("not_a_workplace_committee", "workplace", _to(workplace="r-1")),
    Plant("not_a_residence_committee", "residence", _to(residence="w-1")),
    Plant("which_committee", "residence", _to(residence=TWICE_NAMED)),
    Plant("not_own_member", "workplace", _to(member_id="k-1", full_name="Khác", workplace="w-1")),
    Plant(
        "not_to_be_introduced",
        "member_id",
        _to(member_id="k-2", full_name="Khuất", workplace="w-2"),
    ),
    Plant(
        "open_referral_exists",
        "member_id",
        _to(member_id="k-3", full_name="Khởi", workplace="w-2"),
    ),
    Plant("other_name", "full_name", _to(member_id="k-4", full_name="Tên Lạ", workplace="w-2")),
    Plant(
        "duplicate_paper",
        "paper_number",
        _to(workplace="w-2", paper_number="900/gt", issued_on="01/06/2013"),
    ),
    Plant("member_twice", "member_id", _to(member_id="m-00001")),
    Plant("row_twice", "member_id", lambda _: good(2)),
    Plant("paper_twice", "paper_number", lambda _: {**good(3), "member_id": "x-3"}),
    Plant("too_long", "full_name", _to(full_name="Dài " * 80)),
    Plant("control_characters", "full_name", _to(full_name="Mẫu\x7fẨn"), ("csv",)),
    Plant("lost_letters", "full_name", _to(full_name="Ngu?i M?u")),
    Plant("old_letters", "full_name", _to(full_name="NguyÔn V¨n MÉu")),
    Plant("space_in_id", "member_id", _to(member_id="m 77")),
    Plant("id_broken", "member_id", _to(member_id="1.23E+11")),
    Plant("id_is_number", "member_id", _to(member_id=12345), ("xlsx",)),
    Plant("number_became_day", "paper_number", _to(paper_number=date(2013, 3, 15)), ("xlsx",)),
    Plant("formula_without_value", "full_name", _to(full_name="=A1&B1"), ("xlsx",)),
    Plant("quote_not_closed", "", _to(full_name='"Mẫu', raw=True), ("csv",)),
    Plant("too_many_cells", "", _to(extra="thừa"), ("csv",)),
)


@frozen
class Made:
    """A roster, and the code and column of what is wrong by the number of its line."""

    rows: list[Row]
    wrong: dict[int, tuple[str, str]] = field(factory=dict)


def with_faults(count: int, form: str, faults: int | None = None) -> Made:
    """Make so many rows with so many faults, one of each kind if None, far from the first rows."""
    plants = [plant for plant in PLANTS if form in plant.only_in]
    wanted = len(plants) if faults is None else faults
    made = Made([good(n) for n in range(1, count + 1)])
    step = (count - 100) // wanted
    for place, plant in enumerate(islice(cycle(plants), wanted)):
        at = 100 + place * step
        made.rows[at] = {**made.rows[at], **plant.spoil(made.rows[at])}
        # The headings are line 1.
        made.wrong[at + 2] = (plant.code, plant.column)
    return made


def as_csv(rows: Iterable[Row], delimiter: str = ",", headings: Sequence[str] = HEADINGS) -> str:
    """Write rows as text, days as Vietnamese write them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings)
    for row in rows:
        cells = [c.strftime("%d/%m/%Y") if isinstance(c, date) else c for c in row.values()]
        if "raw" in row:
            text.write(delimiter.join(map(str, cells[:-1])) + "\r\n")
        else:
            writer.writerow(cells)
    return text.getvalue()


def write_csv(path: Path, rows: Iterable[Row], encoding: str = "utf-8-sig", **how: Any) -> Path:
    path.write_bytes(as_csv(rows, **how).encode(encoding))
    return path


def write_xlsx(path: Path, rows: Iterable[Row], headings: Sequence[str] = HEADINGS) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    sheet.append(headings)
    for row in rows:
        sheet.append(list(row.values()))
    book.save(path)
    return path
