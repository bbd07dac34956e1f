"""Committees of a roster: by id or name, from a list, made on the way; and possible twins."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from referral_flow import Actor, ReferralFlow, Role
from tests.roster.conftest import Office
from tests.roster.made import good, write_csv

LIST = "Mã;Tên cấp ủy;Loại;Cấp trên\n"


def a_list(path: Path, *rows: str) -> Path:
    path.write_text(LIST + "\n".join(rows), "utf-8")
    return path


def test_a_list_of_committees_may_name_a_superior_further_down(
    empty: Office, tmp_path: Path
) -> None:
    rows = [good(5), good(10)]
    committees = a_list(
        tmp_path / "c.csv",
        "w-1;Cơ quan mẫu;nơi công tác;s-1",
        "r-2;Phường mẫu 2;nơi cư trú;s-1",
        "r-6;Phường mẫu 6;residence;s-1",
        "s-1;Tỉnh ủy mẫu;cấp trên;",
        "x-1;Lạ;khác;s-1",
        "x-2;Mồ côi;residence;s-9",
        "w-1;Hai lần;residence;",
    )
    roster = write_csv(tmp_path / "r.csv", rows)
    alone = empty.imports(roster)
    assert alone["by_code"] == {"unknown_committee": 4}
    before = empty.check()
    dry = empty.imports(roster, "--committees", str(committees), "--dry-run")
    assert empty.check() == before
    answer = empty.imports(roster, "--committees", str(committees))
    for told in (dry, answer):
        assert (told["issued"], told["committees"], told["exit"]) == (2, 4, 1)
        assert [(f["file"], f["line"], f["code"]) for f in told["faults"]] == [
            ("committees", 6, "unknown_kind"),
            ("committees", 7, "unknown_superior"),
            ("committees", 8, "committee_twice"),
        ]
    again = empty.imports(roster, "--committees", str(committees))
    assert (again["issued"], again["committees"], again["already"]) == (0, 0, 2)
    assert len(empty.referrals()) == 2


def test_unknown_committees_are_made_only_when_asked_for(empty: Office, tmp_path: Path) -> None:
    rows = [
        {**good(1), "workplace": "Sở Mẫu Một", "residence": "Phường Hòa Mẫu"},
        {**good(2), "workplace": "sở mẫu  một", "residence": "Phường Hoà Mẫu"},
        {**good(3), "workplace": "Phường Hòa Mẫu", "residence": "r-77"},
    ]
    file = write_csv(tmp_path / "r.csv", rows)
    dry = empty.imports(file, "--create-committees", "--dry-run")
    answer = empty.imports(file, "--create-committees")
    for told in (dry, answer):
        assert (told["issued"], told["committees"]) == (2, 2)
        assert told["by_code"] == {"not_a_workplace_committee": 1}
    with ReferralFlow.open(empty.url) as flow:
        found = flow.acting_as(Actor("u", Role.OPERATOR)).find(kind="committee").items
    assert {(c.key, c.name) for c in found} == {
        ("so-mau-mot", "Sở Mẫu Một"),
        ("phuong-hoa-mau", "Phường Hòa Mẫu"),
    }
    # They are there since the first paper, so that figures of that time count them.
    assert {c.last_step for c in found} == {min(row["issued_on"] for row in rows)}
    after = empty.check()
    assert empty.imports(file, "--create-committees")["already"] == 2
    assert empty.check() == after


def test_new_committees_can_be_put_under_a_superior(office: Office, tmp_path: Path) -> None:
    row = {**good(1), "residence": "Phường Mới"}
    file = write_csv(tmp_path / "r.csv", [row])
    wrong = office.told(file, "--create-committees", "--under", "s-9")
    assert (wrong.code, wrong.line.partition(":")[0]) == (2, "no_such_superior")
    assert office.imports(file, "--create-committees", "--under", "s-1")["committees"] == 1
    with ReferralFlow.open(office.url) as flow:
        assert "phuong-moi" in flow.directory.below("s-1", date(2014, 1, 1))


def test_old_papers_are_accepted_with_the_reason_that_is_given(
    office: Office, tmp_path: Path
) -> None:
    rows = [{**good(1), "issued_on": date(2012, 3, 1)}]
    file = write_csv(tmp_path / "r.csv", rows)
    assert office.imports(file, "--late-reason", "theo sổ cũ")["issued"] == 1
    # Another reason, or another language, makes no second paper.
    assert office.imports(file, "--lang", "en")["already"] == 1
    referral = next(r for r in office.referrals() if r.member == "m-00001")
    assert (referral.timeline.issued_on, referral.workplace) == (date(2012, 3, 1), "w-2")
    with ReferralFlow.open(office.url) as flow:
        history = flow.acting_as(Actor("u", Role.SUPERIOR, "s-1")).history(referral.id)
    assert history[0].words == {"late_reason": "theo sổ cũ"}
    assert history[0].actor.role == Role.OPERATOR


def test_a_paper_older_than_its_committee_is_told(office: Office, tmp_path: Path) -> None:
    row = {**good(1), "issued_on": date(2011, 3, 1)}
    answer = office.imports(write_csv(tmp_path / "r.csv", [row]))
    assert answer["by_code"] == {"committee_not_yet": 2}


def test_possible_twins_are_listed_and_never_joined(office: Office, tmp_path: Path) -> None:
    born, other = date(1970, 1, 2), date(1971, 2, 3)
    names = [
        ("Đặng Văn Mẫu", born, "w-1"),
        ("Dang Van Mau", born, "w-2"),
        ("Nguyễn Thị Mẫn", "", "w-3"),
        ("Nguyễn Thị Mận", born, "w-3"),
        ("Nguyễn Thị Mẫnh", other, "w-3"),
        ("Nguyễn Thị Mẫn", other, "w-4"),
        ("Người Mẫu Số 1", "", "w-5"),
        ("Người Mẫu Số 2", "", "w-5"),
        ("Khuát", "", "w-2"),
    ]
    rows = [
        {**good(n), "full_name": name, "birth_date": birth, "workplace": workplace}
        for n, (name, birth, workplace) in enumerate(names, 1)
    ]
    file = write_csv(tmp_path / "r.csv", rows)
    answer = office.imports(file)
    told = {(twin["code"], *sorted(twin["members"])) for twin in answer["twins"]}
    assert told == {
        ("same_name_and_birth", "m-00001", "m-00002"),
        ("same_name", "m-00003", "m-00004"),
        ("near_name", "m-00003", "m-00005"),
        ("same_name", "k-2", "m-00009"),
    }
    assert (answer["exit"], answer["issued"], answer["members"]) == (0, 9, 9)
    assert "m-00001 (dòng 2) – m-00002 (dòng 3)" in office.told(file).out
