"""Clauses on what becomes of the application's rows and ours: both or neither."""

from __future__ import annotations

import pytest

from referral_flow import Refused
from referral_flow.commands import Submit, Suspend
from referral_flow.errors import CommandReused, ConcurrencyError, NoTransaction
from referral_flow.testing.host_clauses.application import (
    OFFICE,
    PAPER,
    WARD,
    Embedded,
    Inside,
    WithApplication,
)

SCAN = "scan-881"


class Failed(Exception):
    """What an application raises so that its transaction is rolled back."""


class CommitClauses(WithApplication):
    """What the application commits is there, its rows and ours."""

    def test_both_are_committed_together(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            inside.add("before")
            desk = embedded.inside(inside)
            desk.execute(Submit(embedded.id, PAPER))
            inside.add("after")
            assert desk.get(embedded.id).state == "submitted"

        embedded.host.run(work)
        assert embedded.host.committed() == ["before", "after"]
        assert embedded.state() == "submitted"
        assert embedded.flow.verify().faults == ()

    def test_ours_may_come_first(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            embedded.inside(inside).execute(Submit(embedded.id, PAPER))
            inside.add("after")

        embedded.host.run(work)
        assert (embedded.host.committed(), embedded.state()) == (["after"], "submitted")

    def test_nothing_is_seen_outside_before_the_commit(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> tuple[list[str], str]:
            inside.add("mine")
            embedded.inside(inside).execute(Submit(embedded.id, PAPER))
            return embedded.host.committed(), embedded.state()

        assert embedded.host.run(work) == ([], "issued")

    def test_several_commands_see_one_another(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            joined = embedded.joined(inside)
            joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
            joined.acting_as(OFFICE).execute(Suspend(embedded.id, "đi học"))

        embedded.host.run(work)
        assert embedded.versions() == [1, 2, 3]
        assert embedded.flow.verify().faults == ()

    def test_a_refusal_leaves_the_applications_rows(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            inside.add("before")
            with pytest.raises(Refused) as refused:
                embedded.inside(inside).execute(Submit(embedded.id, "16/GT"))
            assert refused.value.codes
            inside.add("after")

        embedded.host.run(work)
        assert embedded.host.committed() == ["before", "after"]
        assert embedded.versions() == [1]


class RollbackClauses(WithApplication):
    """What the application rolls back was never there."""

    def test_both_are_rolled_back_together(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            inside.add("mine")
            embedded.inside(inside).execute(Submit(embedded.id, PAPER), command_id=SCAN)
            raise Failed

        with pytest.raises(Failed):
            embedded.host.run(work)
        assert (embedded.host.committed(), embedded.state()) == ([], "issued")
        assert embedded.flow.verify().faults == ()
        assert not embedded.ward.execute(Submit(embedded.id, PAPER), command_id=SCAN).repeated

    def test_ours_alone_is_rolled_back(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            embedded.inside(inside).execute(Submit(embedded.id, PAPER))
            raise Failed

        with pytest.raises(Failed):
            embedded.host.run(work)
        assert embedded.versions() == [1]


class NestedClauses(WithApplication):
    """A savepoint of the application's takes back what was done in it, and no more."""

    def test_a_savepoint_takes_back_what_was_done_in_it(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            inside.add("outer")
            joined = embedded.joined(inside)
            joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))

            def nested() -> None:
                inside.add("nested")
                joined.acting_as(OFFICE).execute(Suspend(embedded.id, "đi học"))
                assert joined.acting_as(OFFICE).get(embedded.id).state == "suspended"

            inside.undone(nested)
            assert joined.acting_as(OFFICE).get(embedded.id).state == "submitted"
            inside.add("after")

        embedded.host.run(work)
        assert embedded.host.committed() == ["outer", "after"]
        assert embedded.versions() == [1, 2]
        assert embedded.flow.verify().faults == ()

    def test_what_a_savepoint_took_back_is_done_again_after_it(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            desk = embedded.inside(inside)
            command = Submit(embedded.id, PAPER)
            inside.undone(lambda: desk.execute(command, command_id=SCAN))
            assert not desk.execute(command, command_id=SCAN).repeated

        embedded.host.run(work)
        assert embedded.versions() == [1, 2]

    def test_a_rollback_takes_back_what_was_done_before_a_savepoint(
        self, embedded: Embedded
    ) -> None:
        def work(inside: Inside) -> None:
            desk = embedded.inside(inside)
            desk.execute(Submit(embedded.id, PAPER))
            inside.undone(lambda: inside.add("nested"))
            raise Failed

        with pytest.raises(Failed):
            embedded.host.run(work)
        assert (embedded.host.committed(), embedded.state()) == ([], "issued")


class LostRaceClauses(WithApplication):
    """Whoever was too late is told, and the application's own rows are committed."""

    def test_a_version_that_moved_is_told(self, embedded: Embedded) -> None:
        embedded.ward.execute(Submit(embedded.id, PAPER))

        def work(inside: Inside) -> None:
            inside.add("before")
            with pytest.raises(ConcurrencyError):
                embedded.inside(inside).execute(Suspend(embedded.id, "đi học"), expected_version=1)
            inside.add("after")

        embedded.host.run(work)
        assert embedded.host.committed() == ["before", "after"]
        assert embedded.versions() == [1, 2]

    def test_a_version_that_moves_before_it_is_written_is_told(self, embedded: Embedded) -> None:
        embedded.ward.execute(Submit(embedded.id, PAPER))
        late = embedded.late()

        def work(inside: Inside) -> None:
            inside.add("before")
            command = Suspend(embedded.id, "đi học")
            with pytest.raises(ConcurrencyError):
                embedded.inside(inside, late).execute(command, command_id=SCAN)
            inside.add("after")
            assert not embedded.inside(inside).execute(command, command_id=SCAN).repeated

        embedded.host.run(work)
        assert embedded.host.committed() == ["before", "after"]
        assert embedded.versions() == [1, 2, 3]
        assert embedded.flow.verify().faults == ()


class RepeatedClauses(WithApplication):
    """A command_id stands for one command, inside a transaction as outside."""

    def test_the_same_command_gives_its_first_result(self, embedded: Embedded) -> None:
        first = embedded.ward.execute(Submit(embedded.id, PAPER), command_id=SCAN)

        def work(inside: Inside) -> bool:
            inside.add("mine")
            again = embedded.inside(inside).execute(Submit(embedded.id, PAPER), command_id=SCAN)
            assert (again.version, again.value) == (first.version, first.value)
            return again.repeated

        assert embedded.host.run(work)
        assert (embedded.host.committed(), embedded.versions()) == (["mine"], [1, 2])

    def test_within_one_transaction_too(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> list[bool]:
            desk = embedded.inside(inside)
            command = Submit(embedded.id, PAPER)
            return [desk.execute(command, command_id=SCAN).repeated for _ in range(2)]

        assert embedded.host.run(work) == [False, True]
        assert embedded.versions() == [1, 2]

    def test_another_command_is_refused_and_the_transaction_goes_on(
        self, embedded: Embedded
    ) -> None:
        embedded.ward.execute(Submit(embedded.id, PAPER), command_id=SCAN)

        def work(inside: Inside) -> None:
            inside.add("before")
            desk = embedded.inside(inside)
            with pytest.raises(CommandReused):
                desk.execute(Submit(embedded.id, "16/GT"), command_id=SCAN)
            inside.add("after")
            desk.execute(Suspend(embedded.id, "đi học"))

        embedded.host.run(work)
        assert embedded.host.committed() == ["before", "after"]
        assert embedded.versions() == [1, 2, 3]


class NoTransactionClauses(WithApplication):
    """Where no transaction is open nothing is written, and people are told what to type."""

    def test_nothing_is_joined_and_people_are_told_what_to_type(self, embedded: Embedded) -> None:
        def work(connection: object) -> NoTransaction:
            with pytest.raises(NoTransaction) as told:
                embedded.flow.within(connection)
            return told.value

        told = embedded.host.run_bare(work)
        assert embedded.host.to_type in str(told)
        assert embedded.host.to_type in told.says("vi")
        assert embedded.versions() == [1]

    def test_a_flow_of_a_transaction_that_is_over_writes_nothing(self, embedded: Embedded) -> None:
        desk = embedded.host.run(embedded.inside)
        with pytest.raises(NoTransaction):
            desk.execute(Submit(embedded.id, PAPER))
        assert embedded.versions() == [1]


class CutOffClauses(WithApplication):
    """What is cut off between our command and the commit leaves nothing."""

    def test_what_is_cut_off_leaves_nothing(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            inside.add("mine")
            embedded.inside(inside).execute(Submit(embedded.id, PAPER), command_id=SCAN)

        embedded.host.cut_off(work)
        embedded.announce()
        assert (embedded.host.committed(), embedded.state()) == ([], "issued")
        assert embedded.heard == []
        assert embedded.flow.verify().faults == ()

    def test_the_next_transaction_goes_on(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> bool:
            inside.add("mine")
            done = embedded.inside(inside).execute(Submit(embedded.id, PAPER), command_id=SCAN)
            return done.repeated

        embedded.host.cut_off(work)
        assert embedded.host.run(work) is False
        assert (embedded.host.committed(), embedded.versions()) == (["mine"], [1, 2])
