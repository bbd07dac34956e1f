"""That every command of the library is on the command line, whatever it asks for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import attrs
import pytest
from msgspec import Meta

from referral_flow.cli import asks
from referral_flow.cli.asks import Asks, all_asks, asks_of
from referral_flow.cli.hints import example_of
from referral_flow.cli.kinds import KINDS
from referral_flow.cli.options import Common
from referral_flow.cli.run import recorded
from referral_flow.cli.usage import WrongValues, typed
from referral_flow.domain.group.state import AgendaItem, GroupKind
from referral_flow.domain.people import Role
from referral_flow.domain.referral.commands import ReferralCommand
from referral_flow.domain.referral.process import REFERRAL_PROCESS
from referral_flow.domain.referral.state import Paper, State
from referral_flow.engine import UNCHANGED, Party, Transition, change
from referral_flow.words import LANGUAGES
from tests.cli.conftest import Run
from tests.cli.told import Story

ALL = all_asks()


class Weigh(ReferralCommand):
    """A command that the library does not have."""

    heavy: bool
    rating: str | None
    seats: int
    share: float = 0.5
    paper: Paper | None = None
    kind: GroupKind = GroupKind.GROUP
    side: Literal["left", "right"] = "left"
    at: Annotated[datetime, Meta(tz=True)] | None = None
    days: tuple[date, ...] = ()
    levels: Mapping[str, int] = attrs.field(factory=dict)
    plan: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    items: tuple[AgendaItem, ...] = ()
    pair: tuple[int, str] | None = None


@pytest.fixture
def weigh(monkeypatch: pytest.MonkeyPatch) -> Asks:
    row = Transition(Weigh, State.ISSUED, UNCHANGED, by=(Party(Role.RESIDENCE),))
    lifecycle = REFERRAL_PROCESS.lifecycle.extend(row)
    process = change(REFERRAL_PROCESS, lifecycle=lifecycle)
    monkeypatch.setattr(asks, "KINDS", {**KINDS, "referral": process})
    found = asks_of("weigh")
    assert found is not None
    return found


def problems(asked: Asks, **typed: Any) -> list[str]:
    with pytest.raises(WrongValues) as wrong:
        asked.made(typed)
    return [problem.says("en") for problem in wrong.value.problems]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_line_has_every_command_that_people_may_give(language: str) -> None:
    assert sorted(recorded(language)) == sorted(typed(one.name) for one in ALL)


def test_no_two_commands_have_one_name() -> None:
    assert len({one.name for one in ALL}) == len(ALL)


@pytest.mark.parametrize("asked", ALL, ids=lambda one: one.name)
def test_no_option_of_a_command_hides_one_of_all(asked: Asks) -> None:
    keys = [option.key for option in asked.options]
    beside = {field.name.rstrip("_") for field in attrs.fields(Common)}
    beside |= {"command_id", "expected_version", "explain", "stream", "common"}
    assert len(set(keys)) == len(keys)
    assert not beside & set(keys)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ALL, ids=lambda one: one.name)
def test_the_help_explains_every_option_and_gives_an_example(
    run: Run, asked: Asks, language: str
) -> None:
    told = run(typed(asked.name), "--help", "--lang", language, now=None)
    assert told.code == 0
    assert not re.search(r"\b(option|help|hint|field)_", told.out)
    for option in asked.options:
        named = option.name if option.is_flag else f"{option.name} {option.form}"
        (row,) = [row for row in told.rows if row[0] == named]
        assert len(row) == 2
    assert example_of(asked, language) in told.out


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ALL, ids=lambda one: one.name)
def test_every_example_is_understood(run: Run, story: Story, asked: Asks, language: str) -> None:
    _, *typed = shlex.split(example_of(asked, language))
    told = run(*typed, "--explain", "--store", story.url)
    assert told.code in (0, 1)
    assert told.err == ""


def test_a_new_command_needs_no_line_of_its_own(weigh: Asks) -> None:
    forms = {option.name: option.form for option in weigh.options}
    assert forms == {
        "--heavy": "yes|no",
        "--rating": "RATING",
        "--seats": "N",
        "--share": "N",
        "--paper-number": "NUMBER",
        "--paper-date": "DATE",
        "--kind": "group|cell",
        "--side": "left|right",
        "--at": "ISO",
        "--days": "DATE",
        "--levels": "KEY=N",
        "--plan": "KEY=VALUE",
        "--items": "KIND:TITLE",
        "--pair": "JSON",
        "--on": "DATE",
        "--late-reason": "LATE-REASON",
    }
    made = weigh.made(
        {
            "referral": "r",
            "heavy": True,
            "seats": "7",
            "share": "0,25",
            "paper_number": "1/GT",
            "paper_date": "1/3/2013",
            "kind": "cell",
            "side": "right",
            "at": "2013-03-01T19:30",
            "days": ("2013-03-01", "02/03/2013"),
            "levels": ("a=1", "b = 2"),
            "plan": ("g-1=m-1,m-2", "g-2="),
            "items": ("duty:Trực: đêm",),
            "pair": '[1, "x"]',
            "on": "2013-03-02",
        }
    )
    assert isinstance(made, Weigh)
    assert made == Weigh(
        "r",
        True,
        None,
        7,
        0.25,
        Paper("1/GT", date(2013, 3, 1)),
        GroupKind.CELL,
        "right",
        datetime(2013, 3, 1, 12, 30, tzinfo=UTC),
        (date(2013, 3, 1), date(2013, 3, 2)),
        {"a": 1, "b": 2},
        {"g-1": ("m-1", "m-2"), "g-2": ()},
        (AgendaItem(made.items[0].kind, "Trực: đêm"),),
        (1, "x"),
        on=date(2013, 3, 2),
    )


def test_what_is_left_out_has_its_default(weigh: Asks) -> None:
    assert weigh.made({"referral": "r", "seats": "0"}) == Weigh("r", False, None, 0)


def test_everything_that_is_wrong_is_told_at_once(weigh: Asks) -> None:
    assert problems(
        weigh,
        seats="many",
        share="x",
        paper_number=" ",
        kind="grup",
        at="noon",
        levels=("a",),
        items=("duty",),
        pair="[1",
    ) == [
        "REFERRAL needs a value. See how it is used: referral-flow weigh --help",
        "--seats needs a whole number, not “many”.",
        "--share needs a number, not “x”.",
        "--paper-number must not be empty.",
        "--paper-date needs a value. See how it is used: referral-flow weigh --help",
        "There is no “grup” for --kind. Did you mean “group”? Choose one of: group, cell.",
        "--at needs a moment, written as 2013-12-31T17:30, not “noon”.",
        "--levels is written as KEY=N, not as “a”.",
        "--items is written as KIND:TITLE, not as “duty”.",
        "--pair needs a value written as JSON, not “[1”.",
    ]


def test_a_text_that_is_too_long_is_told_with_its_length(weigh: Asks) -> None:
    long = {"paper_number": "9" * 81, "paper_date": "2013-03-01"}
    assert problems(weigh, referral="r", seats="1", **long) == [
        "--paper-number has at most 80 signs; here are 81."
    ]
    assert problems(weigh, referral="r", seats="1", pair='["x", 1]')[0].startswith(
        '--pair does not take “["x", 1]”: '
    )


def test_wrong_values_are_lines_and_one_object_in_json(run: Run, story: Story) -> None:
    asked = ("issue", "--residence", "r-1", "--paper-date", "x", *story.by("workplace:w-1"))
    told = run(*asked)
    assert (told.code, told.out) == (2, "")
    codes = [line.partition(":")[0] for line in told.err.splitlines()]
    assert codes == ["value_needed", "value_needed", "wrong_day"]
    error = run(*asked, "--json").refused_json
    assert error["error"] == "wrong_values"
    assert [problem["error"] for problem in error["problems"]] == codes


def test_misspelt_commands_and_options_have_a_near_match(run: Run) -> None:
    assert "Có phải là “issue”?" in run("isue", now=None).line
    assert "Có phải là “record-attendance”?" in run("record_attendance", now=None).line
    assert "Có phải là “--paper-number”?" in run("submit", "x", "--paper-no", "1", now=None).line
    assert "Có phải là “--reason”?" in run("void", "x", "--raeson", "1", now=None).line
    assert run("join", now=None).line.startswith("wrong_command: ")
