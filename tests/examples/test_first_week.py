"""The example of a committee's first week: it runs in both languages, and says what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "first_week" / "main.py"


def told(tmp_path: Path, language: str) -> dict[str, str]:
    """Give what the week says, by day."""
    ran = subprocess.run(
        [sys.executable, EXAMPLE, language],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    _, *parts = re.split(r"^=== (.*) ===$", ran.stdout, flags=re.MULTILINE)
    assert not list(tmp_path.iterdir())
    return dict(zip((head[-11:-1] for head in parts[::2]), parts[1::2], strict=True))


def test_the_week_is_told_day_by_day(tmp_path: Path) -> None:
    monday, tuesday, wednesday, thursday, friday = told(tmp_path, "vi").values()
    assert "Dòng 6, cột “Ngày cấp”: no_such_day: Không có ngày “31/02/2014”." in monday
    first, again = re.findall(r"Giấy giới thiệu đã cấp +(\d+)\nĐã có từ trước, .* (\d+)", monday)
    assert (first, again) == (("4", "0"), ("1", "4"))
    assert "Không có việc cần xử lý." in monday
    assert "paper_mismatch: Số giấy 10/GT không khớp" in tuesday
    assert tuesday.count("Nay: Đã phân nhóm.") == 4
    assert wednesday.count("meeting_called member:") == 4
    assert "lúc 19:30 ngày 06/03/2014, tại Nhà văn hóa" in wednesday
    assert re.search(r"Lịch hẹn đã thực hiện +1\n", thursday)
    assert "paper_overdue member:m-3 Giấy giới thiệu chưa được nộp" in thursday
    assert "Giấy quá hạn nộp 1 ngày (hạn nộp 05/03/2014)." in thursday
    assert "có mặt 3" in friday
    assert "Giấy quá hạn nộp 2 ngày" in friday
    assert re.search(r"Đã giới thiệu +5  100,0%", friday)
    assert re.search(r"Đang sinh hoạt +3\n", friday)
    assert "Mọi điều đang lưu đúng với lịch sử." in friday


def test_it_is_told_in_english_too(tmp_path: Path) -> None:
    week = told(tmp_path, "en")
    assert list(week) == [f"2014-03-0{day}" for day in range(3, 8)]
    assert "no_such_day: There is no day “31/02/2014”." in week["2014-03-03"]
    assert "paper_overdue member:m-3" in week["2014-03-06"]
    assert re.search(r"Taking part +3\n", week["2014-03-07"])


def test_it_is_read_in_one_go() -> None:
    assert len(EXAMPLE.read_text("utf-8").splitlines()) <= 150
