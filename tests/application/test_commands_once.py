"""A command is done once and whole, however often and by however many it is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from referral_flow import Actor, Paper, ReferralFlow, Refused, Role
from referral_flow.commands import Assign, End, Issue, Submit, Suspend, Void
from referral_flow.errors import (
    CommandReused,
    ConcurrencyError,
    InvalidCommand,
    OutcomeUnknown,
)
from referral_flow.ports import Batch
from referral_flow.stores.memory import MemoryStore
from tests.application.office import DAY, Office, an_issue, versions


@pytest.fixture(params=["memory:", "sqlite:///{}/office.db"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    office = Office(request.param.format(tmp_path))
    yield office
    office.flow.close()


def test_the_same_command_id_gives_the_first_result_again(office: Office) -> None:
    id = office.issued()
    first = office.residence.execute(Submit(id, "1/GT"), command_id="scan-881")
    office.residence.execute(Suspend(id, "đi học"))
    again = office.residence.execute(Submit(id, "1/GT"), command_id="scan-881")
    assert (again.value, again.version, again.repeated) == (first.value, first.version, True)
    assert versions(office.workplace, id) == [1, 2, 3]


def test_a_creation_is_remembered_too(office: Office) -> None:
    first = office.workplace.execute(an_issue(), command_id="issue-1")
    assert office.workplace.execute(an_issue(), command_id="issue-1").value == first.value


def test_a_command_id_of_another_command_is_refused(office: Office) -> None:
    id = office.issued()
    office.residence.execute(Submit(id, "1/GT"), command_id="scan-881")
    with pytest.raises(CommandReused) as error:
        office.residence.execute(Suspend(id, "đi học"), command_id="scan-881")
    assert error.value.data == {"command_id": "scan-881"}
    assert versions(office.workplace, id) == [1, 2]


def test_a_command_id_of_another_actor_tells_nothing(office: Office) -> None:
    id = office.issued()
    office.residence.execute(Submit(id, "1/GT"), command_id="scan-881")
    other = office.flow.acting_as(Actor("u-2", Role.RESIDENCE, "r-2"))
    with pytest.raises(CommandReused):
        other.execute(Submit(id, "1/GT"), command_id="scan-881")


def test_a_refused_command_may_be_tried_again_under_its_id(office: Office) -> None:
    id = office.issued()
    with pytest.raises(Refused):
        office.residence.execute(Submit(id, "falsch"), command_id="scan-1")
    office.residence.execute(Submit(id, "1/GT"), command_id="scan-1")
    assert versions(office.workplace, id) == [1, 2]


def test_an_expected_version_that_has_passed_is_a_lost_race(office: Office) -> None:
    id = office.submitted()
    with pytest.raises(ConcurrencyError) as error:
        office.residence.execute(Suspend(id, "đi học"), expected_version=1)
    assert (error.value.data["expected"], error.value.data["found"]) == (1, 2)
    assert office.residence.execute(Suspend(id, "đi học"), expected_version=2).version == 3


def test_eight_threads_submit_one_paper_once(office: Office) -> None:
    id = office.issued()

    def submit(_: int) -> Any:
        try:
            return office.residence.execute(Submit(id, "1/GT")).version
        except Refused as refused:
            return refused.codes

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(submit, range(8)))
    assert answers.count(2) == 1
    assert answers.count(("not_allowed_in_state",)) == 7
    assert versions(office.workplace, id) == [1, 2]


def test_eight_threads_issue_one_paper_to_one_member(office: Office) -> None:
    def issue(_: int) -> str:
        try:
            return office.workplace.execute(an_issue()).stream
        except Refused as refused:
            return refused.codes[0]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(issue, range(8)))
    assert answers.count("open_referral_exists") == 7


def test_the_last_place_in_a_group_is_taken_once(office: Office) -> None:
    group = office.group()
    office.operator.execute_many(_members(10, 16))
    office.assigned(group, range(1, 15))
    last = [office.submitted(member) for member in (15, 16)]

    def assign(id: str) -> str:
        try:
            return str(office.residence.execute(Assign(id, group)).value.state)
        except Refused as refused:
            return refused.codes[0]

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(assign, last))
    assert answers == ["assigned", "group_full"]
    assert len(office.residence.get(group).seats) == 15
    assert office.flow.verify().faults == ()


def _members(first: int, last: int) -> Iterator[Any]:
    from referral_flow.commands import AddMember

    return (AddMember(f"m-{n}", "w-1", f"Đồng chí mẫu {n}") for n in range(first, last + 1))


def test_many_commands_are_each_done_or_refused_with_their_row(office: Office) -> None:
    heard: list[int] = []
    many = office.workplace.execute_many(
        [an_issue(1), an_issue(2, "1/GT"), an_issue(1, "9/GT"), an_issue(3), an_issue(99)],
        each=lambda row, answer: heard.append(row),
    )
    assert many.done == 2
    assert [(r.row, r.refusals[0].code) for r in many.refused] == [
        (1, "duplicate_paper"),
        (2, "open_referral_exists"),
        (4, "unknown_member"),
    ]
    assert heard == [0, 1, 2, 3, 4]
    assert office.flow.verify().faults == ()


def test_what_came_earlier_in_a_batch_counts(office: Office) -> None:
    group = office.group()
    office.operator.execute_many(_members(10, 20))
    ids = [office.submitted(member) for member in range(1, 18)]
    many = office.residence.execute_many(Assign(id, group) for id in ids)
    assert many.done == 15
    assert {r.refusals[0].code for r in many.refused} == {"group_full"}


def test_a_batch_taken_back_leaves_claims_timers_and_messages_as_they_were(
    office: Office,
) -> None:
    id = office.issued()
    many = office.workplace.execute_many(
        [
            End(id, "retired"),
            an_issue(1, "2/GT"),
            Void(id, ""),
            Issue("m-1", "r-1", an_issue(5).paper),
        ]
    )
    assert many.done == 2
    assert [r.refusals[0].code for r in many.refused] == [
        "not_permitted",
        "open_referral_exists",
    ]
    assert office.flow.verify().faults == ()


def test_many_commands_with_ids_change_nothing_the_second_time(office: Office) -> None:
    commands = [(an_issue(n), f"row-{n}") for n in range(1, 6)]
    first = office.workplace.execute_many(commands)
    before = office.flow.check()
    second = office.workplace.execute_many(commands)
    assert (first.done, second.done) == (5, 5)
    assert office.flow.check() == before


def test_a_command_twice_in_one_batch_is_done_once(office: Office) -> None:
    answers: list[Any] = []
    many = office.workplace.execute_many(
        [(an_issue(1), "row-1"), (an_issue(1), "row-1"), (an_issue(2), "row-1")],
        each=lambda row, answer: answers.append(answer),
    )
    first, second, third = answers
    assert (many.done, first.stream, second.repeated) == (2, second.stream, True)
    assert third.refusals[0].code == "command_reused"


def test_a_malformed_command_among_many_is_refused_with_its_row(office: Office) -> None:
    id = office.issued()
    commands: list[Any] = [Submit(5, "x"), Submit(["x"], "x"), Submit(id, "1/GT")]  # type: ignore[arg-type]
    many = office.residence.execute_many(commands)
    assert (many.done, [r.row for r in many.refused]) == (1, [0, 1])
    assert {r.refusals[0].code for r in many.refused} == {"invalid_command"}


def test_a_batch_that_lost_a_race_is_done_one_by_one(office: Office) -> None:
    ids = [office.issued(n) for n in (1, 2, 3)]

    def submits() -> Iterator[Submit]:
        yield Submit(ids[0], "1/GT")
        yield Submit(ids[1], "2/GT")
        yield Submit(ids[2], "3/GT")

    store = office.flow._parts.store
    append = store.append
    raced: list[bool] = []

    def race(batch: Batch) -> None:
        if not raced:
            raced.append(True)
            office.workplace.execute(Void(ids[1], "nhập sai"))
        append(batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "append", race)
        many = office.residence.execute_many(submits())
    assert many.done == 2
    assert [(r.row, r.refusals[0].code) for r in many.refused] == [(1, "not_allowed_in_state")]


def test_an_unconfirmed_commit_is_answered_later_by_its_command_id() -> None:
    store = MemoryStore()
    office = Office("memory:")
    unsure = _Unsure(store)
    flow = ReferralFlow(unsure, clock=lambda: office.now, notifiers=("log:",))
    office.sit_down(flow)
    office.register()
    id = office.issued()
    unsure.unsure = True
    with pytest.raises(OutcomeUnknown) as error:
        office.residence.execute(Submit(id, "1/GT"))
    unsure.unsure = False
    command_id = error.value.data["command_id"]
    again = office.residence.execute(Submit(id, "1/GT"), command_id=command_id)
    assert (again.version, again.repeated) == (2, True)


class _Unsure(MemoryStore):
    """A store whose commits are done and not confirmed."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__()
        self.unsure = False

    def append(self, batch: Batch) -> None:
        super().append(batch)
        if self.unsure:
            raise OutcomeUnknown


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (Submit("x", None), "paper_number"),  # type: ignore[arg-type]
        (Issue("m-1", "r-1", None), "paper"),  # type: ignore[arg-type]
        (Issue("m-1", "r-1", Paper("   ", DAY)), "number"),
        (Issue("m-1", "r-1", Paper("1" * 81, DAY)), "number"),
        (Submit("x", "\ud800"), "surrogates"),
        (Suspend("x", "y" * 1_000_001), "bytes"),
    ],
)
def test_a_field_of_the_wrong_type_is_named(office: Office, command: Any, field: str) -> None:
    with pytest.raises(InvalidCommand, match=field):
        office.workplace.execute(command)


def test_a_naive_time_is_named(office: Office) -> None:
    from datetime import datetime

    from referral_flow.commands import PrepareMeeting

    with pytest.raises(InvalidCommand, match="starts_at"):
        office.residence.execute(PrepareMeeting(office.group(), starts_at=datetime(2013, 5, 1)))  # noqa: DTZ001


def test_observers_hear_after_the_commit_and_cannot_break_it(tmp_path: Path) -> None:
    from referral_flow import hookimpl
    from referral_flow.hooks import Committed

    url = f"sqlite:///{tmp_path}/heard.db"
    heard: list[tuple[Committed, int]] = []

    class Observer:
        @hookimpl
        def referral_flow_committed(self, record: Committed) -> None:
            with sqlite3.connect(f"{tmp_path}/heard.db") as other:
                (count,) = other.execute("SELECT count(*) FROM rf_event").fetchone()
            other.close()
            heard.append((record, count))
            raise RuntimeError("a broken observer")

    office = Office(url, plugins=[Observer()])
    heard.clear()
    id = office.issued()
    (record, events), *rest = heard
    assert (record.command, record.subject, record.stream, record.state, rest) == (
        "issue",
        "referral",
        id,
        "issued",
        [],
    )
    assert record.events == ("referral.issued@1",)
    assert events == 13
