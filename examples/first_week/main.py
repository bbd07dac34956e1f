"""The first week of a ward's committee with referral-flow, told day by day.

Every step is a line of the program `referral-flow`, as people would type it; the script only
looks up ids and keeps the calendar. Run it: python examples/first_week/main.py [vi | en]
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

from referral_flow.cli import main as referral_flow

HERE = Path(__file__).parent
OFFICE, WARD = "workplace:w-2", "residence:r-1"


class Week:
    """A store, a language, and the hour that it is."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.now = ""

    def day(self, now: str, vi: str, en: str) -> None:
        """Begin a day."""
        self.now = now
        print(f"\n=== {self._said(vi, en)} ({now[:10]}) ===")

    def tell(self, vi: str, en: str) -> None:
        """Say what happens next."""
        print(f"\n{self._said(vi, en)}")

    def run(self, *line: str, expect: int = 0) -> None:
        """Run the program as it is typed; what it answers is shown."""
        typed = " ".join(f"'{word}'" if " " in word else word for word in line)
        print(f"$ referral-flow {typed}")
        sys.stdout.flush()
        code = referral_flow([*line, "--now", self.now, "--lang", self._language])
        if code != expect:
            raise SystemExit(f"referral-flow {typed}: {code}")

    def data(self, *line: str) -> Any:
        """Ask the program for data, without showing it."""
        with redirect_stdout(StringIO()) as written:
            referral_flow([*line, "--json", "--now", self.now])
        return json.loads(written.getvalue())

    def group(self) -> tuple[str, list[str]]:
        """Give the ids of the group and of its meetings."""
        (found,) = self.data("list", "--kind", "group", "--as", WARD)["items"]
        shown = self.data("show", found["id"], "--as", WARD)
        return found["id"], [meeting["id"] for meeting in shown["meetings"]]

    def _said(self, vi: str, en: str) -> str:
        return vi if self._language == "vi" else en


def monday(week: Week) -> None:
    week.day("2014-03-03T08:00", "Thứ Hai: nhập danh sách đã có", "Monday: what exists is imported")
    week.run("migrate", "--apply")
    week.tell("Danh sách có một ngày sai.", "One day in the list is wrong.")
    week.run("import", "roster.csv", "--committees", "committees.csv", expect=1)
    week.tell("Sửa dòng đó rồi nhập lại.", "That row is mended, and the list imported again.")
    roster = Path("roster.csv")
    roster.write_text(roster.read_text("utf-8").replace("31/02/2014", "21/02/2014"), "utf-8")
    week.run("import", "roster.csv")
    week.run("worklist", "--as", WARD)


def tuesday(week: Week) -> None:
    week.day("2014-03-04T09:00", "Thứ Ba: nộp giấy, chia nhóm", "Tuesday: papers, and a group")
    papers = {one["member"]: one["id"] for one in week.data("list", "--as", WARD)["items"]}
    week.tell("Số giấy đọc nhầm thì bị từ chối.", "A number that was misread is refused.")
    week.run("submit", papers["m-1"], "--paper-number", "10/GT", "--as", WARD, expect=1)
    numbers = {"m-1": "01/GT", "m-2": "02/GT", "m-4": "11/GT", "m-5": "12/GT"}
    for member, number in numbers.items():
        week.run("submit", papers[member], "--paper-number", number, "--as", WARD)
    week.tell("Bốn đồng chí vào một nhóm.", "The four are put in one group.")
    week.run(
        "open-group", "--residence", "r-1", "--name", "Nhóm 1", "--leader", "m-1", "--as", WARD
    )
    group, _ = week.group()
    for member in numbers:
        week.run("assign", papers[member], "--group", group, "--as", WARD)
    week.run("worklist", "--as", WARD)


def wednesday(week: Week) -> None:
    week.day("2014-03-05T10:00", "Thứ Tư: mời họp", "Wednesday: a meeting is called")
    group, _ = week.group()
    hour = ("--place", "Nhà văn hóa", "--starts-at", "2014-03-06T19:30")
    content = ("--content", "local_issue:Vệ sinh khu phố")
    week.run("prepare-meeting", group, *content, *hour, "--as", WARD)
    _, (meeting,) = week.group()
    week.run("call-meeting", group, "--meeting", meeting, "--as", WARD)
    week.run("deliver")


def thursday(week: Week) -> None:
    week.day("2014-03-06T08:00", "Thứ Năm: lịch hẹn nhắc nộp giấy", "Thursday: a timer reminds")
    week.run("tick")
    week.run("deliver")
    week.run("worklist", "--as", "workplace:w-1")


def friday(week: Week) -> None:
    week.day("2014-03-07T08:00", "Thứ Sáu: điểm danh, báo cáo", "Friday: attendance and report")
    group, (meeting,) = week.group()
    held = (group, "--meeting", meeting, "--on", "2014-03-06")
    there = ("--present", "m-1", "--present", "m-2", "--present", "m-4", "--excused", "m-5=ốm")
    week.run("record-attendance", *held, *there, "--as", WARD)
    said = ("--member", "m-2", "--words", "Nên thu gom rác buổi tối.")
    week.run("record-contribution", *held, *said, "--as", WARD)
    week.run("worklist", "--as", WARD)
    week.run("report", "--scope", "s-1", "--as", "superior:s-1", "--on", "2014-03-07")
    week.run("verify")


def main(language: str) -> None:
    """Tell the week in a folder of its own, which is gone afterwards."""
    week = Week(language)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, chdir(folder):
        for name in ("roster.csv", "committees.csv"):
            copy(HERE / name, name)
        os.environ["REFERRAL_FLOW_STORE"] = "sqlite:///referrals.db"
        for day in (monday, tuesday, wednesday, thursday, friday):
            day(week)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "vi")
