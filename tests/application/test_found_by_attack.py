"""What once broke, and must not again."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from referral_flow import Actor, Refused, Role
from referral_flow.commands import AddMember, End, Issue, MarkNotIntroduced, Submit, Suspend
from referral_flow.errors import InvalidCommand
from tests.application.office import DAY, Office, an_issue

DUE = datetime(2013, 4, 1, tzinfo=UTC) - timedelta(hours=7)


def test_a_desk_cannot_use_up_the_id_of_a_timer() -> None:
    office = Office("memory:")
    id = office.issued()
    due = int(DUE.timestamp() * 1_000_000)
    office.workplace.execute(an_issue(2), command_id=f"timer/{id}/remind_member/{due}")
    office.now = DUE + timedelta(hours=1)
    assert office.flow.tick().fired == 2


def test_a_desk_cannot_use_up_the_id_of_a_delivery() -> None:
    office = Office("memory:")
    id = office.issued()
    office.flow.deliver()
    office.now = DUE + timedelta(hours=1)
    office.flow.tick()
    office.workplace.execute(an_issue(2), command_id=f"settled/{id}/2/0")
    office.flow.deliver()
    names = [entry.name for entry in office.workplace.history(id)]
    assert names[-1] == "referral.telling_settled@1"


def test_an_expected_version_tells_a_stranger_nothing() -> None:
    office = Office("memory:")
    id = office.issued()
    stranger = office.flow.acting_as(Actor("u-9", Role.WORKPLACE, "w-9"))
    for command in (End(id, "moved"), MarkNotIntroduced("m-1"), MarkNotIntroduced("nobody")):
        with pytest.raises(Refused) as refused:
            stranger.execute(command, expected_version=99)
        assert refused.value.codes == ("not_found",)


def test_a_member_is_known_by_one_id_only() -> None:
    office = Office("memory:")
    entry = office.operator.get("m-1").id
    office.issued()
    for id in (entry, entry.upper()):
        with pytest.raises(Refused) as refused:
            office.workplace.execute(Issue(id, "r-1", an_issue(2).paper))
        assert refused.value.codes == ("unknown_member",)
    residence = office.operator.get("r-1").id
    with pytest.raises(Refused) as refused:
        office.workplace.execute(Issue("m-2", residence, an_issue(2).paper))
    assert refused.value.codes == ("unknown_committee",)


def test_an_id_that_looks_like_one_of_ours_is_still_the_hosts() -> None:
    office = Office("memory:")
    member = str(uuid.uuid4())
    office.operator.execute(AddMember(member, "w-1", "Đồng chí mẫu"))
    issued = office.workplace.execute(Issue(member, "r-1", an_issue(2).paper)).value
    assert issued.member == member
    office.workplace.execute(MarkNotIntroduced(member))


def test_twenty_commands_asked_four_times_at_once_are_each_answered(tmp_path: Path) -> None:
    office = Office(f"sqlite:///{tmp_path}/office.db")
    office.operator.execute_many(AddMember(f"m-{n}", "w-1", "mẫu") for n in range(10, 30))

    def issue(_: int) -> list[Any]:
        return [
            office.workplace.execute(an_issue(n), command_id=f"issue-{n}") for n in range(10, 30)
        ]

    with ThreadPoolExecutor(4) as threads:
        answers = [done for some in threads.map(issue, range(4)) for done in some]
    assert len({done.stream for done in answers}) == 20
    assert sum(not done.repeated for done in answers) == 20
    office.flow.close()


def test_a_claim_that_is_freed_taken_and_freed_in_one_batch_is_free() -> None:
    office = Office("memory:")
    first = office.issued()
    office.workplace.execute_many([End(first, "retired"), (an_issue(1, "2/GT"), "k-1")])
    (second,) = (r.id for r in office.workplace.find(state="issued"))
    third = an_issue(1, "3/GT")
    many = office.workplace.execute_many([End(second, "retired"), third])
    assert many.done == 2
    assert office.flow.verify().faults == ()


def test_an_end_and_an_issue_of_one_member_stand_together_within(tmp_path: Path) -> None:
    import sqlite3

    office = Office(f"sqlite:///{tmp_path}/office.db")
    first = office.issued()
    connection = sqlite3.connect(tmp_path / "office.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    desk = office.flow.within(connection).acting_as(office.workplace.actor)
    assert desk.execute_many([End(first, "retired"), an_issue(1, "2/GT")]).done == 2
    connection.execute("COMMIT")
    connection.close()
    assert office.flow.verify().faults == ()
    office.flow.close()


def test_an_event_is_never_recorded_before_the_one_it_follows() -> None:
    office = Office("memory:")
    id = office.issued()
    store = office.flow._parts.store
    load = store.load

    def slow(*asked: Any) -> Any:
        found = load(*asked)
        if office.now.second == 0:
            # Somebody else is quicker: recorded later than we began, and before we load.
            office.now += timedelta(seconds=3)
            office.workplace.execute(an_issue(2))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "load", slow)
        office.residence.execute(Submit(id, "1/GT"))
    recorded = [entry.recorded_at for entry in office.workplace.history(id)]
    assert recorded == sorted(recorded)
    assert recorded[-1].second == 3


@pytest.mark.parametrize("command_id", ["", "\ud800"])
def test_an_id_that_cannot_be_one_is_refused(command_id: str) -> None:
    office = Office("memory:")
    with pytest.raises(InvalidCommand, match="the command id") as told:
        office.workplace.execute(an_issue(), command_id=command_id)
    assert "mã lệnh" in told.value.says("vi")
    many = office.workplace.execute_many([(an_issue(), command_id)])
    assert many.refused[0].refusals[0].code == "invalid_command"


def test_a_text_that_is_nearly_an_id_is_not_found() -> None:
    office = Office("memory:")
    for text in ("01234567-0123-0123-0123-0123456789--", "", "-" * 36, "ă" * 36):
        with pytest.raises(Refused) as refused:
            office.workplace.get(text)
        assert refused.value.codes == ("not_found",)


def test_a_page_of_nothing_is_refused() -> None:
    office = Office("memory:")
    with pytest.raises(InvalidCommand, match="limit"):
        office.workplace.find(limit=0)


def test_a_batch_judges_each_command_by_the_register_of_its_day() -> None:
    from tests.application.test_directory import HostRegister

    class Moving(HostRegister):
        def members(self, ids: Any, on: date) -> Any:
            from referral_flow.engine.record import change

            found = super().members(ids, on)
            there = "w-1" if on < DAY else "w-2"
            return {id: change(member, workplace=there) for id, member in found.items()}

    office = Office("memory:", empty=False, directory=Moving())
    from referral_flow.engine.record import change

    earlier = change(an_issue(1), on=date(2013, 2, 20))
    many = office.workplace.execute_many([earlier, an_issue(2)])
    assert many.done == 1
    assert many.refused[0].refusals[0].code == "not_own_member"


def test_what_was_done_one_by_one_is_told_before_the_next_one_fails() -> None:
    from referral_flow.errors import ConcurrencyError, StoreError

    office = Office("memory:")
    ids = [office.submitted(n) for n in (1, 2, 3)]
    store = office.flow._parts.store
    append, calls = store.append, iter(range(9))
    heard: list[int] = []

    def failing(batch: Any) -> None:
        call = next(calls)
        if call == 0:
            raise ConcurrencyError(stream="x")
        if call == 3:
            raise StoreError(problem="the disk is full")
        append(batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "append", failing)
        with pytest.raises(StoreError):
            office.residence.execute_many(
                [Suspend(id, "đi học") for id in ids], each=lambda row, answer: heard.append(row)
            )
    assert heard == [0, 1]


def test_an_overwritten_snapshot_is_found(tmp_path: Path) -> None:
    import sqlite3

    office = Office(f"sqlite:///{tmp_path}/office.db")
    office.issued()
    kind = office.flow.processes["referral"].snapshot_format
    connection = sqlite3.connect(tmp_path / "office.db", isolation_level=None)
    connection.execute(
        "UPDATE rf_stream SET data = CAST(? AS BLOB) WHERE kind = 'referral'", (f"{kind}:garbage",)
    )
    connection.close()
    assert office.flow.verify().faults != ()
    office.flow.close()


@pytest.mark.parametrize("naive", ["hold", "retry", "quota"])
def test_a_time_without_a_zone_makes_one_delivery_wait_and_no_other(naive: str) -> None:
    from referral_flow import hookimpl
    from referral_flow.ports import Message, Quota, RetryAt

    when = datetime(2013, 3, 5, 7, 0)  # noqa: DTZ001 - what the careless plugin gives

    class Careless:
        @hookimpl
        def referral_flow_hold(self, message: Message) -> datetime | None:
            return when if naive == "hold" and message.kind == "paper_issued" else None

    office = Office("memory:", plugins=[Careless()])
    outcomes: dict[str, Any] = {"retry": RetryAt(when, "later"), "quota": Quota(when)}
    office.notifier.outcomes = [outcomes[naive]] if naive in outcomes else []
    office.issued()
    office.submitted(2)
    delivered = office.flow.deliver()
    assert delivered.retried == 1
    assert delivered.accepted >= 1


def test_a_timer_that_comes_too_early_comes_again() -> None:
    from referral_flow.commands import Evaluate

    office = Office("memory:")
    id = office.submitted()
    office.now = datetime(2013, 11, 20, tzinfo=UTC)
    names = ("attendance", "contributions", "duties", "trust", "household")
    office.residence.execute(Evaluate(id, "weak", dict.fromkeys(names, "fair"), "ít tham gia"))
    store = office.flow._parts.store
    (timer,) = store.held([uuid.UUID(id).bytes])[1]
    from referral_flow.ports import Batch

    early = int(office.now.timestamp() * 1_000_000)
    store.append(Batch(timers=[timer._replace(due=early)]))
    assert office.flow.tick().failed == 1
    office.now = datetime(2014, 1, 2, tzinfo=UTC)
    assert office.flow.tick().fired == 1
    assert office.residence.get(id).state == "submitted"
