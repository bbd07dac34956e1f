"""The commands of the library, given on a command line."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.cli.conftest import DAY, Run
from tests.cli.told import Story, Told

PAPER = ("--paper-number", "15/GT", "--paper-date", "2013-11-01")


def issued(run: Run, story: Story, *more: str, member: str = "m-9") -> Told:
    asked = ("--member", member, "--residence", "r-1", *PAPER, *more)
    return run("issue", *asked, *story.by("workplace:w-1:u-5"))


def test_a_paper_is_issued_and_told_in_words(run: Run, own_story: Story) -> None:
    told = issued(run, own_story)
    assert told.code == 0
    assert told.err == ""
    about, what, *details, now = told.out.splitlines()
    assert about.startswith("Đồng chí Người 9 (m-9), hồ sơ ")
    assert what == "Đã cấp giấy giới thiệu."
    assert "  giấy số 15/GT, ngày 01/11/2013" in details
    assert now == "Nay: Đã cấp giấy, chờ nộp. Phiên bản 1."
    again = issued(run, own_story)
    assert (again.code, again.out) == (1, "")
    codes = [line.partition(":")[0] for line in again.err.splitlines()]
    assert codes == ["open_referral_exists", "duplicate_paper"]


def test_the_answer_in_json_has_the_value_version_id_and_events(run: Run, own_story: Story) -> None:
    done = issued(run, own_story, "--json", "--command-id", "scan-1").json
    assert done["value"]["paper"] == {"number": "15/GT", "date": "2013-11-01"}
    assert done["stream"] == done["value"]["id"]
    assert (done["version"], done["command_id"]) == (1, "scan-1")
    assert [name.partition("@")[0] for name in done["events"]] == ["referral.issued"]


def test_one_command_id_is_done_once(run: Run, own_story: Story) -> None:
    first = issued(run, own_story, "--json", "--command-id", "scan-1").json
    again = issued(run, own_story, "--json", "--command-id", "scan-1").json
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert again["stream"] == first["stream"]
    told = issued(run, own_story, "--command-id", "scan-1", "--lang", "en")
    assert told.out.startswith("This was done before under the command id scan-1;")
    other = issued(run, own_story, "--command-id", "scan-1", member="m-10")
    assert (other.code, other.line.partition(":")[0]) == (1, "command_reused")


def test_a_refusal_is_told_with_its_code(run: Run, own_story: Story) -> None:
    told = run("submit", own_story.waiting, "--paper-number", "99", *own_story.by("residence:r-1"))
    assert told.code == 1
    assert told.line.startswith("paper_mismatch: Số giấy 99 không khớp")
    foreign = run("suspend", own_story.received, "--reason", "x", *own_story.by("residence:r-2"))
    assert foreign.line.startswith("not_found: ")


def test_a_version_that_was_not_expected_is_refused(run: Run, own_story: Story) -> None:
    suspend = ("suspend", own_story.received, "--reason", "Đi xa", *own_story.by("residence:r-1"))
    told = run(*suspend, "--expected-version", "1")
    assert (told.code, told.line.partition(":")[0]) == (1, "lost_race")
    assert run(*suspend, "--expected-version", "2").code == 0
    assert run(*suspend, "--expected-version", "0").code == 2


def test_a_command_can_be_judged_and_changes_nothing(run: Run, own_story: Story) -> None:
    def judged(*more: str) -> Told:
        asked = ("--reason", "Đi xa", "--explain", *own_story.by("residence:r-1"), *more)
        return run("suspend", own_story.received, *asked)

    for _ in range(2):
        assert judged().out == "Tạm dừng: làm được. Chưa có gì thay đổi.\n"
    assert judged("--json").json == {"command": "suspend", "allowed": True, "refusals": []}
    refused = judged("--on", "2014-01-01", "--lang", "en")
    assert refused.code == 1
    assert refused.out.splitlines()[0] == "Suspend: it would be refused. Nothing was changed."
    assert refused.out.splitlines()[1].startswith("date_in_future: ")


def test_a_day_and_a_reason_for_recording_late(run: Run, own_story: Story) -> None:
    suspend = ("suspend", own_story.received, "--reason", "Đi xa", *own_story.by("residence:r-1"))
    on = ("--on", "05/03/2013")
    assert run(*suspend, *on).line.startswith("too_far_back: ")
    told = run(*suspend, *on, "--late-reason", "Giấy nằm quên trong tủ")
    assert told.code == 0
    assert "  Lý do ghi muộn: “Giấy nằm quên trong tủ”" in told.out


def test_an_entry_of_the_register_goes_by_the_id_that_people_use(
    run: Run, own_story: Story
) -> None:
    told = run("mark-not-introduced", "m-12", *own_story.by("workplace:w-1"))
    assert told.out.startswith("Người 12 (m-12), đảng viên\nĐã đánh dấu không giới thiệu.\n")
    assert issued(run, own_story, member="m-12").line.startswith("not_to_be_introduced: ")


def test_a_meeting_from_its_preparation_to_a_contribution(run: Run, own_story: Story) -> None:
    ward = own_story.by("residence:r-1")
    content = ("--content", 'discussion:Vệ sinh: "rác"', "--content", "duty:Trực đêm")
    when = ("--starts-at", "2013-11-19T19:30")
    prepared = run("prepare-meeting", own_story.group, *content, *when, "--json", *ward).json
    meeting = prepared["value"]["meetings"][-1]
    assert meeting["content"] == [
        {"kind": "discussion", "title": 'Vệ sinh: "rác"'},
        {"kind": "duty", "title": "Trực đêm"},
    ]
    # Half past seven in the evening there is half past twelve in UTC.
    assert meeting["starts_at"] == "2013-11-19T12:30:00Z"
    which = (own_story.group, "--meeting", meeting["id"])
    assert meeting["id"] in run("show", own_story.group, *ward).out
    assert run("call-meeting", *which, *ward).code == 0
    present = run("record-attendance", *which, "--excused", "x-1= ốm nặng ", *ward)
    assert present.code == 0
    assert "“ốm nặng”" in present.out
    said = run("record-contribution", *which, "--member", "x-1", "--words", "Tốt", *ward)
    assert said.code == 0


def test_what_a_comment_lacks_is_told_at_once(run: Run, own_story: Story) -> None:
    asked = ("--rating", "weak", "--comment", "Ít đi", "--criteria", "trust=good")
    told = run("evaluate", own_story.received, *asked, *own_story.by("residence:r-1"))
    assert told.code == 1
    assert told.line.startswith("missing_criterion: ")


def test_whoever_may_not_look_at_it_is_told_what_was_done(
    run: Run, own_story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from referral_flow.application.desk import Desk
    from referral_flow.engine.refusal import NOT_FOUND
    from referral_flow.errors import Refused

    def refuse(*_: object, **__: object) -> None:
        raise Refused((NOT_FOUND,))

    monkeypatch.setattr(Desk, "history", refuse)
    told = issued(run, own_story)
    assert (told.code, told.out.splitlines()[1]) == (0, "Đã cấp giấy giới thiệu.")


def test_the_first_committee_makes_the_store(run: Run, tmp_path: object) -> None:
    where = ("--store", f"sqlite:///{tmp_path}/new.db")
    added = ("add-committee", "--committee", "s-1", "--kind", "superior", "--name", "Thành ủy")
    assert run(*added, "--explain", *where).line.startswith("store_missing: ")
    first = run(*added, *where)
    assert first.code == 0
    assert first.err == f"Chưa có kho dữ liệu tại {tmp_path}/new.db; đã tạo kho mới.\n"
    assert run(*added, *where).line.startswith("already_registered: ")
    folder = ("--store", f"sqlite:///{tmp_path}/none/new.db")
    assert run(*added, *folder).line.startswith("store_missing: ")


def test_a_misspelt_path_makes_no_store(run: Run, tmp_path: object) -> None:
    where = ("--store", f"sqlite:///{tmp_path}/referals.db", "--as", "residence:r-1")
    assert run("submit", "x", "--paper-number", "1", *where).line.startswith("store_missing: ")


def test_who_acts_must_be_said_and_stands_in_the_history(run: Run, own_story: Story) -> None:
    asked = ("issue", "--member", "m-9", "--residence", "r-1", *PAPER)
    told = run(*asked, "--store", own_story.url, "--lang", "en")
    assert told.line.endswith("for example --as workplace:w-2")
    issued(run, own_story)
    with sqlite3.connect(own_story.file) as connection:
        (data,) = connection.execute(
            "SELECT data FROM rf_event ORDER BY recorded_at DESC LIMIT 1"
        ).fetchone()
    connection.close()
    by = json.loads(data)["by"]
    assert (by["person"], by["committee"]) == ("u-5", "w-1")
    assert DAY  # recorded on the day of the tests, not on this machine's
