"""Clauses of how a store says that it stands."""

from __future__ import annotations

from referral_flow.engine.record import change
from referral_flow.ports import Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.appending import WithStore
from referral_flow.testing.store_clauses.queues import MINE, NOW, UNTIL
from referral_flow.testing.store_clauses.rows import id_of, message, settle, stream, timer


class StateClauses(WithStore):
    """A store says how it stands, and has a secret of its own."""

    def test_the_state_counts_what_is_there(self, store: Store) -> None:
        store.append(
            change(
                rows.created(stream(1), stream(2)),
                timers=[timer(1), timer(1, "other"), timer(2)],
                outbox=[message(1), message(2, version=2), message(3, of=2)],
            )
        )
        store.append(rows.moved(1, 2))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        settle(store, id_of(1), MINE, state="parked")
        state = store.check()
        assert state.schema == state.wanted
        assert [state.streams, state.events, state.timers] == [2, 3, 3]
        assert [state.waiting, state.parked] == [2, 1]

    def test_a_run_is_noted_when_it_ended_last(self, store: Store) -> None:
        assert store.check().runs == {}
        store.note_run("tick", 5)
        store.note_run("deliver", 7)
        store.note_run("tick", 9)
        assert store.check().runs == {"tick": 9, "deliver": 7}

    def test_what_waits_is_counted_by_notifier(self, store: Store) -> None:
        assert store.queues() == {}
        queued = [message(1), message(2, of=2), message(3, of=3, notifier="sms"), message(4, of=4)]
        store.append(rows.messages(*queued))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        settle(store, id_of(1), MINE, state="digest", due=NOW)
        settle(store, id_of(4), MINE, state="parked")
        assert store.queues() == {"mail": 2, "sms": 1}

    def test_the_secret_is_the_stores_own(self, store: Store, make_store: rows.MakeStore) -> None:
        other = make_store("other")
        assert store.secret() == store.secret()
        assert len({store.secret(), other.secret()}) > 1
        assert {len(store.secret()), len(other.secret())} == {32}
        other.close()

    def test_a_new_store_needs_no_migration(self, store: Store) -> None:
        assert store.migrate(dry_run=True) == ()
        assert store.migrate() == ()

    def test_closing_twice_does_nothing(self, make_store: rows.MakeStore) -> None:
        store = make_store("closed")
        store.close()
        store.close()
