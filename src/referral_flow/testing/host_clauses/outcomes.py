"""Clauses on what becomes of the application's rows and ours: both or neither."""

from __future__ import annotations

import pytest

from referral_flow import Refused
from referral_flow.commands import Submit, Suspend
from referral_flow.testing.host_clauses.application import (
    OFFICE,
    PAPER,
    SCAN,
    WARD,
    Embedded,
    Inside,
    WithApplication,
)


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
