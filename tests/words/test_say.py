"""How a sentence is filled in, and how values are written."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest

from referral_flow.words import say, shown


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (35307, "35.307", "35,307"),
        (33.9, "33,9", "33.9"),
        (1234567.5, "1.234.567,5", "1,234,567.5"),
        (0, "0", "0"),
        (True, "có", "yes"),
        (date(2013, 12, 31), "31/12/2013", "2013-12-31"),
        (datetime(2013, 12, 31, 19, 30, tzinfo=UTC), "19:30 ngày 31/12/2013", "2013-12-31 19:30"),
        (("r-7", "w-2"), "r-7, w-2", "r-7, w-2"),
        (None, "", ""),
        ("15/GT", "15/GT", "15/GT"),
    ],
)
def test_values_are_written_as_people_write_them(value: Any, vietnamese: str, english: str) -> None:
    assert shown(value, "vi") == vietnamese
    assert shown(value, "en") == english


def test_codes_are_said_in_words_and_what_to_type_as_it_is() -> None:
    data = {"rating": "best", "known": ("good", "fair", "weak")}
    assert say("refusal", "unknown_rating", "vi", data) == (
        "Không có mức đánh giá “best”. "
        "Chọn một trong các mức: Hoạt động tốt, Hoạt động khá, Hoạt động yếu (good, fair, weak)."
    )


def test_words_with_commas_of_their_own_are_told_apart() -> None:
    data = {"state": "ended", "allowed_in": ("issued", "submitted")}
    assert say("refusal", "not_allowed_in_state", "vi", data) == (
        "Hiện đang ở trạng thái “Đã kết thúc” nên không làm được việc này; "
        "chỉ làm được khi: Đã cấp giấy, chờ nộp; Đã nộp giấy, đã tiếp nhận."
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"missing": ("words",)}, "What is missing: words. Give it in words."),
        (
            {"missing": ("excused",), "members": ("m-1", "m-2")},
            "What is missing: the reason for the absence of m-1, m-2. Give it in words.",
        ),
    ],
)
def test_a_part_in_brackets_is_said_only_with_its_data(data: dict[str, Any], said: str) -> None:
    assert say("refusal", "reason_required", "en", data) == said


def test_brackets_and_braces_in_the_data_are_left_alone() -> None:
    data = {"group": "[{limit}]", "limit": 15}
    assert say("refusal", "group_full", "vi", data) == (
        "Nhóm [{limit}] đã đủ 15 đồng chí. Chọn nhóm khác, hoặc lập thêm nhóm."
    )


def test_a_field_that_was_not_given_is_shown_by_its_name() -> None:
    assert say("refusal", "unknown_rating", "en", {"rating": "best"}) == (
        "There is no rating “best”. Choose one of: {known} ({known})."
    )


def test_an_unknown_code_is_shown_with_its_data() -> None:
    data = {"on": date(2013, 12, 31), "beds": 1200, "missing": ()}
    assert say("refusal", "ward_full", "vi", data) == "ward_full (on=31/12/2013, beds=1.200)"
    assert say("refusal", "ward_full", "vi") == "ward_full"
    assert say("no_such_section", "ward_full", "en") == "ward_full"


def test_importing_an_error_reads_no_words() -> None:
    program = (
        "import sys, referral_flow.errors\n"
        "print(sorted({'tomllib', 'importlib.resources'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert ran.stdout.strip() == "[]"
