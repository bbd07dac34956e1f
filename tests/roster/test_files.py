"""Files that are no rosters: told in one line with what was found, and nothing is imported."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from referral_flow import Desk
from referral_flow.roster.committees import Committees
from tests.roster.conftest import Office
from tests.roster.made import HEADINGS, as_csv, good, write_csv, write_xlsx

ROWS = [good(number) for number in range(1, 6)]
OLD = {"á": 0xB8, "ă": 0xA8, "ậ": 0xCB, "ễ": 0xD4, "ữ": 0xF7, "đ": 0xAE, "Đ": 0xA7, "ế": 0xD5}


def refused(office: Office, file: Path, *options: str) -> str:
    before = office.check()
    told = office.told(file, *options, "--create-committees")
    assert told.code == 1
    assert office.check() == before
    for words in (told.line, office.told(file, *options, "--lang", "en").line):
        assert "{" not in words.replace("{file", "")
        assert file.name in words
    return told.line


def test_a_file_that_is_not_there_a_folder_and_an_empty_file(
    office: Office, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    for content in (b"", b"\xef\xbb\xbf", b"\n\n \r\n", b"\xff\xfe"):
        empty.write_bytes(content)
        assert refused(office, empty).startswith("empty_file: ")
    assert refused(office, tmp_path).startswith("a_folder: ")
    assert refused(office, tmp_path / "none.csv").startswith("no_such_file: ")
    empty_book = tmp_path / "empty.xlsx"
    Workbook().save(empty_book)
    assert refused(office, empty_book).startswith("empty_file: ")


def test_a_column_that_is_missing_is_named_with_the_near_match(
    office: Office, tmp_path: Path
) -> None:
    headings = [*HEADINGS[:4], "Só giấu", *HEADINGS[5:]]
    file = write_csv(tmp_path / "r.csv", ROWS, headings=headings)
    line = refused(office, file)
    assert line.startswith("column_missing: ")
    assert "paper_number" in line
    assert "Có phải “Só giấu” không?" in line


def test_headings_that_are_not_there_or_there_twice(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", ROWS, headings=["a", "b", "c"])
    assert refused(office, file).startswith("no_headings: ")
    twice = [*HEADINGS[:6], "Họ tên"]
    file = write_csv(tmp_path / "r.csv", ROWS, headings=twice)
    assert refused(office, file).startswith("column_twice: ")


def tcvn3(text: str) -> bytes:
    from referral_flow.roster.old_letters import _FROM_TCVN3

    back = {letter: sign for sign, letter in _FROM_TCVN3.items()}
    return bytes(back.get(sign, ord(sign) if ord(sign) < 128 else ord("?")) for sign in text)


def vni(text: str) -> bytes:
    from unicodedata import normalize

    from referral_flow.roster.old_letters import _FROM_VNI

    back: dict[str, bytes] = {}
    for sign, written in _FROM_VNI.items():
        if written.isalpha():
            back[written] = bytes([sign])
            continue
        # The marks over capitals lie 32 places lower.
        for base in "aeouy" if sign >= 0xE0 else "AEOUY":
            back.setdefault(normalize("NFC", base + written), base.encode() + bytes([sign]))
    for horned, plain in (("ơ", 0xF4), ("ư", 0xF6)):
        for tone, mark in (("\u0301", 0xF9), ("\u0300", 0xF8), ("\u0309", 0xFB), ("\u0323", 0xEF)):
            back[normalize("NFC", horned + tone)] = bytes([plain, mark])
    return b"".join(back.get(s, s.encode("ascii", "replace")) for s in normalize("NFC", text))


def cp1258(text: str) -> bytes:
    from unicodedata import normalize

    marked = "".join(
        normalize("NFC", "".join(sign for sign in normalize("NFD", letter) if sign not in TONES))
        + "".join(sign for sign in normalize("NFD", letter) if sign in TONES)
        for letter in normalize("NFC", text)
    )
    return marked.encode("cp1258")


TONES = "\u0300\u0301\u0303\u0309\u0323"


@pytest.mark.parametrize(
    ("name", "encode"), [("TCVN3", tcvn3), ("VNI", vni), ("windows-1258", cp1258)]
)
def test_an_old_encoding_is_recognised_and_named(
    office: Office, tmp_path: Path, name: str, encode: object
) -> None:
    assert callable(encode)
    rows = [{**row, "full_name": "Nguyễn Thị Bích Hường", "residence": "Đảng ủy"} for row in ROWS]
    file = tmp_path / "old.csv"
    file.write_bytes(encode(as_csv(rows)))
    line = refused(office, file)
    assert line.startswith("old_encoding: ")
    assert name in line
    assert "Mã đảng viên" in line


def test_a_wrong_byte_far_down_refuses_the_whole_file(office: Office, tmp_path: Path) -> None:
    rows = [good(number) for number in range(1, 3000)]
    file = tmp_path / "r.csv"
    file.write_bytes(as_csv(rows).encode() + b"x,\xff\xfe\xff,w-1,r-1,9,2013-01-01,\n")
    line = refused(office, file)
    assert line.startswith("broken_encoding: ")
    assert "3.001" in line


def test_an_xlsx_with_a_password_a_bomb_and_a_damaged_one(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "locked.xlsx"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    assert refused(office, file).startswith("password: ")
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook" * 100)
    assert refused(office, file).startswith("old_excel: ")

    whole = write_xlsx(tmp_path / "whole.xlsx", ROWS).read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert refused(office, file).startswith("damaged_file: ")

    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    assert refused(office, bomb).startswith("too_large_unpacked: ")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"<html><table><tr><td>m-1", "HTML"),
        (b"\x7fELF" + bytes(range(256)), "binary"),
    ],
)
def test_what_is_no_spreadsheet_is_told_by_its_kind(
    office: Office, tmp_path: Path, content: bytes, found: str
) -> None:
    file = tmp_path / "roster.xlsx"
    file.write_bytes(content)
    line = refused(office, file)
    assert line.startswith("not_a_spreadsheet: ")
    assert found in line


def test_a_word_document_is_told_as_one(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "roster.xlsx"
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("word/document.xml", "<document/>")
    assert "Word" in refused(office, file)


def test_sheets_are_chosen_by_name(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "r.xlsx"
    book = Workbook()
    for title in ("Một", "Hai"):
        sheet = book.create_sheet(title)
        sheet.append(HEADINGS)
        sheet.append(list(good(1).values()))
    book.save(file)
    assert refused(office, file).startswith("which_sheet: ")
    assert "Hai" in refused(office, file, "--sheet", "Ba")
    assert office.imports(file, "--sheet", "Hai")["issued"] == 1
    text = write_csv(tmp_path / "r.csv", ROWS)
    assert refused(office, text, "--sheet", "Hai").startswith("no_sheets_in_csv: ")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PermissionError(13, "Permission denied"), "no_permission"),
        (OSError(5, "Input/output error"), "not_readable"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_without_words_of_the_system(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    code: str,
) -> None:
    file = write_csv(tmp_path / "r.csv", ROWS)
    opened = Path.open

    def failing(path: Path, *how: Any, **more: Any) -> Any:
        if path == file:
            raise error
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", failing)
    line = refused(office, file)
    assert line.startswith(f"{code}: ")
    assert str(error.strerror) not in line


def test_a_file_below_a_file_is_not_there(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", ROWS)
    assert refused(office, file / "x.csv").startswith("no_such_file: ")


def test_a_file_that_vanishes_before_its_rows_go_in_is_told(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_csv(tmp_path / "r.csv", ROWS)
    read = Committees.read

    def vanishing(committees: Committees, desk: Desk) -> None:
        file.unlink()
        read(committees, desk)

    monkeypatch.setattr(Committees, "read", vanishing)
    told = office.told(file)
    assert told.code == 1
    assert "no_such_file: Không có tệp r.csv." in told.err
    assert not office.referrals()[1:]


def test_where_the_marked_sheet_cannot_be_is_wrong_usage(office: Office, tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "r.xlsx", ROWS)
    for wrong, code in (
        (str(file), "faults_over_input"),
        (str(tmp_path / "faults.csv"), "faults_not_xlsx"),
        (str(tmp_path / "none" / "f.xlsx"), "faults_no_folder"),
    ):
        told = office.told(file, "--faults", wrong)
        assert told.code == 2
        assert told.line.startswith(f"{code}: ")
    assert not office.referrals()[1:]


def test_only_the_operator_imports(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", ROWS)
    told = office.told(file, "--as", "workplace:w-1")
    assert told.code == 1
    assert told.line.startswith("not_permitted: ")
