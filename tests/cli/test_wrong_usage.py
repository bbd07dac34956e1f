"""What is typed wrongly: one line with the near match, and exit code 2."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run
from tests.cli.told import Story

WARD = ("--as", "residence:r-1")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["raport"], "Không có lệnh “raport”. Có phải là “report”?"),
        (["report", "--stor", "x"], "Không có tùy chọn “--stor”. Có phải là “--store”?"),
        (["report", "--stor=x"], "Không có tùy chọn “--stor”. Có phải là “--store”?"),
        (["report", "--lang", "fr"], "Không có ngôn ngữ “fr”. Các ngôn ngữ: vi, en."),
        (["report", "--lang"], "--lang cần một giá trị."),
        (["report", "--lang", "en", "--lang", "vi"], "--lang can be given only once."),
        (["report", "now"], "Thừa “now”."),
        (["report", "--on", "2013-02-30"], "--on cần một ngày"),
        (["report", "--on", "30/2/2013"], "--on cần một ngày"),
        (["report", "--on", "0001-01-01"], "--on cần một ngày"),
        (["report", "--known-as-of", "noon"], "--known-as-of cần một thời điểm"),
        (["report", "--as", "operater"], "Không có vai trò “operater”. Có phải là “operator”?"),
        (["report", "--as", "system"], "Không có vai trò “system”."),
        (["report", "--as", "operator:w-1"], "“operator:w-1” chưa đúng cách viết của --as"),
        (["report", "--as", "auditor:a:b:c"], "“auditor:a:b:c” chưa đúng cách viết của --as"),
        (["report", "--as", "workplace"], "cần kèm mã cấp ủy, ví dụ --as workplace:w-2"),
        (["report", "--as", "auditor::u-1"], "cần kèm mã cấp ủy, ví dụ --as auditor:s-1"),
        (["list", "--as", "member:w-1"], "cần kèm mã của người đó, ví dụ --as member::m-1"),
        (["list", "--as", "group_leader"], "ví dụ --as group_leader::m-3"),
        (["list", *WARD, "--kind", "grup"], "Không có “grup” cho --kind. Có phải là “group”?"),
        (["list", *WARD, "--state", "actve"], "Có phải là “active”? Chọn một trong: issued,"),
        (["list", *WARD, "--limit", "0"], "--limit cần một số nguyên từ 1 trở lên"),
        (["list", *WARD, "--limit", "some"], "--limit cần một số nguyên từ 1 trở lên"),
        (["list", *WARD, "--after", "m-1"], "--after cần mã ghi ở cuối trang trước"),
        (["worklist", *WARD, "--limit", "-1"], "--limit cần một số nguyên từ 1 trở lên"),
        (["tick", "--limit", "0"], "--limit cần một số nguyên từ 1 trở lên"),
        (["show", *WARD], "ID cần một giá trị."),
        (["show", "a", "b", *WARD], "Thừa “b”."),
        (["diagram", "referal"], "Không có “referal” cho KIND. Có phải là “referral”?"),
        (["diagram", "--format", "svg"], "Chọn một trong: mermaid, dot."),
        (["diagram", "--light", "actve"], "Có phải là “active”?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_one_line_says_what_was_meant(run: Run, story: Story, typed: list[str], said: str) -> None:
    told = run(*typed, *(() if typed[0] == "raport" else ("--store", story.url)))
    assert told.code == 2
    assert said in told.line


def test_a_wrong_moment_for_now(run: Run, story: Story) -> None:
    for now in ("yesterday", "2013-12-31T25:00", "9999-12-31"):
        told = run("report", "--store", story.url, now=now)
        assert told.code == 2
        assert told.line.startswith("wrong_moment: --now cần một thời điểm")


@pytest.mark.parametrize("command", ["list", "worklist", "show", "history", "explain"])
def test_who_asks_must_be_said_where_a_person_is_seen(run: Run, story: Story, command: str) -> None:
    asked = (story.waiting,) if command in ("show", "history", "explain") else ()
    told = run(command, *asked, "--store", story.url, "--lang", "en")
    assert told.code == 2
    assert told.line == (
        "role_needed: This command must know who asks. Add --as, for example --as residence:r-7"
    )


@pytest.mark.parametrize("command", ["report", "tick", "deliver", "verify"])
def test_a_store_must_be_named(run: Run, command: str) -> None:
    told = run(command)
    assert told.code == 2
    assert "--store sqlite:///referrals.db" in told.line
    assert "REFERRAL_FLOW_STORE" in told.line


def test_a_store_may_be_named_by_the_environment(
    run: Run, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFERRAL_FLOW_STORE", story.url)
    assert run("report", "--json").json["members"] == 27
    monkeypatch.setenv("REFERRAL_FLOW_STORE", "")
    assert run("report").code == 2


def test_a_language_that_is_nearly_english_is_answered_in_english(run: Run) -> None:
    told = run("diagram", "--lang", "english", now=None)
    assert told.code == 2
    assert told.line.startswith("wrong_language: There is no language “english”.")


def test_wrong_usage_is_told_in_json_too(run: Run, story: Story) -> None:
    told = run("list", "--as", "residense", "--store", story.url, "--json", "--lang", "en")
    error = told.refused_json
    assert told.code == 2
    assert error["error"] == "wrong_role"
    assert error["data"]["near"] == "residence"
    assert error["message"].startswith("There is no role “residense”. Did you mean “residence”?")


def test_options_of_every_command_may_stand_before_it(run: Run, story: Story) -> None:
    told = run("--store", story.url, "--lang=en", "--json", "report")
    assert told.code == 0
    assert told.json["members"] == 27
    assert run("--lang", "en", now=None).out.startswith("Usage: referral-flow COMMAND")
