"""The schema of a store, looked at and brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from referral_flow.stores import sqlite_schema
from referral_flow.stores.migrations import Step, steps
from referral_flow.stores.sqlite import SqliteStore
from tests.cli.conftest import Run
from tests.cli.told import Story

FURTHER = Step(steps()[-1].version + 1, "9999_further", "-- More.\nCREATE TABLE rf_more (a);\n")


@pytest.fixture
def older(own_story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    """Give a store to which this library has one step to add."""
    monkeypatch.setattr(sqlite_schema, "steps", lambda: (*steps(), FURTHER))
    return own_story


def test_nothing_is_missing(run: Run, story: Story) -> None:
    for asked in ((), ("--plan",), ("--sql",), ("--apply",)):
        told = run("migrate", *asked, "--store", story.url)
        assert (told.code, told.err) == (0, "")
        assert told.out.startswith("Không còn bước nào phải làm")


def test_a_store_is_made_where_none_was_and_that_is_said(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    missing = run("migrate", "--store", url)
    assert (missing.code, missing.line.partition(":")[0]) == (3, "store_missing")
    assert "referral-flow migrate --apply" in missing.line
    made = run("migrate", "--apply", "--store", url)
    assert made.code == 0
    assert made.err == f"Chưa có kho dữ liệu tại {tmp_path}/new.db; đã tạo kho mới.\n"
    assert run("migrate", "--apply", "--store", url).err == ""


def test_the_plan_names_the_steps_and_changes_nothing(run: Run, older: Story) -> None:
    for _ in range(2):
        told = run("migrate", "--plan", "--store", older.url)
        assert told.out == "Còn thiếu bước 9999_further.\n"
        assert "sao lưu" in told.err
    assert run("report", "--store", older.url).line.startswith("store_not_migrated: ")


def test_it_is_applied_in_one_go(run: Run, older: Story) -> None:
    told = run("migrate", "--apply", "--store", older.url, "--lang", "en")
    assert (told.code, told.out) == (0, "The step 9999_further was done.\n")
    assert run("migrate", "--store", older.url, "--json").json["steps"] == []
    with sqlite3.connect(older.file) as connection:
        assert connection.execute("SELECT count(*) FROM rf_more").fetchone() == (0,)
    connection.close()


def test_the_sql_can_be_read_before(
    run: Run, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tuple(step.name for step in steps())
    monkeypatch.setattr(SqliteStore, "migrate", lambda *_, **__: names)
    told = run("migrate", "--sql", "--store", story.url)
    assert told.out.startswith(f"-- {names[0]}\n")
    assert "CREATE TABLE rf_stream" in told.out
    asked = run("migrate", "--sql", "--json", "--store", story.url).json
    assert "CREATE TABLE rf_stream" in asked["sql"]
    assert (asked["steps"], asked["applied"]) == (list(names), False)


def test_a_store_without_sql_files_says_so(run: Run, older: Story) -> None:
    told = run("migrate", "--sql", "--store", older.url)
    assert told.code == 2
    assert told.line.startswith("no_sql: ")


def test_a_new_store_is_made_only_when_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    assert run("migrate", "--store", url).code == 3
    assert run("migrate", "--apply", "--store", url).code == 0
    assert run("report", "--store", url, "--json").json["members"] == 0


def test_one_thing_at_a_time_and_only_by_the_operator(run: Run, story: Story) -> None:
    told = run("migrate", "--sql", "--apply", "--store", story.url)
    assert (told.code, told.line.partition(":")[0]) == (2, "one_of")
    assert run("migrate", *story.by("superior:p")).line.startswith("not_permitted: ")
