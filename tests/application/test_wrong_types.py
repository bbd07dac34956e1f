"""What a caller hands over in the wrong type is told by name, and nothing is done with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest

from referral_flow import CommitteeKind, Paper
from referral_flow.commands import (
    AddCommittee,
    AddMember,
    AddVenue,
    AgendaItem,
    Issue,
    ItemKind,
    PrepareMeeting,
)
from referral_flow.errors import ConfigurationError, InvalidCommand
from tests.application.office import DAY, Office

A_DAY: Any = "2013-03-01"


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office("memory:")
    before = office.flow.check()
    yield office
    assert office.flow.check() == before
    office.flow.close()


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (
            Issue("m-1", "r-1", Paper("1/GT", A_DAY)),
            "Expected `date`, got `str` - at `$.paper.date`",
        ),
        (
            Issue("m-1", "r-1", Paper("1/GT", DAY), on=A_DAY),
            "Expected `date`, got `str` - at `$.on`",
        ),
        (AddCommittee("", CommitteeKind.WORKPLACE, "Sở"), "`$.committee`"),
        (AddCommittee("w\n2", CommitteeKind.WORKPLACE, "Sở"), "`$.committee`"),
        (AddCommittee("w-2\n", CommitteeKind.WORKPLACE, "Sở"), "`$.committee`"),
        (AddMember("m" * 5000, "w-1", "Đồng chí mẫu"), "`$.member`"),
        (AddVenue(" v-1", "Nhà văn hóa", "r-1"), "`$.venue`"),
    ],
)
def test_a_field_of_a_command(command: Any, problem: str, office: Office) -> None:
    desk = office.workplace if isinstance(command, Issue) else office.operator
    for ask in (desk.execute, desk.explain):
        with pytest.raises(InvalidCommand) as told:
            ask(command)
        assert problem in told.value.data["problem"]
    (refused,) = desk.execute_many([command]).refused
    assert [refusal.code for refusal in refused.refusals] == ["invalid_command"]


def test_a_list_where_a_tuple_is_due_is_taken(office: Office) -> None:
    items: Any = [AgendaItem(ItemKind.DISCUSSION, "Nước sạch")]
    (refused,) = office.residence.execute_many([PrepareMeeting("g-1", items)]).refused
    assert [refusal.code for refusal in refused.refusals] == ["not_found"]


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda desk: desk.get(5), "id"),
        (lambda desk: desk.get(None), "id"),
        (lambda desk: desk.explain(5), "id"),
        (lambda desk: desk.history(5), "id"),
        (lambda desk: desk.history("x", after="1"), "after"),
        (lambda desk: desk.history("x", limit=0), "limit"),
        (lambda desk: desk.find(after="x"), "after"),
        (lambda desk: desk.find(after=5), "after"),
        (lambda desk: desk.find(state=5), "state"),
        (lambda desk: desk.find(kind=5), "kind"),
        (lambda desk: desk.find(limit="x"), "limit"),
        (lambda desk: desk.find(limit=True), "limit"),
        (lambda desk: desk.worklist(limit=None), "limit"),
        (lambda desk: desk.figures(5), "scope"),
        (lambda desk: desk.figures(on=A_DAY), "on"),
        (lambda desk: desk.figures(on=datetime(2013, 3, 1)), "on"),  # noqa: DTZ001
        (lambda desk: desk.figures(known_as_of=date(2013, 3, 1)), "known_as_of"),
        (lambda desk: desk.figures(known_as_of=datetime(2013, 3, 1)), "known_as_of"),  # noqa: DTZ001
        (lambda desk: desk.execute(Issue("m-1", "r-1", Paper("1", DAY)), 5), "command_id"),
        (
            lambda desk: desk.execute(Issue("m-1", "r-1", Paper("1", DAY)), expected_version="1"),
            "expected_version",
        ),
    ],
)
def test_what_a_desk_is_asked_with(ask: Callable[[Any], Any], named: str, office: Office) -> None:
    with pytest.raises(InvalidCommand) as told:
        ask(office.workplace)
    assert told.value.data["problem"].startswith(f"{named} ")


@pytest.mark.parametrize("actor", ["u-1", None, 5])
def test_an_actor(actor: Any, office: Office) -> None:
    with pytest.raises(ConfigurationError, match="an Actor"):
        office.flow.acting_as(actor)
