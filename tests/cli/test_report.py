"""The table of the article, on the command line (S40)."""

from __future__ import annotations

from tests.cli.conftest import Run
from tests.cli.told import Story, Told

WELL = "Được đánh giá hoạt động tốt"


def numbers(told: Told) -> dict[str, list[str]]:
    """Give what stands in each row of the table, by its head."""
    return {head: rest for head, *rest in told.rows}


def test_the_table_has_numbers_and_shares(run: Run, story: Story) -> None:
    told = run("report", "--store", story.url)
    assert told.code == 0
    assert told.err == ""
    rows = numbers(told)
    assert rows["Tổng số đảng viên"] == ["27"]
    assert rows["Đã giới thiệu"] == ["3", "11,1% so với tổng số đảng viên"]
    assert "11,1% so với số thuộc diện giới thiệu" in told.out
    assert rows[WELL] == ["1", "33,3% so với số đã giới thiệu"]
    assert rows["Chưa được đánh giá"] == ["2"]
    assert rows["Đã cấp giấy, chờ nộp"] == ["1"]
    assert "Tính đến hết ngày 20/11/2013" in told.out


def test_the_numbers_stand_at_the_top_of_the_json(run: Run, story: Story) -> None:
    figures = run("report", "--store", story.url, "--json").json
    assert figures["scope"] is None
    assert figures["on"] == "2013-11-20"
    assert figures["members"] == figures["eligible"] == 27
    assert figures["referred"] == 3
    assert figures["acts_well"] == 1
    assert figures["not_rated"] == 2
    assert figures["shares"]["referred_of_members"] == 11.1
    assert figures["shares"]["referred_of_eligible"] == 11.1
    assert figures["shares"]["acts_well_of_referred"] == 33.3
    assert figures["states"]["referral"]["evaluated"] == 1


def test_an_earlier_day_has_the_figures_of_that_day(run: Run, story: Story) -> None:
    for day in ("2013-11-04", "04/11/2013"):
        figures = run("report", "--store", story.url, "--on", day, "--json").json
        assert figures["on"] == "2013-11-04"
        assert figures["acts_well"] == 0
        assert figures["referred"] == 3


def test_what_was_recorded_later_can_be_left_out(run: Run, story: Story) -> None:
    known = ("--known-as-of", "2013-11-04")
    told = run("report", "--store", story.url, *known)
    assert "Theo số liệu đã ghi đến 23:59 ngày 04/11/2013" in told.out
    assert numbers(told)[WELL][0] == "0"
    assert run("report", "--store", story.url, *known, "--json").json["acts_well"] == 0


def test_a_scope_counts_a_committee_and_those_below_it(run: Run, story: Story) -> None:
    told = run("report", "--store", story.url, "--scope", "w-2")
    assert "Phạm vi: Cấp ủy w-2 (w-2)" in told.out
    assert numbers(told)["Tổng số đảng viên"] == ["4"]
    assert numbers(told)["Đã giới thiệu"] == ["0", "0,0% so với tổng số đảng viên"]
    assert "Chưa có hồ sơ nào." in told.out


def test_a_committee_sees_its_own_figures_and_no_others(run: Run, story: Story) -> None:
    own = run("report", *story.by("workplace:w-2"), "--json")
    assert own.json["scope"] == "w-2"
    other = run("report", *story.by("workplace:w-2"), "--scope", "w-1")
    assert other.code == 1
    assert other.line.startswith("not_found: ")


def test_a_misspelt_scope_is_no_zero(run: Run, story: Story) -> None:
    told = run("report", "--store", story.url, "--scope", "w-9", "--lang", "en")
    assert told.code == 1
    assert told.line.startswith("unknown_committee: The register has no committee w-9.")


def test_english_is_spoken_when_asked_for(run: Run, story: Story) -> None:
    told = run("report", "--store", story.url, "--lang", "en")
    assert "As of the end of 2013-11-20" in told.out
    assert numbers(told)["Rated as taking part well"] == ["1", "33.3% of those referred"]


def test_the_day_is_that_of_the_installation(run: Run, story: Story) -> None:
    evening = run("report", "--store", story.url, "--json", now="2013-11-20T18:00:00+00:00")
    assert evening.json["on"] == "2013-11-21"
