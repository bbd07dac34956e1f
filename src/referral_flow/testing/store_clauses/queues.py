"""Clauses of what waits: timers, messages, and the leases on them."""

from __future__ import annotations

import pytest

from referral_flow.ports import Batch, Settled, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.appending import WithStore
from referral_flow.testing.store_clauses.rows import id_of, message, settle, settle_timer, timer
from referral_flow.testing.store_clauses.scenario import together

MINE, YOURS = b"mine", b"yours"
NOW, UNTIL, LATER = 100, 200, 201
MANY = 50


class TimerClauses(WithStore):
    """A timer is leased by one at a time, and settled by whoever holds the lease."""

    def test_timers_that_are_due_are_leased_the_oldest_first(self, store: Store) -> None:
        late = [timer(3, due=30), timer(4, "b", 10), timer(4, "a", 10), timer(1, due=NOW)]
        store.append(Batch(timers=[*late, timer(2, due=NOW + 1)]))
        first = store.lease_timers(NOW, UNTIL, MINE, 3)
        second = store.lease_timers(NOW, UNTIL, MINE, 3)
        assert first == [t._replace(lease=MINE) for t in (late[2], late[1], late[0])]
        assert second == [late[3]._replace(lease=MINE)]

    def test_a_timer_is_leased_once(self, store: Store) -> None:
        store.append(Batch(timers=[timer(1)]))
        assert store.lease_timers(NOW, UNTIL, MINE, 9) == [timer(1)._replace(lease=MINE)]
        assert store.lease_timers(NOW, UNTIL, YOURS, 9) == []
        assert store.lease_timers(UNTIL - 1, UNTIL, MINE, 9) == []

    def test_a_lease_that_ran_out_is_given_again(self, store: Store) -> None:
        store.append(Batch(timers=[timer(1)]))
        store.lease_timers(NOW, UNTIL, MINE, 9)
        assert store.lease_timers(UNTIL, LATER, YOURS, 9) == [timer(1)._replace(lease=YOURS)]

    def test_a_timer_is_settled_under_its_lease_only(self, store: Store) -> None:
        store.append(Batch(timers=[timer(1)]))
        assert not settle_timer(store, id_of(1), "remind", MINE)
        store.lease_timers(NOW, UNTIL, MINE, 9)
        store.lease_timers(UNTIL, LATER, YOURS, 9)
        assert not settle_timer(store, id_of(1), "remind", MINE)
        assert not settle_timer(store, id_of(1), "other", YOURS)
        assert store.due_timers(NOW, 9) == [timer(1)._replace(lease=YOURS)]
        assert settle_timer(store, id_of(1), "remind", YOURS)
        assert not settle_timer(store, id_of(1), "remind", YOURS)
        assert store.due_timers(NOW, 9) == []

    def test_many_timers_are_settled_at_once_and_a_lost_one_is_left_out(self, store: Store) -> None:
        store.append(Batch(timers=[timer(number) for number in range(1, 5)]))
        store.lease_timers(NOW, UNTIL, MINE, 3)
        store.lease_timers(NOW, UNTIL, YOURS, 1)
        store.append(Batch(timers=[timer(2, due=50)]))
        asked = [(id_of(number), "remind") for number in range(1, 6)]
        assert store.settle_timers(asked, MINE) == {asked[0], asked[2]}
        left = [timer(4)._replace(lease=YOURS), timer(2, due=50)]
        assert store.due_timers(NOW, 9) == sorted(left, key=lambda row: row.due)
        assert store.settle_timers([], MINE) == set()

    def test_a_timer_that_is_set_again_is_free(self, store: Store) -> None:
        store.append(Batch(timers=[timer(1)]))
        store.lease_timers(NOW, UNTIL, MINE, 9)
        store.append(Batch(timers=[timer(1, due=20)]))
        assert not settle_timer(store, id_of(1), "remind", MINE)
        assert store.lease_timers(NOW, UNTIL, YOURS, 9) == [timer(1, due=20)._replace(lease=YOURS)]

    def test_a_timer_is_cancelled_by_name(self, store: Store) -> None:
        store.append(Batch(timers=[timer(1, "a"), timer(1, "b"), timer(2, "a")]))
        store.lease_timers(NOW, UNTIL, MINE, 1)
        store.append(Batch(cancel=[(id_of(1), "a"), (id_of(1), "none")]))
        assert store.due_timers(NOW, 9) == [timer(1, "b"), timer(2, "a")]
        assert not settle_timer(store, id_of(1), "a", MINE)

    def test_all_timers_of_a_stream_are_cancelled_at_once(self, store: Store) -> None:
        store.append(Batch(timers=[timer(1, "a"), timer(1, "b"), timer(2, "a")]))
        store.append(Batch(cancel=[(id_of(1), "*")]))
        assert store.due_timers(NOW, 9) == [timer(2, "a")]

    def test_a_batch_cancels_before_it_sets(self, store: Store) -> None:
        store.append(Batch(timers=[timer(1, "a"), timer(1, "b")]))
        store.append(Batch(cancel=[(id_of(1), "*")], timers=[timer(1, "b", 50)]))
        assert store.due_timers(NOW, 9) == [timer(1, "b", 50)]

    def test_looking_at_timers_leases_none(self, store: Store) -> None:
        store.append(Batch(timers=[timer(2, due=20), timer(1, due=30), timer(3, due=NOW + 1)]))
        assert store.due_timers(NOW, 1) == [timer(2, due=20)]
        assert store.due_timers(NOW, 9) == [timer(2, due=20), timer(1, due=30)]
        assert len(store.lease_timers(NOW, UNTIL, MINE, 9)) == len(store.due_timers(NOW, 9))

    def test_threads_share_the_timers_out(self, store: Store) -> None:
        timers = [timer(number) for number in range(MANY)]
        store.append(Batch(timers=timers))

        def lease_all(number: int) -> list[bytes]:
            token = bytes([number])
            pages = [store.lease_timers(NOW, UNTIL, token, 7) for _ in range(MANY)]
            return [row.stream for page in pages for row in page]

        leased = [id for mine in together(lease_all, 4) for id in mine]
        assert sorted(leased) == [row.stream for row in timers]


class OutboxClauses(WithStore):
    """Messages go out in order, one lease at a time; a dead letter holds up nothing."""

    def test_messages_that_are_due_are_leased_the_oldest_first(self, store: Store) -> None:
        late = [message(1, 1, due=30), message(2, 2, due=10), message(3, 3, due=10)]
        store.append(rows.messages(*late, message(4, 4, due=NOW + 1)))
        first = store.lease_messages(NOW, UNTIL, MINE, 2)
        second = store.lease_messages(NOW, UNTIL, MINE, 2)
        assert first == [m._replace(lease=MINE) for m in late[1:]]
        assert second == [late[0]._replace(lease=MINE)]

    def test_messages_keep_their_order(self, store: Store) -> None:
        """By version and position, whatever their ids and times say."""
        queued = [message(9, version=1), message(8, version=2), message(7, version=2, position=1)]
        queued += [message(6, version=10, due=1)]
        store.append(rows.messages(*reversed(queued)))
        for expected in queued:
            leased = store.lease_messages(NOW, UNTIL, MINE, 9)
            assert [row.id for row in leased] == [expected.id]
            assert settle(store, expected.id, MINE, state=None)

    def test_notifiers_and_streams_do_not_wait_for_each_other(self, store: Store) -> None:
        sms = message(2, version=2, notifier="sms")
        queued = [message(1), sms, message(3, of=2), message(4, version=2)]
        store.append(rows.messages(*queued))
        leased = store.lease_messages(NOW, UNTIL, MINE, 9)
        assert [row.id for row in leased] == [id_of(1), id_of(2), id_of(3)]

    def test_messages_of_other_notifiers_are_left_alone(self, store: Store) -> None:
        sms = [message(number, of=number, notifier="sms") for number in (1, 2)]
        mail = message(3, of=1)
        store.append(rows.messages(*sms, mail, message(4, of=3, notifier="log")))
        assert store.lease_messages(NOW, UNTIL, MINE, 9, []) == []
        leased = store.lease_messages(NOW, UNTIL, MINE, 9, ["mail", "log"])
        assert [row.id for row in leased] == [mail.id, id_of(4)]
        assert store.lease_messages(NOW, UNTIL, YOURS, 1, ["sms"]) == [sms[0]._replace(lease=YOURS)]

    def test_a_message_that_waits_holds_up_those_behind_it(self, store: Store) -> None:
        store.append(rows.messages(message(1, due=NOW + 1), message(2, version=2)))
        assert store.lease_messages(NOW, UNTIL, MINE, 9) == []

    def test_a_message_is_leased_once(self, store: Store) -> None:
        store.append(rows.messages(message(1)))
        assert len(store.lease_messages(NOW, UNTIL, MINE, 9)) == 1
        assert store.lease_messages(NOW, UNTIL, YOURS, 9) == []
        again = store.lease_messages(UNTIL, LATER, YOURS, 9)
        assert again == [message(1)._replace(lease=YOURS)]

    def test_many_messages_are_settled_at_once_and_a_lost_one_is_left_out(
        self, store: Store
    ) -> None:
        store.append(rows.messages(*(message(number, of=number) for number in range(1, 6))))
        store.lease_messages(NOW, UNTIL, MINE, 3)
        store.lease_messages(NOW, UNTIL, YOURS, 1)
        settled = [
            Settled(id_of(1)),
            Settled(id_of(2), "waiting", NOW + 5),
            Settled(id_of(3), "parked", error="no such number"),
            Settled(id_of(4)),
            Settled(id_of(5)),
        ]
        assert store.settle_messages(settled, MINE) == {id_of(1), id_of(2), id_of(3)}
        assert [row.id for row in store.parked()] == [id_of(3)]
        assert [row.id for row in store.lease_messages(UNTIL, LATER, MINE, 9)] == [
            id_of(4),
            id_of(5),
            id_of(2),
        ]
        assert store.settle_messages([], MINE) == set()

    def test_a_message_that_was_sent_is_gone(self, store: Store) -> None:
        store.append(rows.messages(message(1)))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        assert settle(store, id_of(1), MINE, state=None)
        assert not settle(store, id_of(1), MINE, state=None)
        assert store.lease_messages(UNTIL, LATER, MINE, 9) == []

    def test_a_message_is_tried_again_later_and_counted(self, store: Store) -> None:
        store.append(rows.messages(message(1)))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        assert settle(store, id_of(1), MINE, state="waiting", due=NOW + 5, error="busy")
        assert store.lease_messages(NOW + 4, UNTIL, MINE, 9) == []
        expected = message(1, due=NOW + 5)._replace(lease=YOURS, tries=1, error="busy")
        assert store.lease_messages(NOW + 5, UNTIL, YOURS, 9) == [expected]

    def test_a_pause_that_is_no_try_is_not_counted(self, store: Store) -> None:
        store.append(rows.messages(message(1)))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        assert settle(store, id_of(1), MINE, state="waiting", due=NOW, counts=False)
        assert [row.tries for row in store.lease_messages(NOW, UNTIL, MINE, 9)] == [0]

    @pytest.mark.parametrize("state", [None, "waiting", "parked"])
    def test_a_lost_lease_settles_no_message(self, store: Store, state: str | None) -> None:
        store.append(rows.messages(message(1)))
        assert not settle(store, id_of(1), MINE, state=state)
        store.lease_messages(NOW, UNTIL, MINE, 9)
        store.lease_messages(UNTIL, LATER, YOURS, 9)
        assert not settle(store, id_of(1), MINE, state=state, due=1, error="late")
        again = store.lease_messages(LATER, LATER + 1, YOURS, 9)
        assert again == [message(1)._replace(lease=YOURS)]

    def test_a_dead_letter_holds_up_nothing(self, store: Store) -> None:
        store.append(rows.messages(message(1), message(2, version=2)))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        assert settle(store, id_of(1), MINE, state="parked", error="no such number")
        assert [row.id for row in store.lease_messages(NOW, UNTIL, MINE, 9)] == [id_of(2)]
        assert [(row.id, row.state, row.error, row.tries) for row in store.parked()] == [
            (id_of(1), "parked", "no such number", 1)
        ]

    def test_a_dead_letter_is_sent_again_when_asked(self, store: Store) -> None:
        store.append(rows.messages(message(1), message(2, version=2)))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        settle(store, id_of(1), MINE, state="parked", error="no such number")
        assert not store.requeue(id_of(2), NOW)
        assert not store.requeue(id_of(3), NOW)
        assert store.requeue(id_of(1), NOW)
        assert not store.requeue(id_of(1), NOW)
        expected = message(1, due=NOW)._replace(lease=YOURS)
        assert store.lease_messages(NOW, UNTIL, YOURS, 9) == [expected]
        assert store.parked() == []

    def test_dead_letters_are_read_in_pages(self, store: Store) -> None:
        store.append(rows.messages(*(message(number, number) for number in range(1, 8))))
        for row in store.lease_messages(NOW, UNTIL, MINE, 9):
            settle(store, row.id, MINE, state="parked")
        first = store.parked(limit=4)
        assert [row.id for row in first] == [id_of(n) for n in (1, 2, 3, 4)]
        assert [row.id for row in store.parked(after=first[-1].id)] == [id_of(n) for n in (5, 6, 7)]

    def test_messages_are_withdrawn_by_kind(self, store: Store) -> None:
        queued = [message(1, kind="due"), message(2, version=2), message(3, of=2, kind="due")]
        store.append(rows.messages(*queued))
        store.append(Batch(withdraw=[(id_of(1), "due")]))
        leased = store.lease_messages(NOW, UNTIL, MINE, 9)
        assert [row.id for row in leased] == [id_of(2), id_of(3)]

    def test_all_messages_of_a_stream_are_withdrawn_at_once(self, store: Store) -> None:
        queued = [message(1, kind="due"), message(2, version=2), message(3, of=2, kind="due")]
        store.append(rows.messages(*queued))
        store.append(Batch(withdraw=[(id_of(1), "*")], outbox=[message(4, version=3)]))
        leased = store.lease_messages(NOW, UNTIL, MINE, 9)
        assert [row.id for row in leased] == [id_of(3), id_of(4)]
        assert store.check().waiting == len(leased)

    def test_a_message_that_was_withdrawn_is_under_no_lease(self, store: Store) -> None:
        store.append(rows.messages(message(1)))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        store.append(Batch(withdraw=[(id_of(1), "*")]))
        assert not settle(store, id_of(1), MINE, state="waiting", due=NOW)
        assert store.lease_messages(UNTIL, LATER, YOURS, 9) == []

    def test_a_dead_letter_whose_cause_is_gone_is_withdrawn(self, store: Store) -> None:
        store.append(rows.messages(message(1), message(2, of=2)))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        settle(store, id_of(1), MINE, state="parked")
        settle(store, id_of(2), MINE, state="parked")
        store.append(Batch(withdraw=[(id_of(1), "told")]))
        assert [row.id for row in store.parked()] == [id_of(2)]
        assert not store.requeue(id_of(1), NOW)

    def test_threads_share_the_messages_out(self, store: Store) -> None:
        store.append(rows.messages(*(message(n, of=n) for n in range(MANY))))

        def lease_all(number: int) -> list[bytes]:
            token = bytes([number])
            pages = [store.lease_messages(NOW, UNTIL, token, 7) for _ in range(MANY)]
            return [row.id for page in pages for row in page]

        leased = [id for mine in together(lease_all, 4) for id in mine]
        assert sorted(leased) == [id_of(n) for n in range(MANY)]
