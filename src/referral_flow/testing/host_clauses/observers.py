"""Clauses on observers: they hear what was committed, when it was, once."""

from __future__ import annotations

import pytest

from referral_flow.commands import Submit, Suspend
from referral_flow.testing.host_clauses.application import (
    OFFICE,
    PAPER,
    WARD,
    Embedded,
    Inside,
    WithApplication,
)
from referral_flow.testing.host_clauses.outcomes import Failed


class ObserverClauses(WithApplication):
    """Observers hear after the outermost commit, and never of what was rolled back."""

    def test_they_hear_after_the_commit_and_not_before(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> list[str]:
            embedded.inside(inside).execute(Submit(embedded.id, PAPER))
            return list(embedded.heard)

        assert embedded.host.run(work) == []
        embedded.announce()
        assert embedded.heard == ["submit"]

    def test_they_hear_once_in_the_order_of_the_commands(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            joined = embedded.joined(inside)
            joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
            joined.acting_as(OFFICE).execute(Suspend(embedded.id, "đi học"))

        embedded.host.run(work)
        embedded.announce()
        embedded.last.announce()
        assert embedded.heard == ["submit", "suspend"]

    def test_they_hear_nothing_of_a_rollback(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            embedded.inside(inside).execute(Submit(embedded.id, PAPER))
            raise Failed

        with pytest.raises(Failed):
            embedded.host.run(work)
        embedded.last.announce()
        assert embedded.heard == []

    def test_they_hear_nothing_of_what_a_savepoint_took_back(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            joined = embedded.joined(inside)
            joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
            office = joined.acting_as(OFFICE)
            inside.undone(lambda: office.execute(Suspend(embedded.id, "đi học")))

        embedded.host.run(work)
        embedded.announce()
        assert embedded.heard == ["submit"]
        embedded.last.announce()
        assert embedded.heard == ["submit"]

    def test_they_hear_of_what_was_done_again_after_a_savepoint(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            desk = embedded.inside(inside)
            inside.undone(lambda: desk.execute(Submit(embedded.id, PAPER), command_id="scan-881"))
            desk.execute(Submit(embedded.id, PAPER), command_id="scan-881")

        embedded.host.run(work)
        embedded.announce()
        assert embedded.heard == ["submit"]

    def test_whoever_announces_too_early_is_not_believed(self, embedded: Embedded) -> None:
        def work(inside: Inside) -> None:
            joined = embedded.joined(inside)
            joined.acting_as(WARD).execute(Submit(embedded.id, PAPER))
            joined.announce()
            assert embedded.heard == []

        embedded.host.run(work)
        embedded.announce()
        assert embedded.heard == ["submit"]
