"""Dead letters and timers, looked at before anything is done."""

from __future__ import annotations

import sqlite3

import pytest

from tests.cli.conftest import Run
from tests.cli.told import Story


@pytest.fixture
def letter(own_story: Story) -> str:
    """Give the id of a message that was given up."""
    with sqlite3.connect(own_story.file) as connection:
        connection.execute(
            "UPDATE rf_outbox SET state = 'parked', tries = 7, error = 'no such box'"
            " WHERE id = (SELECT min(id) FROM rf_outbox)"
        )
    connection.close()
    return own_story.url


def test_they_are_listed_with_their_reason(run: Run, letter: str) -> None:
    told = run("dead-letters", "--store", letter, "--lang", "en")
    assert (told.code, told.err) == (0, "")
    assert told.rows[0] == ["Id", "Since", "Kind", "Recipient", "Notifier", "Tries", "Problem"]
    assert told.rows[1][-2:] == ["7", "no such box"]
    (item,) = run("dead-letters", "list", "--store", letter, "--json").json["items"]
    assert item["id"] == told.rows[1][0]


def test_one_is_sent_again(run: Run, letter: str) -> None:
    (item,) = run("dead-letters", "--store", letter, "--json").json["items"]
    asked = ("dead-letters", "send-again", item["id"], "--store", letter)
    assert run(*asked).out == "Thông báo sẽ được gửi lại ở lần deliver tới.\n"
    none = run("dead-letters", "--store", letter, "--lang", "en")
    assert (none.code, none.line) == (0, "There are no dead letters.")
    again = run(*asked)
    assert (again.code, again.line.partition(":")[0]) == (1, "not_found")


def test_one_is_dropped_with_a_reason(run: Run, letter: str) -> None:
    (item,) = run("dead-letters", "--store", letter, "--json").json["items"]
    asked = ("dead-letters", "drop", item["id"], "--store", letter)
    assert run(*asked).line.startswith("value_needed: --reason cần một giá trị.")
    told = run(*asked, "--reason", "Đồng chí đã chuyển đi", "--json")
    assert told.json == {"done": "drop", "id": item["id"]}
    assert run("dead-letters", "--store", letter, "--json").json["items"] == []


def test_what_is_typed_wrongly(run: Run, letter: str) -> None:
    for typed in (("send-again",), ("list", "x"), ("send",), ("list", "--limit", "0")):
        told = run("dead-letters", *typed, "--store", letter)
        assert told.code == 2
        assert told.line
    other = run("dead-letters", "--store", letter, "--as", "superior:p")
    assert other.line.startswith("not_permitted: ")


def test_what_tick_would_do_is_told_and_not_done(run: Run, own_story: Story) -> None:
    asked = ("tick", "--dry-run", "--store", own_story.url)
    for _ in range(2):
        told = run(*asked, now="2013-04-05")
        assert told.code == 0
        ((due, stream, what, who),) = told.rows[1:]
        assert due.endswith("/04/2013")
        assert (stream, what, who) == (own_story.waiting, "Báo giấy quá hạn", "member:x-2")
    (one,) = run(*asked, "--json", now="2013-04-05").json["due"]
    assert one["command"] == "tell_overdue"
    nothing = run(*asked, "--lang", "en", now="2013-03-05")
    assert (nothing.code, nothing.line) == (0, "No timer is due.")
