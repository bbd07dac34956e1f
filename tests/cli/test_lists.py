"""Lists and the worklist: in a pipe, in a window, in order, a page at a time."""

from __future__ import annotations

import pytest

from referral_flow.cli.output import Output
from tests.cli.conftest import Run
from tests.cli.told import Story

WARD = "residence:r-1"


def test_names_are_sorted_as_vietnamese_sorts_them(run: Run, story: Story) -> None:
    told = run("list", *story.by(WARD))
    assert told.code == 0
    head, *rows = told.out.splitlines()
    assert head.split("  ")[0] == "Mã"
    members = [row.split("  ")[1] for row in rows]
    assert members == ["Dương Thị Ẩn (x-2)", "Đặng Văn An (x-3)", "Đặng Văn Ân (x-1)"]


def test_a_row_says_where_since_when_and_how_overdue(run: Run, story: Story) -> None:
    told = run("list", *story.by(WARD), "--state", "issued")
    _, row = told.out.splitlines()
    assert row.split("  ") == [
        story.waiting,
        "Dương Thị Ẩn (x-2)",
        "Cấp ủy w-1 (w-1)",
        "Cấp ủy r-1 (r-1)",
        "Đã cấp giấy, chờ nộp",
        "04/03/2013",
        "231 ngày",
    ]


def test_a_list_as_json(run: Run, story: Story) -> None:
    (item,) = run("list", *story.by(WARD), "--state", "submitted", "--json").json["items"]
    assert item == {
        "id": story.received,
        "member": "x-3",
        "member_name": "Đặng Văn An",
        "workplace": "w-1",
        "workplace_name": "Cấp ủy w-1",
        "residence": "r-1",
        "residence_name": "Cấp ủy r-1",
        "state": "submitted",
        "since": "2013-03-04",
        "overdue_days": 0,
    }


def test_states_may_be_repeated_and_what_is_overdue_asked_for(run: Run, story: Story) -> None:
    both = run("list", *story.by(WARD), "--state", "issued", "--state", "submitted", "--json")
    assert len(both.json["items"]) == 2
    overdue = run("list", *story.by(WARD), "--overdue", "--json").json
    assert [item["id"] for item in overdue["items"]] == [story.waiting]
    assert overdue["items"][0]["overdue_days"] == 231


def test_a_page_leads_to_the_next(run: Run, story: Story) -> None:
    first = run("list", *story.by(WARD), "--limit", "2", "--json").json
    second = run("list", *story.by(WARD), "--limit", "2", "--after", first["after"], "--json").json
    found = [item["id"] for page in (first, second) for item in page["items"]]
    assert sorted(found) == sorted({story.waiting, story.received, story.commented})
    assert second["after"] is None
    told = run("list", *story.by(WARD), "--limit", "2")
    assert told.err == f"Còn nữa; xem tiếp bằng: --after {first['after']}\n"


@pytest.mark.parametrize(
    ("kind", "role", "said"),
    [
        ("group", WARD, "Nhóm"),
        ("committee", "operator", "cấp ủy nơi cư trú"),
        ("member", "operator", "Đặng Văn Ân (x-1)"),
        ("member", "workplace:w-1", "Đặng Văn Ân (x-1)"),
        ("venue", "operator", "Nhà văn hóa"),
    ],
)
def test_every_kind_has_a_list(run: Run, story: Story, kind: str, role: str, said: str) -> None:
    told = run("list", *story.by(role), "--kind", kind)
    assert told.code == 0
    assert said in told.out
    assert run("list", *story.by(role), "--kind", kind, "--json").json["kind"] == kind


def test_a_member_sees_their_own(run: Run, story: Story) -> None:
    (item,) = run("list", *story.by("member::x-1"), "--json").json["items"]
    assert item["id"] == story.commented


def test_nothing_is_said_on_standard_error(run: Run, story: Story) -> None:
    told = run("list", *story.by(WARD), "--state", "void")
    assert told.code == 0
    assert told.line == "Không có gì."


def test_the_operator_sees_no_single_referral(run: Run, story: Story) -> None:
    told = run("list", *story.by("operator"), "--lang", "en")
    assert told.code == 1
    assert told.line == "not_permitted: Your role may not do this. Ask somebody who may."


def test_the_worklist_says_what_waits_and_how_it_is_resolved(run: Run, story: Story) -> None:
    told = run("worklist", *story.by(WARD))
    assert told.code == 0
    lines = told.out.splitlines()
    overdue = lines.index("03/04/2013  Giấy quá hạn nộp 231 ngày (hạn nộp 03/04/2013).")
    assert lines[overdue + 1].strip().startswith("Đồng chí Dương Thị Ẩn (x-2), hồ sơ ")
    assert lines[overdue + 2].strip() == "Cách xử lý: Tiếp nhận giấy giới thiệu, Kết thúc"


def test_the_worklist_as_json(run: Run, story: Story) -> None:
    items = run("worklist", *story.by(WARD), "--json", "--lang", "en").json["items"]
    overdue = next(item for item in items if item["finding"] == "paper_overdue")
    assert overdue["id"] == story.waiting
    assert overdue["since"] == "2013-04-03"
    assert overdue["resolve"] == ["submit", "end"]
    assert overdue["words"] == "The paper has been overdue since 2013-04-03 (231 days)."


def test_nothing_waits_for_a_member(run: Run, story: Story) -> None:
    told = run("worklist", *story.by("member::x-1"))
    assert told.code == 0
    assert told.line == "Không có việc cần xử lý."


@pytest.fixture
def in_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Output, "on_terminal", property(lambda _: True))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")


@pytest.mark.usefixtures("in_a_window")
def test_in_a_window_an_id_stands_whole_under_its_name(run: Run, story: Story) -> None:
    told = run("list", *story.by(WARD), "--state", "issued")
    head, *lines = told.out.splitlines()
    assert [word.strip() for word in head.split("  ") if word.strip()] == [
        "Đồng chí",
        "Nơi cư trú",
        "Trạng thái",
    ]
    assert lines[0].startswith("Dương Thị Ẩn (x-2)")
    assert lines[1].startswith(story.waiting)
    assert "quá hạn 231 ngày" in told.out


@pytest.mark.usefixtures("in_a_window")
@pytest.mark.parametrize("command", ["report", "list", "worklist", "history", "show", "explain"])
def test_no_line_is_wider_than_the_window(run: Run, story: Story, command: str) -> None:
    asked = (story.commented,) if command in ("history", "show", "explain") else ()
    told = run(command, *asked, *story.by(WARD))
    assert told.code == 0
    assert max(map(len, told.out.splitlines())) <= 80
