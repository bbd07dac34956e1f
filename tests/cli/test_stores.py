"""Stores that cannot be opened: exit code 3, one line, nothing on standard output."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from referral_flow.cli.work import without_password
from referral_flow.stores.sqlite import SqliteStore
from tests.cli.conftest import Run
from tests.cli.told import Story

ADDRESSES = [
    ("sqlite:///a@b:c.db", "sqlite:///a@b:c.db"),
    ("postgresql://clerk@db/office", "postgresql://clerk@db/office"),
    ("postgresql://clerk:x%40y@db:6432/office?a=b", "postgresql://clerk@db:6432/office?a=b"),
    ("postgresql://db/o?user=clerk&password=x&a=b", "postgresql://db/o?user=clerk&password=&a=b"),
]
COMMANDS = ("report", "tick", "deliver", "verify")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_misspelt_path_makes_no_store(run: Run, tmp_path: Path, command: str) -> None:
    told = run(command, "--store", f"sqlite:///{tmp_path}/referals.db")
    assert told.code == 3
    assert told.line.startswith("store_missing: Không có gì để mở tại")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    told = run("report", "--store", f"sqlite:///{tmp_path}/nowhere/x.db", "--lang", "en")
    assert told.code == 3
    assert told.line.startswith("store_missing: There is nothing to open at")


def test_a_folder_is_no_store(run: Run, tmp_path: Path) -> None:
    told = run("report", "--store", f"sqlite:///{tmp_path}")
    assert told.code == 3
    assert told.line.startswith("store_unreadable: ")


def test_a_file_that_is_no_database(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Kính gửi cấp ủy nơi cư trú. " * 100, encoding="utf-8")
    told = run("report", "--store", f"sqlite:///{file}", "--json", "--lang", "en")
    assert told.code == 3
    error = told.refused_json
    assert error["error"] == "store_unreadable"
    assert error["data"]["path"] == str(file)


def test_a_database_of_something_else(run: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    told = run("report", "--store", f"sqlite:///{tmp_path}/other.db")
    assert told.code == 3
    assert told.line


def test_a_store_of_a_newer_version(run: Run, own_story: Story) -> None:
    with sqlite3.connect(own_story.file) as connection:
        connection.execute("INSERT INTO rf_schema VALUES (999, 0, NULL)")
    connection.close()
    told = run("report", "--store", own_story.url)
    assert told.code == 3
    assert told.line.startswith("store_too_new: ")
    assert "999" in told.line


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlit:///x.db", "unknown_scheme"),
        ("referrals.db", "wrong_url"),
        ("sqlite:x.db", "wrong_url"),
        ("sqlite:///:memory:", "wrong_url"),
        ("sqlite:///x.db?fast=yes", "wrong_url"),
    ],
)
def test_an_address_that_is_none(run: Run, url: str, code: str) -> None:
    told = run("report", "--store", url)
    assert told.code == 3
    assert told.line.startswith(f"{code}: ")


def test_a_failing_storage(run: Run, own_story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    from referral_flow.errors import StoreError

    def fail(*_: object) -> None:
        raise StoreError(problem="the disk is full")

    monkeypatch.setattr(SqliteStore, "count", fail)
    told = run("report", "--store", own_story.url, "--lang", "en")
    assert told.code == 3
    assert told.line.startswith("store_failed: The storage failed: the disk is full;")


@pytest.mark.parametrize(("address", "shown"), ADDRESSES)
def test_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    assert without_password(address) == shown
