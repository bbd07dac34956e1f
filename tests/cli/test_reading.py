"""One stream, shown, told and explained; the words are for those who may read it."""

from __future__ import annotations

from datetime import date

from referral_flow import Actor, ReferralFlow, Role
from referral_flow.commands import Void
from tests.cli.conftest import Run
from tests.cli.told import Story
from tests.support.province import morning

WARD, OFFICE, SUPERIOR = "residence:r-1", "workplace:w-1", "superior:p"


def test_a_referral_is_shown_whole_with_names_beside_ids(run: Run, story: Story) -> None:
    told = run("show", story.commented, *story.by(WARD))
    assert told.code == 0
    for row in (
        ["Đồng chí", "Đặng Văn Ân (x-1)"],
        ["Nơi công tác", "Cấp ủy w-1 (w-1)"],
        ["Nơi cư trú", "Cấp ủy r-1 (r-1)"],
        ["Trạng thái", "Đã nhận xét, từ ngày 05/11/2013"],
        ["Giấy giới thiệu", "số 3/GT, ngày 04/03/2013"],
        ["Nhóm", f"Nhóm ({story.group})"],
        ["Tham gia", "năm 2013: triệu tập 1 buổi, có mặt 1 buổi (100%)"],
        ["Nhận xét", "năm 2013: Hoạt động tốt, dựa vào lý do bằng lời"],
        ["Xếp loại", "năm 2013: Hoàn thành tốt nhiệm vụ"],
    ):
        assert row in told.rows


def test_a_group_that_is_not_yours_to_see_has_no_name(run: Run, story: Story) -> None:
    told = run("show", story.commented, *story.by(OFFICE))
    assert ["Nhóm", story.group] in told.rows


def test_a_referral_is_shown_as_json(run: Run, story: Story) -> None:
    shown = run("show", story.commented, *story.by(WARD), "--json").json
    assert shown["kind"] == "referral"
    assert shown["id"] == story.commented
    assert shown["state"] == "evaluated"
    assert shown["parties"] == {"member": "x-1", "workplace": "w-1", "residence": "r-1"}
    assert shown["names"]["x-1"] == "Đặng Văn Ân"


def test_a_group_is_shown(run: Run, story: Story) -> None:
    told = run("show", story.group, *story.by(WARD))
    assert ["Các đồng chí", "Đặng Văn Ân (x-1)"] in told.rows
    assert ["Địa điểm", "Nhà văn hóa (v-1)"] in told.rows
    assert "năm 2013: đã họp 1 buổi, gần nhất ngày 04/03/2013" in told.out
    shown = run("show", story.group, *story.by(WARD), "--json").json
    assert shown["kind"] == shown["group_kind"] == "group"


def test_entries_of_the_register_are_shown_by_their_ids(run: Run, story: Story) -> None:
    operator = story.by("operator")
    assert ["Họ tên", "Đặng Văn Ân"] in run("show", "x-1", *operator).rows
    assert ["Loại", "cấp ủy nơi công tác"] in run("show", "w-1", *operator).rows
    assert ["Số chỗ", "30"] in run("show", "v-1", *operator).rows


def test_a_history_says_who_when_and_why(run: Run, story: Story) -> None:
    told = run("history", story.commented, *story.by(WARD))
    assert told.code == 0
    assert f"Đồng chí Đặng Văn Ân (x-1), hồ sơ {story.commented}" in told.out
    first, *_ = told.out.split("Đã nộp giấy")
    assert "04/03/2013  Đã cấp giấy giới thiệu" in first
    assert "giấy số 3/GT, ngày 04/03/2013; hạn nộp 03/04/2013" in first
    assert (
        "cấp ủy nơi công tác Cấp ủy w-1 (w-1), người ghi: u-1; ghi lúc 09:00 ngày 04/03/2013"
        in first
    )
    assert "hệ thống ghi theo thao tác của u-1" in told.out
    assert "Hoạt động tốt; " in told.out
    assert "việc dự sinh hoạt tốt" in told.out
    assert "Lời nhận xét: “Nhận xét.”" in told.out
    assert "Lý do: “Có báo cáo của nơi cũ.”" in told.out


def test_a_history_as_json_has_every_field(run: Run, story: Story) -> None:
    history = run("history", story.commented, *story.by(WARD), "--json").json
    issued, *_, evaluated, classified = history["entries"]
    assert history["kind"] == "referral"
    assert issued["name"] == "referral.issued@1"
    assert issued["on"] == "2013-03-04"
    assert issued["recorded_at"] == "2013-03-04T02:00:00Z"
    assert issued["actor"]["committee"] == "w-1"
    assert (issued["was"], issued["now"]) == (None, "issued")
    assert evaluated["words"]["comment"] == "Nhận xét."
    assert classified["event"]["classification"] == "good"


def test_a_group_has_a_history_too(run: Run, story: Story) -> None:
    told = run("history", story.group, *story.by(WARD), "--lang", "en")
    assert "A meeting was prepared" in told.out
    assert "items: 2" in told.out
    assert "at 2013-03-04 09:00" in told.out
    assert "present: 1" in told.out


def test_explain_says_what_may_be_done_and_what_not(run: Run, story: Story) -> None:
    told = run("explain", story.received, *story.by(WARD))
    assert told.code == 0
    assert "Trạng thái: Đã nộp giấy, đã tiếp nhận" in told.out
    lines = told.out.splitlines()
    (assign,) = (
        place for place, line in enumerate(lines) if "còn tùy" in line and "assign" in line
    )
    assert "Phân nhóm → Đã phân nhóm" in lines[assign]
    assert "tùy thuộc: nhóm" in lines[assign + 1]
    assert "not_permitted: Vai trò của đồng chí không được làm việc này." in told.out


def test_explain_as_json_has_the_refusals_themselves(run: Run, story: Story) -> None:
    explained = run("explain", story.received, *story.by(WARD), "--json", "--lang", "en").json
    by_command = {one["command"]: one for one in explained["possibilities"]}
    assert by_command["assign"]["verdict"] == "depends"
    assert by_command["assign"]["depends_on"] == ["group"]
    assert by_command["assign"]["leads_to"] == ["assigned"]
    (refusal,) = by_command["void"]["refusals"]
    assert refusal["code"] == refusal["kind"] == "not_permitted"
    assert refusal["words"] == "Your role may not do this. Ask somebody who may."


def test_a_closed_referral_has_nothing_left(run: Run, own_story: Story) -> None:
    with ReferralFlow.open(own_story.url, clock=lambda: morning(date(2013, 11, 20))) as flow:
        superior = flow.acting_as(Actor("u-1", Role.SUPERIOR, "p"))
        superior.execute(Void(own_story.received, "Nhập nhầm."))
    told = run("explain", own_story.received, *own_story.by(WARD))
    assert told.code == 0
    assert "Ở trạng thái này không còn việc nào để làm." in told.out


def test_what_is_foreign_answers_like_what_does_not_exist(run: Run, story: Story) -> None:
    for command in ("show", "history", "explain"):
        foreign = run(command, story.waiting, *story.by("residence:r-2"))
        missing = run(command, "no-such-id", *story.by("residence:r-2"))
        assert foreign.code == missing.code == 1
        assert foreign.line == missing.line
        assert foreign.line.startswith("not_found: Không tìm thấy")


def test_a_refusal_in_json_carries_its_code(run: Run, story: Story) -> None:
    told = run("show", story.waiting, *story.by("residence:r-2"), "--json", "--lang", "en")
    error = told.refused_json
    assert error["error"] == "refused"
    assert error["message"].startswith("Nothing was found")
    (refusal,) = error["refusals"]
    assert refusal["code"] == "not_found"
    assert refusal.keys() == {"code", "kind", "data", "missing", "guard", "words"}
