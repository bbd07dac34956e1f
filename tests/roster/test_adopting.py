"""Sheets of referrals under way: adopted as found, told of, undone as one batch (S56)."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from referral_flow import Actor, ReferralFlow, Role
from referral_flow.application.desk import Desk
from referral_flow.commands import Suspend
from tests.cli.told import Told
from tests.roster.conftest import TODAY, Office
from tests.roster.made import as_csv
from tests.roster.under_way import HEADINGS, STATES, Row, found, rows, write

A_MINUTE_LATER = "2014-06-02T00:01"
IN_ENGLISH = (
    "member_id",
    "full_name",
    "workplace",
    "residence",
    "state",
    "since",
    "paper_number",
    "issued_on",
    "evaluated_in",
    "rating",
    "came_from",
)


def adopts(office: Office, file: Path, *options: str) -> Any:
    told = office.run("adopt", str(file), "--json", "--store", office.url, *options)
    assert told.out, told.err
    return {**told.json, "exit": told.code}


def undoes(office: Office, batch: str, *options: str) -> Any:
    told = office.run("undo", batch, "--json", "--store", office.url, *options)
    return {**told.json, "exit": told.code}


def asks(office: Office, *asked: str, now: str = TODAY) -> Told:
    return office.run(*asked, "--store", office.url, now=now)


def figures(office: Office, on: str) -> Any:
    told = asks(office, "report", "--on", on, "--json").json
    return {code: told[code] for code in ("referred", "adopted", "acts_well", "late", "states")}


def made(folder: Path, count: int, **spoilt: Row) -> Path:
    """Write so many rows; `r7={...}` spoils the seventh."""
    every = [{**row, **spoilt.get(f"r{number}", {})} for number, row in enumerate(rows(count), 1)]
    return write(folder / "list.xlsx", every)


def silence(office: Office) -> None:
    """Let all be told that was to be told before."""
    asks(office, "tick")
    asks(office, "deliver")


def of(office: Office, member: int) -> Any:
    return next(r for r in office.referrals() if r.member == f"m-{member:06}")


def test_a_rehearsal_says_what_would_be_and_changes_nothing(office: Office, tmp_path: Path) -> None:
    file = made(tmp_path, 40, r5={"state": "Đã kết thúc"})
    before = office.check()
    foreseen = adopts(office, file, "--dry-run")
    assert (foreseen["rows"], foreseen["adopted"], foreseen["bad"]) == (40, 39, 1)
    assert (foreseen["exit"], foreseen["batch"], foreseen["members"]) == (1, "list", 39)
    assert office.check() == before
    done = adopts(office, file)
    same = ("rows", "adopted", "already", "bad", "members", "committees", "faults")
    assert {code: done[code] for code in same} == {code: foreseen[code] for code in same}


def test_every_state_is_adopted_and_the_minute_after_nobody_is_told(
    office: Office, tmp_path: Path
) -> None:
    silence(office)
    adopts(office, made(tmp_path, 40))
    states = Counter(str(r.state) for r in office.referrals() if r.adoption is not None)
    assert states == {code: 5 for code, _ in STATES}
    ticked = asks(office, "tick", "--json", now=A_MINUTE_LATER).json
    assert ticked == {"fired": 0, "dropped": 0, "failed": 0}
    delivered = asks(office, "deliver", "--json", now=A_MINUTE_LATER).json
    assert set(delivered.values()) == {0}
    assert figures(office, TODAY)["adopted"] == 40


def test_what_the_sheet_leaves_open_stays_open_and_is_shown_so(
    office: Office, tmp_path: Path
) -> None:
    adopts(office, made(tmp_path, 8))
    row, unknown = found(2), of(office, 2)
    assert (unknown.paper.number, unknown.since) == (None, row["since"])
    assert of(office, 1).since is None
    shown = asks(office, "show", of(office, 1).id, "--as", "superior:s-1").out
    assert "Đã nộp giấy, đã tiếp nhận, từ ngày không rõ" in shown
    shown = asks(office, "show", of(office, 2).id, "--as", "superior:s-1", "--lang", "en").out
    assert "unknown" in next(line for line in shown.splitlines() if line.startswith("Paper"))
    listed = asks(office, "list", "--as", "superior:s-1").out
    assert "không rõ" in listed
    history = asks(office, "history", of(office, 1).id, "--as", "superior:s-1").out
    assert "ở trạng thái này từ ngày không rõ" in history


def test_the_same_sheet_again_changes_nothing(office: Office, tmp_path: Path) -> None:
    file = made(tmp_path, 30)
    adopts(office, file)
    before = office.check()
    again = adopts(office, file)
    assert (again["already"], again["adopted"], again["exit"]) == (30, 0, 0)
    assert adopts(office, file, "--dry-run")["already"] == 30
    assert office.check() == before


def test_a_mended_sheet_goes_on_in_the_same_batch(office: Office, tmp_path: Path) -> None:
    first = adopts(office, made(tmp_path, 20, r3={"state": "?"}, r9={"residence": "r-99"}))
    assert (first["adopted"], first["bad"]) == (18, 2)
    mended = adopts(office, made(tmp_path, 21))
    assert (mended["already"], mended["adopted"], mended["bad"]) == (18, 3, 0)
    assert undoes(office, "list", "--dry-run")["standing"] == 21


def test_a_row_that_changed_since_is_told_and_not_adopted_twice(
    office: Office, tmp_path: Path
) -> None:
    adopts(office, made(tmp_path, 9))
    faults = adopts(office, made(tmp_path, 9, r4={"state": "Đã phân nhóm"}))["faults"]
    assert {fault["line"] for fault in faults} == {5}
    assert [fault["code"] for fault in faults] == ["open_referral_exists", "duplicate_paper"]


def test_headings_states_and_ratings_are_read_in_either_language(
    office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    english = [{**found(4), "state": "Taking part", "rating": "Acts well", "evaluated_in": 2013}]
    english += [{**found(5), "state": "evaluated", "rating": "good", "evaluated_in": "2013"}]
    file.write_text(as_csv(english, headings=IN_ENGLISH), "utf-8")
    assert adopts(office, file)["adopted"] == 2
    assert [of(office, n).year_end.rating for n in (4, 5)] == ["good", "good"]


SPOILT: dict[int, tuple[Row, str, str]] = {
    3: ({"state": ""}, "Trạng thái", "no_state"),
    4: ({"state": "Đã kết thúc"}, "Trạng thái", "unknown_state"),
    5: ({"rating": "xuất sắc", "evaluated_in": 2013}, "Mức đánh giá", "unknown_rating"),
    6: ({"rating": "Hoạt động tốt", "evaluated_in": ""}, "Năm nhận xét", "rating_without_year"),
    7: ({"evaluated_in": "năm ngoái"}, "Năm nhận xét", "unreadable_year"),
    8: ({"evaluated_in": 2015}, "Năm nhận xét", "cycle_in_future"),
    9: ({"since": "đầu năm"}, "Từ ngày", "unreadable_day"),
    10: ({"since": "01/01/2031"}, "Từ ngày", "day_in_future"),
    11: ({"came_from": "Đang sinh hoạt"}, "Trạng thái", "not_for_state"),
    12: ({"residence": "r-99"}, "Nơi cư trú", "unknown_committee"),
    13: ({"member": "k-3", "name": "Khởi", "workplace": "w-2"}, "", "open_referral_exists"),
    14: ({"member": "m-000001"}, "", "member_twice"),
    16: ({"since": "01/02/2010", "issued_on": "01/03/2010"}, "Từ ngày", "before_paper"),
    17: ({"name": ""}, "Họ và tên", "no_full_name"),
}


def test_faults_are_told_with_line_column_and_what_to_do(office: Office, tmp_path: Path) -> None:
    file = made(tmp_path, 40, **{f"r{number}": cells for number, (cells, *_) in SPOILT.items()})
    marked = tmp_path / "faults.xlsx"
    done = adopts(office, file, "--faults", str(marked))
    told = {fault["line"] - 1: fault["code"] for fault in done["faults"]}
    assert told == {number: code for number, (*_, code) in SPOILT.items()}
    headings = dict(zip(IN_ENGLISH, HEADINGS, strict=True))
    for fault in done["faults"]:
        _, column, _ = SPOILT[fault["line"] - 1]
        assert not column or headings[fault["column"]] == column
        assert fault["words"].endswith(".")
    assert done["adopted"] == 40 - len(SPOILT)
    sheet = load_workbook(marked).worksheets[0]
    said = {row[0]: row[-1] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert "Trạng thái" in str(said["m-000011"]) or "trạng thái" in str(said["m-000011"])
    assert said["m-000020"] is None


def test_an_adopted_sheet_is_undone_by_one_command(office: Office, tmp_path: Path) -> None:
    days = ("2005-06-30", "2013-12-31", TODAY)
    before = [figures(office, day) for day in days]
    file = made(tmp_path, 60)
    adopts(office, file)
    adopted = [figures(office, day) for day in days]
    foreseen = undoes(office, "list", "--dry-run")
    assert (foreseen["standing"], foreseen["undone"], foreseen["kept"]) == (60, 60, [])
    assert [figures(office, day) for day in days] == adopted
    done = undoes(office, "list")
    assert (done["undone"], done["kept"], done["exit"]) == (60, [], 0)
    assert [figures(office, day) for day in days] == before
    assert undoes(office, "list")["standing"] == 0
    office.check()
    assert adopts(office, file)["adopted"] == 60
    assert [figures(office, day) for day in days] == adopted
    office.check()


def test_what_was_built_on_is_kept_and_told(office: Office, tmp_path: Path) -> None:
    adopts(office, made(tmp_path, 16))
    touched = of(office, 4)
    with ReferralFlow.open(office.url) as flow:
        ward = flow.acting_as(Actor("u", Role.RESIDENCE, touched.residence))
        ward.execute(Suspend(touched.id, "Đi xa"))
    for options in (["--dry-run"], []):
        done = undoes(office, "list", *options)
        assert (done["undone"], done["exit"]) == (15, 1)
        (kept,) = done["kept"]
        assert (kept["referral"], kept["refusals"][0]["code"]) == (
            touched.id,
            "touched_since_adoption",
        )
    told = asks(office, "undo", "list")
    assert f"{touched.id}: touched_since_adoption: " in told.out
    assert of(office, 4).state == "suspended"
    office.check()


def test_a_batch_that_is_not_there_is_told(office: Office) -> None:
    told = asks(office, "undo", "không có")
    assert (told.code, told.line.partition(":")[0]) == (1, "unknown_batch")


def test_a_batch_may_have_a_name_of_its_own(office: Office, tmp_path: Path) -> None:
    adopts(office, made(tmp_path, 3), "--batch", "Phường  Mẫu 2014")
    listed = asks(office, "list", "--kind", "batch", "--as", "operator", "--json").json
    assert [(b["name"], b["adopted"]) for b in listed["items"]] == [("Phường Mẫu 2014", 3)]
    assert undoes(office, "Phường Mẫu 2014")["undone"] == 3


def test_a_batch_may_be_named_like_a_committee(office: Office, tmp_path: Path) -> None:
    file = made(tmp_path, 3).rename(tmp_path / "r-1.xlsx")
    assert adopts(office, file)["adopted"] == 3
    assert adopts(office, file)["already"] == 3
    assert "Phường mẫu 1" in asks(office, "show", "r-1", "--as", "operator").out
    assert undoes(office, "r-1")["undone"] == 3


def test_one_referral_is_adopted_and_undone_by_itself(office: Office) -> None:
    asked = ("adopt-one", "--member", "k-1", "--workplace", "w-2", "--residence", "r-1")
    told = asks(office, *asked, "--state", "active", "--json")
    assert (told.code, told.json["value"]["state"]) == (0, "active")
    undone = asks(office, "undo-adoption", told.json["stream"], "--json")
    assert undone.json["value"]["state"] == "void"
    assert asks(office, *asked, "--state", "ended").line.startswith("unknown_state: ")


def test_the_operator_alone_adopts_a_sheet(office: Office, tmp_path: Path) -> None:
    told = asks(office, "adopt", str(made(tmp_path, 1)), "--as", "superior:s-1")
    assert (told.code, told.line.partition(":")[0]) == (1, "not_permitted")


def test_members_whom_the_register_has_since_a_later_day_are_adopted(
    office: Office, tmp_path: Path
) -> None:
    row = {**found(4), "member": "k-1", "name": "Khác", "workplace": "w-2", "since": "01/02/2009"}
    row["issued_on"] = ""
    done = adopts(office, write(tmp_path / "l.xlsx", [row]))
    assert (done["adopted"], done["members"]) == (1, 0)
    assert figures(office, "2009-02-01")["referred"] == 1


# --- stopped on the way


def test_a_killed_adoption_is_finished_by_the_same_command(office: Office, tmp_path: Path) -> None:
    file = made(tmp_path, 1_500)
    office.stopped_midway(signal.SIGKILL, "adopt", str(file))
    came = undoes(office, "list", "--dry-run")["standing"]
    assert 0 < came < 1_500, "it was not stopped on the way"
    again = adopts(office, file)
    assert (again["already"], again["adopted"]) == (came, 1_500 - came)
    assert undoes(office, "list", "--dry-run")["standing"] == 1_500


def test_a_stopped_undo_is_finished_by_the_same_command(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopts(office, made(tmp_path, 600))
    execute_many, calls = Desk.execute_many, 0

    def interrupted(desk: Desk, *given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return execute_many(desk, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Desk, "execute_many", interrupted)
        told = asks(office, "undo", "list")
    assert told.code == 130
    assert "đã rút lại 250 hồ sơ" in told.err
    rest = undoes(office, "list")
    assert (rest["standing"], rest["undone"]) == (350, 350)
    office.check()


def test_half_an_undo_and_the_sheet_again_is_the_whole_sheet(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(tmp_path, 300)
    adopts(office, file)
    with monkeypatch.context() as patched:
        patched.setattr("referral_flow.roster.undoing.CHUNK", 100)
        patched.setattr("referral_flow.roster.undoing.Undo._count", _stop_at(150))
        assert asks(office, "undo", "list").code == 130
    again = adopts(office, file)
    assert again["already"] + again["adopted"] == 300
    assert again["adopted"] > 0
    assert undoes(office, "list", "--dry-run")["standing"] == 300


def _stop_at(count: int) -> Any:
    seen = 0

    def counted(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == count:
            raise KeyboardInterrupt

    return counted


# --- as large as it comes


@pytest.mark.slow
def test_twelve_thousand_are_adopted_in_silence_and_undone(office: Office, tmp_path: Path) -> None:
    silence(office)
    before = figures(office, TODAY)
    file = made(tmp_path, 12_000)
    done = adopts(office, file)
    assert (done["adopted"], done["bad"], done["exit"]) == (12_000, 0, 0)
    assert figures(office, TODAY)["adopted"] == 12_000
    assert office.check().waiting == 0
    assert asks(office, "tick", "--json", now=A_MINUTE_LATER).json["fired"] == 0
    assert asks(office, "deliver", "--json", now=A_MINUTE_LATER).json["accepted"] == 0
    assert adopts(office, file)["already"] == 12_000
    assert undoes(office, "list")["undone"] == 12_000
    assert figures(office, TODAY) == before
    office.check()
    assert adopts(office, file)["adopted"] == 12_000
    office.check()
