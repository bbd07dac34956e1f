"""What ships says where each value is from, and departs from 1999 only where a source does."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from referral_flow.cli.policy import Setting, parameters
from referral_flow.domain.rules import PACKAGED, packaged

FIRST, OF_2000, OF_2020 = "directive-22-1999", "regulation-76-2000", "regulation-213-2020"
PAGE = Path(__file__).parents[3] / "docs" / "rule-sets.md"
AS_1999 = "not stated: as 1999"
SOURCE = re.compile(r"(article|ours|Party practice|not stated|213)\b")
OF_A_RATING_GIVEN = "evaluation.support."


def settings_of(name: str) -> dict[str, Setting]:
    path = files("referral_flow.domain.rules").joinpath(f"{name}.toml")
    return parameters(path.read_text(encoding="utf-8"))


def test_the_three_ship_in_the_order_in_which_they_came() -> None:
    assert PACKAGED == (FIRST, OF_2000, OF_2020)


@pytest.mark.parametrize("name", PACKAGED)
def test_every_value_has_a_source(name: str) -> None:
    for key, one in settings_of(name).items():
        assert SOURCE.match(one.source), key


@pytest.mark.parametrize("name", PACKAGED)
def test_a_key_has_the_unit_that_it_has_in_1999(name: str) -> None:
    first = settings_of(FIRST)
    for key, one in settings_of(name).items():
        assert one.unit == first[key].unit, key


@pytest.mark.parametrize("name", [OF_2000, OF_2020])
def test_a_value_said_to_be_as_in_1999_is(name: str) -> None:
    first = settings_of(FIRST)
    for key, one in settings_of(name).items():
        if one.source.endswith("not stated: as 1999"):
            assert one.value == first[key].value, key


def test_of_2000_nothing_is_stated() -> None:
    assert {key: one.value for key, one in settings_of(OF_2000).items()} == {
        key: one.value for key, one in settings_of(FIRST).items()
    }
    assert all(one.source.startswith(AS_1999) for one in settings_of(OF_2000).values())


def test_of_2020_these_and_no_others_depart_from_1999() -> None:
    first, found = settings_of(FIRST), settings_of(OF_2020)
    gone = {key for key in first if key not in found}
    assert gone == {key for key in first if key.startswith(OF_A_RATING_GIVEN)}
    assert {k: one.value for k, one in found.items() if one.value != first[k].value} == {
        "group.cell_allowed": True,
        "evaluation.ratings": ["good", "not_good"],
        "evaluation.derived": True,
        "evaluation.criteria": [
            "example",
            "citizens_duty_and_family",
            "meetings",
            "contact_and_opinions",
            "persuasion",
        ],
        "evaluation.spoils": ["consider_handling"],
        "evaluation.front": True,
        "evaluation.countersign": True,
        "classification.needs.good": ["good"],
        "exemption.grounds": ["barracks", "away_or_rotated", "full_time_study"],
    }


def test_what_2020_states_says_so_and_the_rest_does_not() -> None:
    stated = {key for key, one in settings_of(OF_2020).items() if one.source.startswith("213")}
    assert stated == {
        "group.cell_allowed",
        "cycle.start",
        "evaluation.window",
        "evaluation.derived",
        "evaluation.criteria",
        "evaluation.levels",
        "evaluation.recommendations",
        "evaluation.front",
        "evaluation.countersign",
        "exemption.grounds",
    }


@pytest.mark.parametrize("name", PACKAGED)
def test_a_name_in_one_key_is_known_to_the_other(name: str) -> None:
    rules = packaged(name)
    evaluation, classification = rules.evaluation, rules.classification
    assert set(classification.needs) <= set(classification.classes)
    for ratings in classification.needs.values():
        assert set(ratings) <= set(evaluation.ratings)
    assert set(evaluation.spoils) <= set(evaluation.recommendations)
    assert len(evaluation.levels) == 3
    assert len(evaluation.criteria) == 5


# --- the page


def rows(heading: str) -> dict[str, list[str]]:
    """Give the rows of the table under a heading of the page, by parameter."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return {first.strip(" `"): [cell.strip() for cell in rest] for first, *rest in cells[2:]}


def written(setting: Setting | None) -> str:
    """Write a value as the page does."""
    if setting is None:
        return "–"
    value = setting.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) or "none") if isinstance(value, list) else str(value)


def test_the_page_has_every_parameter_in_which_they_differ() -> None:
    three = [settings_of(name) for name in PACKAGED]
    shown = rows("Where they differ")
    told = {key: cells for key, cells in shown.items() if "." in key}
    assert set(told) == {
        key for key in three[0] if len({written(one.get(key)) for one in three}) > 1
    }
    for key, cells in told.items():
        assert cells[:3] == [written(one.get(key)) for one in three], key
        source = three[2][key].source if key in three[2] else "213: no overall grade"
        assert cells[3] == source, key


def test_the_page_has_every_parameter_that_they_share() -> None:
    first, last = settings_of(FIRST), settings_of(OF_2020)
    shown = rows("What they share")
    assert set(shown) == {key for key in first if written(first[key]) == written(last.get(key))}
    for key, (value, unit, source) in shown.items():
        assert (value, unit, source) == (written(first[key]), first[key].unit, first[key].source)
