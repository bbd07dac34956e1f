"""How an installation stands: what a monitor asks every few minutes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from referral_flow.plugin_host import Plugin, PluginHost, PluginState
from tests.cli.conftest import Run
from tests.cli.told import Story

WELL = ("--max-outbox-age", "365d", "--max-late-timers", "99")


def changed(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()


def test_a_store_that_is_well_is_told_in_rows(run: Run, story: Story) -> None:
    told = run("status", "--store", story.url, *WELL)
    assert (told.code, told.err) == (0, "")
    rows = {row[0]: row[1:] for row in told.rows}
    assert rows["Kho dữ liệu"] == [str(story.file)]
    assert rows["SQLite"] == [sqlite3.sqlite_version]
    assert rows["Thông báo không gửi được"] == ["0"]
    assert rows["Thông báo chờ lâu nhất"][0].startswith("từ ")


def test_each_trouble_is_one_line_and_the_code_is_one(run: Run, own_story: Story) -> None:
    changed(own_story.file, "UPDATE rf_outbox SET state = 'parked'")
    told = run("status", "--store", own_story.url, "--lang", "en", now="2014-01-02")
    assert told.code == 1
    codes = [line.partition(":")[0] for line in told.err.splitlines()]
    assert codes == ["timers_late", "dead_letters"]
    assert "(allowed: 0). See whether tick still runs." in told.err
    allowed = ("--max-late-timers", "99", "--max-dead-letters", "99")
    assert run("status", "--store", own_story.url, *allowed, now="2014-01-02").code == 0


def test_the_age_of_the_oldest_message_counts_from_when_it_was_made(
    run: Run, own_story: Story
) -> None:
    changed(own_story.file, "UPDATE rf_outbox SET due = due + 999999999999")
    asked = ("status", "--store", own_story.url, "--max-late-timers", "99")
    assert run(*asked, "--max-outbox-age", "30m").err.startswith("messages_wait: ")
    assert run(*asked, "--max-outbox-age", "9000h").code == 0
    changed(own_story.file, "DELETE FROM rf_outbox")
    assert run(*asked, "--max-outbox-age", "0m", "--json").json["oldest_waiting"] is None


def test_everything_is_in_the_json(run: Run, story: Story) -> None:
    told = run("status", "--store", story.url, "--json", now="2014-01-02").json
    assert told["schema"] == told["wanted"]
    assert told["plugins"] == {"built-in": "ok"}
    assert {trouble["code"] for trouble in told["troubles"]} == {"messages_wait", "timers_late"}
    assert all(trouble["words"] for trouble in told["troubles"])


def test_a_store_of_an_older_schema_is_a_trouble_and_no_failure(run: Run, own_story: Story) -> None:
    changed(own_story.file, "UPDATE rf_schema SET version = version - 1")
    told = run("status", "--store", own_story.url)
    assert told.code == 1
    assert told.err.startswith("schema_old: ")
    assert "referral-flow migrate --apply" in told.err


def test_a_plugin_that_cannot_be_used_is_a_trouble(
    run: Run, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = PluginHost.__init__

    def with_one_more(host: PluginHost) -> None:
        made(host)
        host.plugins.append(Plugin("fax", "a-fax", "1", PluginState.FAILED, "no paper"))

    monkeypatch.setattr(PluginHost, "__init__", with_one_more)
    told = run("status", "--store", story.url, *WELL, "--lang", "en")
    assert told.code == 1
    assert told.err.startswith("plugin_bad: The plugin fax cannot be used: no paper.")


@pytest.mark.parametrize("age", ["24", "h", "1.5h", "-1d", ""])
def test_an_age_that_is_none(run: Run, story: Story, age: str) -> None:
    for option in ("--max-outbox-age", "--tick-within", "--deliver-within"):
        told = run("status", "--store", story.url, f"{option}={age}")
        assert (told.code, told.line.partition(":")[0]) == (2, "wrong_duration")
        assert option in told.line


def test_only_the_operator_asks(run: Run, story: Story) -> None:
    assert run("status", *story.by("superior:p")).line.startswith("not_permitted: ")
    missing = run("status", "--store", "sqlite:////tmp/none/x.db")
    assert (missing.code, missing.line.partition(":")[0]) == (3, "store_missing")


@pytest.mark.parametrize("name", ["tick", "deliver"])
def test_a_run_that_did_not_end_in_time_is_a_trouble(name: str, run: Run, own_story: Story) -> None:
    asked = ("status", "--store", own_story.url, *WELL, "--lang", "en")
    within = (f"--{name}-within", "2h")
    assert run(*asked).code == 0
    never = run(*asked, *within)
    assert (never.code, never.err.partition(".")[0]) == (
        1,
        f"{name}_late: {name} did not end in time",
    )
    assert {row[0]: row[1:] for row in never.rows}[f"{name} ended last"] == ["never"]
    run(name, "--store", own_story.url, now="2013-11-20T09:00")
    assert run(*asked, *within, now="2013-11-20T11:00").code == 0
    late = run(*asked, *within, now="2013-11-20T11:01")
    assert late.err == (
        f"{name}_late: {name} did not end in time; it ended last at 2013-11-20 09:00. "
        "See whether it still runs.\n"
    )
    assert {row[0]: row[1:] for row in late.rows}[f"{name} ended last"] == [
        "since 2013-11-20 09:00, hours: 2"
    ]


def test_a_run_of_a_clock_that_was_ahead_is_not_in_time(run: Run, own_story: Story) -> None:
    run("tick", "--store", own_story.url, now="2030-01-01")
    told = run("status", "--store", own_story.url, *WELL, "--tick-within", "2h", "--json")
    assert [trouble["code"] for trouble in told.json["troubles"]] == ["tick_late"]
    assert told.json["runs"]["tick"].startswith("2029-12-31T17:00")


def test_a_dry_run_is_none(run: Run, own_story: Story) -> None:
    run("tick", "--store", own_story.url, "--dry-run")
    assert run("status", "--store", own_story.url, *WELL, "--json").json["runs"] == {}


def test_what_waits_is_told_by_notifier(run: Run, story: Story) -> None:
    told = run("status", "--store", story.url, "--lang", "en", "--max-outbox-age", "1h")
    rows = {row[0]: row[1:] for row in told.rows}
    assert rows["Of these, by notifier"] == [f"log {rows['Messages that wait'][0]}"]
    assert f"all that wait: {rows['Messages that wait'][0]} (log " in told.err
