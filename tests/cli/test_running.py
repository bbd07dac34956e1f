"""Timers, messages and the audit: what whoever runs the installation does."""

from __future__ import annotations

import sqlite3

import pytest

from tests.cli.conftest import Run
from tests.cli.told import Story


def test_tick_fires_what_is_due(run: Run, own_story: Story) -> None:
    told = run("tick", "--store", own_story.url, "--json", now="2013-04-05")
    assert told.code == 0
    assert told.json == {"fired": 1, "dropped": 0, "failed": 0}
    again = run("tick", "--store", own_story.url, now="2013-04-05")
    assert ["Lịch hẹn đã thực hiện", "0"] in again.rows


def test_tick_fires_at_most_so_many(run: Run, own_story: Story) -> None:
    told = run("tick", "--store", own_story.url, "--limit", "1", "--json", now="2014-01-02")
    assert told.json["fired"] == 1


def test_deliver_sends_what_waits_and_says_it_on_standard_error(run: Run, own_story: Story) -> None:
    told = run("deliver", "--store", own_story.url)
    assert told.code == 0
    sent = next(int(number) for what, number in told.rows if what == "Thông báo đã gửi")
    assert sent == len(told.err.splitlines()) > 0
    assert "Đồng chí đã được cấp giấy giới thiệu về nơi cư trú" in told.err
    again = run("deliver", "--store", own_story.url, "--json")
    assert again.json["accepted"] == 0
    assert again.err == ""


def test_a_dead_letter_is_a_failure(
    run: Run, own_story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from referral_flow.notifiers.log import LogNotifier
    from referral_flow.ports import Permanent

    monkeypatch.setattr(LogNotifier, "send", lambda *_: Permanent("no such box"))
    told = run("deliver", "--store", own_story.url, "--json")
    assert told.code == 3
    assert told.json["parked"] > 0


def test_a_store_that_agrees_with_its_history_has_no_faults(run: Run, story: Story) -> None:
    told = run("verify", "--store", story.url)
    assert told.code == 0
    assert told.err == ""
    assert "Mọi điều đang lưu đúng với lịch sử." in told.out
    verified = run("verify", "--store", story.url, "--json").json
    assert verified["faults"] == []
    assert verified["streams"] > 0


def test_a_fault_is_found_and_named(run: Run, own_story: Story) -> None:
    with sqlite3.connect(own_story.file) as connection:
        connection.execute("UPDATE rf_stream SET state = 'void' WHERE state = 'submitted'")
    connection.close()
    told = run("verify", "--store", own_story.url, "--lang", "en")
    assert told.code == 1
    assert "Not in agreement with the history: 1." in told.out
    assert own_story.received in told.out
    (fault,) = run("verify", "--store", own_story.url, "--json").json["faults"]
    assert fault["stream"] == own_story.received


@pytest.mark.parametrize("command", ["tick", "deliver", "verify"])
def test_only_the_operator_runs_the_installation(run: Run, story: Story, command: str) -> None:
    told = run(command, *story.by("superior:p"))
    assert told.code == 1
    assert told.line.startswith("not_permitted: ")


@pytest.mark.parametrize("command", ["report", "tick", "deliver", "verify"])
def test_the_operator_needs_no_introduction(run: Run, own_story: Story, command: str) -> None:
    for role in ("operator", "operator::u-9"):
        assert run(command, *own_story.by(role)).code == 0
    assert run(command, "--store", own_story.url).code == 0
