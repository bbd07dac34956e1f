"""Lifecycles held to a table that is written by hand, and the ways through them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from referral_flow.domain.referral.lifecycle import REFERRAL
from referral_flow.testing.tables import Step, assert_table, paths
from tests.application.health import LIFECYCLE

TABLE = """
    send      | -    | sent      | post
    remind    | sent | unchanged | system
    send_back | sent | back      | hospital
"""


def test_a_lifecycle_is_held_to_its_table() -> None:
    assert_table(LIFECYCLE, TABLE)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (TABLE.replace("hospital", "post"), "not in the lifecycle: send_back | sent | back | post"),
        (
            TABLE.replace("unchanged", "back"),
            "not in the table: remind | sent | unchanged | system",
        ),
        (TABLE + "send | - | sent | post", "written twice: send | - | sent | post"),
        (TABLE.replace("remind    | sent", "remind | back"), "not in the table: remind | sent"),
    ],
)
def test_a_row_that_differs_is_told(wrong: str, told: str) -> None:
    with pytest.raises(AssertionError) as error:
        assert_table(LIFECYCLE, wrong)
    assert told in str(error.value)


def test_a_group_stands_for_several_states() -> None:
    with pytest.raises(AssertionError, match=r"remind \| back \| unchanged"):
        assert_table(LIFECYCLE, TABLE.replace("remind    | sent", "remind | ALL"), ALL="sent back")


def test_a_way_leads_from_nothing_to_a_closed_state() -> None:
    assert list(paths(LIFECYCLE)) == [(Step("send", "sent"), Step("send_back", "back"))]
    assert list(paths(LIFECYCLE, "sent")) == [(Step("send", "sent"),)]
    assert list(paths(LIFECYCLE, "back", longest=1)) == []


def test_no_way_comes_into_a_state_twice_and_each_follows_the_rows() -> None:
    rows = {(start, command): row for (start, command), row in REFERRAL.table.items()}
    allowed = {
        (start, target)
        for (start, _), row in rows.items()
        for target in REFERRAL.targets(row.transition)
    }
    ways = list(paths(REFERRAL, "active", longest=6))
    assert len(ways) == len(set(ways)) > 1
    for way in ways:
        states = [None, *(step.to for step in way)]
        assert len(states) == len(set(states))
        assert set(pairwise(states)) <= allowed


def test_a_state_that_there_is_not_is_told() -> None:
    with pytest.raises(ValueError, match="no state bakc"):
        list(paths(LIFECYCLE, "bakc"))
