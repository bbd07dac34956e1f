"""A rule set is read whole, or the error names the line and the near match (S43)."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from referral_flow import ReferralFlow, hookimpl
from referral_flow.commands import Assign
from referral_flow.domain.rules import PACKAGED, packaged, read
from referral_flow.errors import ConfigurationError, RuleSetError
from tests.support.looking import refused
from tests.support.province import Province, opened

NAME = "directive-22-1999"
TEXT = files("referral_flow.domain.rules").joinpath(f"{NAME}.toml").read_text(encoding="utf-8")


def line_of(beginning: str, text: str = TEXT) -> int:
    """Give the number of the first line that begins so."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(beginning))


def changed(old: str, new: str) -> str:
    """Give the text with one line changed; the line must be there."""
    text, times = re.subn(old, new, TEXT, count=1, flags=re.MULTILINE)
    assert times == 1
    return text


def wrong(text: str) -> dict[str, Any]:
    """Give what the error says of a text that cannot be read."""
    with pytest.raises(RuleSetError) as caught:
        read(text, "ours.toml")
    assert caught.value.data["source"] == "ours.toml"
    assert "ours.toml" in str(caught.value)
    return caught.value.data


# --- what is packaged


@pytest.mark.parametrize("name", PACKAGED)
def test_every_packaged_rule_set_can_be_read(name: str) -> None:
    rules = packaged(name)
    assert rules.name == name
    assert rules.citation


def test_the_figures_of_1999_are_those_of_the_domain() -> None:
    rules = packaged(NAME)
    assert rules.submit.deadline == 30
    assert (rules.submit.remind_after, rules.submit.tell_workplace_after) == (0, 7)
    assert rules.submit.tell_superior_after == 14
    assert (rules.group.limit, rules.group.warn_at, rules.group.cell_allowed) == (15, 13, False)
    assert rules.meeting.minimum == 4
    assert rules.cycle.start == "01-01"
    assert rules.window(date(2013, 6, 1)) == (date(2013, 11, 1), date(2013, 12, 15))
    assert rules.evaluation.ratings == ("good", "fair", "weak")
    assert rules.evaluation.acts_well == "good"
    assert set(rules.evaluation.criteria) == {
        "attendance",
        "contributions",
        "duties",
        "trust",
        "household",
    }
    good, fair = rules.evaluation.support["good"], rules.evaluation.support["fair"]
    assert (good.attendance, good.contributions_or_duties) == (75, 1)
    assert set(good.not_low) == {"trust", "household"}
    assert (fair.attendance, fair.contributions_or_duties) == (50, 0)
    assert "weak" not in rules.evaluation.support
    assert set(rules.end.reasons) == {
        "moved",
        "retired",
        "died",
        "left_the_party",
        "never_submitted",
        "duty_over",
        "other",
    }
    assert rules.end.words_required == ("other",)
    assert rules.backdate.limit == 90


def test_every_figure_has_a_source() -> None:
    values = [line for line in TEXT.splitlines() if "{ value" in line]
    assert values
    for line in values:
        assert re.search(r'source = "(ours|article|Party practice|not stated)', line), line


def test_an_unknown_rule_set_is_an_error_with_the_near_match() -> None:
    with pytest.raises(RuleSetError, match="did you mean 'directive-22-1999'"):
        packaged("directive-22-1998")


def test_a_flow_is_not_opened_under_an_unknown_rule_set() -> None:
    with pytest.raises(ConfigurationError, match=r"'directive-22-1998'.+directive-22-1999"):
        ReferralFlow("memory:", rule_set="directive-22-1998", plugins=())


# --- what is wrong in a file


@pytest.mark.parametrize(
    ("old", "new", "near"),
    [
        (r"^limit = ", "limt = ", "limit"),
        (r"^tell_workplace_after", "tell_workplace_afer", "tell_workplace_after"),
        (r"^irregular_below", "irregular_bellow", "irregular_below"),
        (r"^\[backdate\]", "[backdated]", "backdate"),
        (r"^citation", "citaton", "citation"),
        (r"^contributions_or_duties", "contribution_or_duties", "contributions_or_duties"),
    ],
)
def test_a_misspelt_key_gives_its_line_and_the_near_match(old: str, new: str, near: str) -> None:
    text = changed(old, new)
    data = wrong(text)
    assert data["line"] == line_of(new.strip(), text)
    assert "unknown key" in data["problem"]
    assert f"did you mean {near!r}" in data["problem"]


def test_a_key_like_no_other_gives_its_line_alone() -> None:
    text = changed(r"^\[backdate\]", "[zzz]\n\n[backdate]")
    data = wrong(text)
    assert data["line"] == line_of("[zzz]", text)
    assert "did you mean" not in data["problem"]


@pytest.mark.parametrize(
    ("line", "key", "section"),
    [
        ("deadline = ", "submit.deadline", "[submit]"),
        ("warn_at = ", "group.warn_at", "[group]"),
        ("start = ", "cycle.start", "[cycle]"),
        ("not_low = ", "evaluation.support.good.not_low", "[evaluation.support.good]"),
    ],
)
def test_a_missing_key_is_named_with_the_line_of_its_section(
    line: str, key: str, section: str
) -> None:
    text = changed(rf"^{line}.*\n", "")
    data = wrong(text)
    assert data["line"] == line_of(section, text)
    assert repr(key) in data["problem"]
    assert "missing" in data["problem"]


def test_a_missing_section_is_named() -> None:
    data = wrong(changed(r"^\[backdate\]\nlimit = .*\n?", ""))
    assert "'backdate'" in data["problem"]


@pytest.mark.parametrize(
    ("old", "new", "begins"),
    [
        (r"^deadline = \{ value = 30", 'deadline = { value = "30"', "deadline"),
        (r"^cell_allowed = \{ value = false", "cell_allowed = { value = 0", "cell_allowed"),
        (r"^minimum = \{ value = 4", "minimum = { value = 4.5", "minimum"),
        (r'^start = \{ value = "01-01"', "start = { value = 1", "start"),
        (r'^window = \{ value = \["11-01", "12-15"\]', 'window = { value = ["11-01"]', "window"),
        (r"^classes = \{ value = \[.*?\]", "classes = { value = [1]", "classes"),
    ],
)
def test_a_wrong_type_gives_its_line(old: str, new: str, begins: str) -> None:
    text = changed(old, new)
    assert wrong(text)["line"] == line_of(begins, text)


@pytest.mark.parametrize(
    ("old", "new", "begins"),
    [
        (r"^deadline = .*$", 'deadline = { value = 30, unit = "days" }', "deadline"),
        (r"^deadline = .*$", 'deadline = { source = "ours" }', "deadline"),
    ],
)
def test_a_value_without_a_source_or_a_source_without_a_value_is_refused(
    old: str, new: str, begins: str
) -> None:
    text = changed(old, new)
    data = wrong(text)
    assert data["line"] == line_of(begins, text)
    assert "needs a value and a source" in data["problem"]


def test_a_value_where_a_section_is_due_is_refused() -> None:
    text = changed(r"^\[backdate\]\nlimit = .*$", "")
    text = text.replace("\n[submit]", "backdate = 90\n\n[submit]", 1)
    data = wrong(text)
    assert "is a section" in data["problem"]
    assert data["line"] == line_of("backdate = 90", text)


def test_an_unknown_rating_in_the_support_is_named_with_the_near_match() -> None:
    text = changed(r"^\[evaluation\.support\.good\]", "[evaluation.support.god]")
    data = wrong(text)
    assert data["line"] == line_of("[evaluation.support.god]", text)
    assert "'god'" in data["problem"]
    assert "did you mean 'good'" in data["problem"]


@pytest.mark.parametrize(
    ("old", "new", "begins", "name"),
    [
        (r'\["trust", "household"\]', '["trus"]', "not_low", "trus"),
        (r'^acts_well = \{ value = "good"', 'acts_well = { value = "goood"', "acts_well", "goood"),
        (
            r'^words_required = \{ value = \["other"\]',
            'words_required = { value = ["others"]',
            "words_required",
            "others",
        ),
        (r"^spoils = \{ value = \[\]", 'spoils = { value = ["commmend"]', "spoils", "commmend"),
        (
            r'^excellent = \{ value = \["good"\]',
            'excellent = { value = ["goood"]',
            "excellent",
            "goood",
        ),
        (r"^excellent = ", "excelent = ", "excelent", "excelent"),
    ],
)
def test_a_name_that_no_other_key_knows_is_refused(
    old: str, new: str, begins: str, name: str
) -> None:
    text = changed(old, new)
    data = wrong(text)
    assert data["line"] == line_of(begins, text)
    assert repr(name) in data["problem"]
    assert "did you mean" in data["problem"]


@pytest.mark.parametrize(
    ("key", "new", "problem"),
    [
        ("levels", "[]", "'evaluation.levels' is empty"),
        ("ratings", "[]", "'evaluation.ratings' is empty"),
        ("criteria", '["attendance", "trust", "trust"]', "'trust' is named twice"),
        ("classes", "[]", "'classification.classes' is empty"),
        ("window", '["12-15", "11-01"]', "ends before it begins"),
        ("deadline", "-1", "-1 is less than nothing"),
        ("limit", "-15", "-15 is less than nothing"),
        ("contributions_or_duties", "-1", "-1 is less than nothing"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_with_its_line(
    key: str, new: str, problem: str
) -> None:
    text = changed(rf"^{key} = \{{ value = (\[.*?\]|-?\d+)", f"{key} = {{ value = {new}")
    data = wrong(text)
    assert problem in data["problem"]
    assert data["line"] == line_of(f"{key} =", text)


@pytest.mark.parametrize("day", ["02-29", "02-30", "13-01", "00-10", "11", "11-01-02", "x-y", ""])
@pytest.mark.parametrize("key", ["start", "window"])
def test_a_day_that_is_not_in_every_year_is_refused(key: str, day: str) -> None:
    old = r'^start = \{ value = "01-01"' if key == "start" else r'^window = \{ value = \["11-01"'
    new = f'start = {{ value = "{day}"' if key == "start" else f'window = {{ value = ["{day}"'
    text = changed(old, new)
    data = wrong(text)
    assert data["line"] == line_of(key, text)
    assert repr(day) in data["problem"]


def test_a_text_that_is_no_toml_gives_its_line() -> None:
    text = changed(r"^limit = \{ value = 15.*$", "limit = { value = 15")
    assert wrong(text)["line"] == line_of("limit = ", text)


# --- cycles and windows of other rule sets


def test_a_cycle_may_start_on_another_day() -> None:
    rules = read(changed(r'"01-01"', '"07-01"'), "ours.toml")
    assert rules.cycle_of(date(2013, 6, 30)) == 2012
    assert rules.cycle_of(date(2013, 7, 1)) == 2013
    assert rules.cycle_start(2013) == date(2013, 7, 1)


def test_the_packaged_cycle_is_the_calendar_year() -> None:
    rules = packaged(NAME)
    assert [rules.cycle_of(date(2013, *day)) for day in ((1, 1), (12, 31))] == [2013, 2013]


# --- a running stream keeps the rules that it began under


class Smaller:
    """A plugin that brings a rule set with groups of two and a deadline of ten days."""

    @hookimpl
    def referral_flow_rule_sets(self) -> dict[str, str]:
        text = TEXT.replace("limit = { value = 15", "limit = { value = 2")
        text = text.replace("warn_at = { value = 13", "warn_at = { value = 2")
        text = text.replace("deadline = { value = 30", "deadline = { value = 10")
        return {"ours": text.replace(f'name = "{NAME}"', 'name = "ours"')}


def test_a_running_stream_keeps_the_rules_that_it_began_under() -> None:
    store = opened("memory:")
    before = Province(store, rule_set="ours", plugins=(Smaller(),))
    group, (first, _) = before.a_group_of(2)
    here = Province(store, plugins=(Smaller(),))
    referral = here.an_issued("m-9")
    for stream, rule_set, days in ((first, "ours", 10), (referral, NAME, 30)):
        found = here.office.get(stream)
        assert found.rule_set == rule_set
        assert (found.timeline.deadline - found.timeline.issued_on).days == days
    here.submitted(referral)
    (refusal,) = refused(here, here.ward, Assign(referral, group))
    assert (refusal.code, refusal.data["limit"]) == ("group_full", 2)
    assert here.ward.execute(Assign(referral, here.a_group())).value.state == "assigned"


def test_the_limit_is_that_of_the_group_and_not_of_the_referral() -> None:
    store = opened("memory:")
    before = Province(store, rule_set="ours", plugins=(Smaller(),))
    referrals = [before.a_submitted() for _ in range(3)]
    here = Province(store, plugins=(Smaller(),))
    group = here.a_group()
    many = here.ward.execute_many(Assign(referral, group) for referral in referrals)
    assert many.done == 3


def test_a_stream_under_rules_that_are_not_installed_is_not_judged_by_others() -> None:
    store = opened("memory:")
    referral = Province(store, rule_set="ours", plugins=(Smaller(),)).a_submitted()
    here = Province(store)
    with pytest.raises(ConfigurationError, match="'ours' is not installed"):
        here.brought(referral, "returned")
