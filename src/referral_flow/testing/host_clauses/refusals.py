"""Clauses on what is refused: the application is told, and its own rows are committed."""

from __future__ import annotations

import pytest

from referral_flow.commands import Submit, Suspend
from referral_flow.errors import CommandReused, ConcurrencyError, NoTransaction
from referral_flow.testing.host_clauses.application import (
    PAPER,
    SCAN,
    Embedded,
    Inside,
    WithApplication,
)


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
