"""Made sheets of referrals under way: every state, and what an old list leaves out.

Run it: python -m tests.roster.under_way 12000 referrals.xlsx
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADINGS = (
    "Mã đảng viên",
    "Họ và tên",
    "Nơi công tác",
    "Nơi cư trú",
    "Trạng thái",
    "Từ ngày",
    "Số giấy",
    "Ngày cấp",
    "Năm nhận xét",
    "Mức đánh giá",
    "Trạng thái trước",
)
STATES = (
    ("issued", "Đã cấp giấy, chờ nộp"),
    ("submitted", "Đã nộp giấy, đã tiếp nhận"),
    ("returned", "Trả lại, chờ cấp lại"),
    ("assigned", "Đã phân nhóm"),
    ("active", "Đang sinh hoạt"),
    ("evaluated", "Đã nhận xét"),
    ("suspended", "Tạm dừng"),
    ("exempt", "Được miễn sinh hoạt"),
)
LAST_DAY = date(2014, 5, 30)
YEARS = 14

Row = dict[str, Any]


def found(number: int) -> Row:
    """Give the n-th referral; of every second one the paper or the day is not known."""
    code, said = STATES[number % len(STATES)]
    since = LAST_DAY - timedelta(days=number * 37 % (365 * YEARS))
    commented = code == "evaluated" or number % 5 == 0
    return {
        "member": f"m-{number:06}",
        "name": f"Đồng chí số {number:06}",
        "workplace": f"w-{1 + number % 5}",
        "residence": f"r-{1 + number % 9}",
        "state": said,
        "since": "không rõ" if number % 4 == 1 else since,
        "number": "" if number % 4 == 2 else f"{number}/GT",
        "issued_on": "" if number % 4 == 3 else since - timedelta(days=number % 20),
        "evaluated_in": 2013 if commented else "",
        "rating": "Hoạt động tốt" if commented else "?",
        "came_from": "Đang sinh hoạt" if code in ("evaluated", "suspended") else "",
    }


def rows(count: int) -> Iterator[Row]:
    return (found(number) for number in range(1, count + 1))


def write(path: Path, made: Iterator[Row] | list[Row]) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    sheet.append(HEADINGS)
    for row in made:
        sheet.append([str(cell) if isinstance(cell, str) else cell for cell in row.values()])
    book.save(path)
    return path


if __name__ == "__main__":
    write(Path(sys.argv[2]), rows(int(sys.argv[1])))
