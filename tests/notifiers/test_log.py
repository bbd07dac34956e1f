"""The notifier that writes to the log."""

from __future__ import annotations

import ast
import logging
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from referral_flow import words
from referral_flow.errors import ConfigurationError
from referral_flow.notifiers import built_in_notifiers
from referral_flow.notifiers.log import WORDS, LogNotifier, rendered
from referral_flow.ports import Accepted, Message, Permanent
from referral_flow.words import LANGUAGES, table

LOGGER = "referral_flow.notifiers.log"
SOURCE = Path(words.__file__).parents[1]

# What `decide` gives with each kind, as it is after it was stored.
KINDS: dict[str, dict[str, Any]] = {
    "paper_issued": {"deadline": "2013-12-31"},
    "paper_to_expect": {"deadline": "2013-12-31"},
    "paper_received": {"late_by": 3},
    "paper_returned": {},
    "paper_overdue": {"deadline": "2013-12-31", "step": "remind_member"},
    "assigned_to_group": {"group": "g-2"},
    "meeting_called": {
        "group": "g-2",
        "meeting": "t-5",
        "starts_at": "2013-12-31T12:30:00Z",
        "place": "v-1",
    },
    "comment_given": {"cycle": "2013"},
    "comment_taken_back": {},
    "class_given": {"cycle": "2013"},
    "referral_ended": {},
    "transfer_to_expect": {},
    "comment_corrected": {},
    "comment_requested": {"due": "2013-12-10"},
    "not_known_here": {},
    "request_answered": {},
    "recommendation_answered": {},
    "conflict_opened": {"cycle": "2013"},
    "reconcile_offered": {},
    "conflict_waits": {},
    "view_stated": {},
    "view_answered": {},
    "exempted": {"until": "2014-06-30"},
    "exemption_lifted": {},
    "amended": {},
    "taken_over": {},
    "handed_over": {},
}
PERSONAL = {
    "name": "Trần Thị Bưởi",
    "rating": "weak",
    "classification": "not_completed",
    "class": "completed",
    "comment": "hay cãi nhau",
    "reason": "ngại va chạm",
    "criteria": {"trust": "low"},
}


def message(
    kind: str, params: Mapping[str, Any], language: str = "vi", recipient: str = "member:m-1"
) -> Message:
    return Message(kind, params, recipient, language, "key-1")


def kinds_in_source() -> set[str]:
    """Find the kinds of messages that the processes tell."""
    domain = SOURCE / "domain"
    paths = (*domain.rglob("decide.py"), *domain.rglob("decide/*.py"))
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(paths)]
    constants = {
        target.id: str(node.value.value)
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {
        constants.get(kind, kind).strip("'")
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Tell"
        for kind in alternatives(node.args[0])
    }


def alternatives(node: ast.expr) -> list[str]:
    """Give what an expression may be: `a if b else c` may be either."""
    if isinstance(node, ast.IfExp):
        return alternatives(node.body) + alternatives(node.orelse)
    return [ast.unparse(node)]


def test_every_kind_of_message_has_words() -> None:
    assert kinds_in_source() == set(KINDS)
    for language in LANGUAGES:
        assert set(table(language, WORDS)["message"]) == {"anything", "digest", *KINDS}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_message_becomes_one_line(
    kind: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    told = message(kind, KINDS[kind], language)
    assert LogNotifier().send(told, ("someone@example.org",)) == Accepted()
    (record,) = caplog.records
    assert (record.name, record.levelno) == (LOGGER, logging.INFO)
    line = record.getMessage()
    assert line.startswith(f"key-1 {kind} member:m-1 ")
    assert line.isprintable()
    assert not set("{}[]") & set(line)
    assert "example.org" not in line
    assert line == unicodedata.normalize("NFC", line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, "a_kind_of_their_own"])
def test_a_line_carries_no_name_rating_class_or_comment(kind: str, language: str) -> None:
    said = rendered(message(kind, {**KINDS.get(kind, {}), **PERSONAL}, language), UTC).casefold()
    values = [value for value in PERSONAL.values() if isinstance(value, str)]
    for section in ("rating", "class"):
        values += [*table(language)[section], *table(language)[section].values()]
    for value in values:
        assert value.casefold() not in said


@pytest.mark.parametrize(
    ("kind", "params", "part"),
    [
        ("paper_issued", {"deadline": "2013-12-31"}, "; nộp giấy chậm nhất ngày 31/12/2013."),
        ("paper_issued", {"deadline": date(2013, 12, 31)}, "chậm nhất ngày 31/12/2013."),
        ("paper_received", {"late_by": 0}, "đã tiếp nhận giấy giới thiệu."),
        ("paper_received", {"late_by": 1200}, "giấy giới thiệu, chậm 1.200 ngày."),
        ("paper_overdue", KINDS["paper_overdue"], "; hạn nộp là ngày 31/12/2013. Đề nghị đồng chí"),
        ("comment_given", {"cycle": "2013"}, "Đã có nhận xét năm 2013 của"),
    ],
)
def test_days_and_numbers_are_written_as_people_write_them(
    kind: str, params: dict[str, Any], part: str
) -> None:
    assert part in rendered(message(kind, params), UTC)


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        ("remind_member", "đề nghị đồng chí nộp giấy"),
        ("tell_workplace", "đề nghị cấp ủy nơi công tác"),
        ("tell_superior", "đề nghị cấp ủy cấp trên"),
    ],
)
def test_an_overdue_paper_is_told_in_words_for_the_one_who_is_told(step: str, asked: str) -> None:
    params = {"deadline": "2013-12-31", "step": step}
    assert asked in rendered(message("paper_overdue", params), UTC).casefold()


@pytest.mark.parametrize(
    "starts_at", ["2013-12-31T12:30:00Z", datetime(2013, 12, 31, 12, 30, tzinfo=UTC)]
)
def test_times_are_those_of_the_zone(starts_at: Any) -> None:
    called = message("meeting_called", {"starts_at": starts_at, "place": "v-1"})
    assert rendered(called, ZoneInfo("Asia/Ho_Chi_Minh")) == (
        "Mời đồng chí dự sinh hoạt nhóm lúc 19:30 ngày 31/12/2013, tại v-1."
    )


@pytest.mark.parametrize("place", ["2013-99-99", "20131231", "2013-12-31Tx"])
def test_what_only_looks_like_a_day_is_left_as_it_is(place: str) -> None:
    assert f"tại {place}." in rendered(message("meeting_called", {"place": place}), UTC)


def test_free_text_cannot_begin_another_line() -> None:
    place = "v-1\nkey-9 paper_returned\x1b[31m\u2028w-2"
    said = rendered(message("meeting_called", {"place": place}), UTC)
    assert said == "Mời đồng chí dự sinh hoạt nhóm, tại v-1 key-9 paper_returned [31m w-2."


def test_a_kind_without_words_says_only_that_there_is_something() -> None:
    assert rendered(message("bed_free", {"bed": "b-7"}, "en"), UTC) == (
        "There is something for you to see."
    )


def test_a_language_without_words_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    outcome = LogNotifier().send(message("paper_returned", {}, "fr"), ())
    assert isinstance(outcome, Permanent)
    assert not caplog.records


def test_it_is_made_from_its_address() -> None:
    make = built_in_notifiers()["log"]
    for address in ("log", "log:", "log://"):
        notifier = make(address)
        assert isinstance(notifier, LogNotifier)
        assert notifier.zone == ZoneInfo("Asia/Ho_Chi_Minh")
    notifier = make("log:?zone=Europe/Paris")
    assert isinstance(notifier, LogNotifier)
    assert notifier.zone == ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("zone", ["Mars/Base", "../x", "Asia"])
def test_a_zone_that_there_is_not_is_said_at_once(zone: str) -> None:
    with pytest.raises(ConfigurationError, match="time zone"):
        built_in_notifiers()["log"](f"log:?zone={zone}")
