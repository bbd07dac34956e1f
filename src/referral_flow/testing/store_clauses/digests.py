"""Clauses of what waits for a digest, of what is counted on a day, and of dead letters given up."""

from __future__ import annotations

from referral_flow.ports import Batch, OutboxRow, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.appending import WithStore
from referral_flow.testing.store_clauses.rows import id_of, message, settle
from referral_flow.testing.store_clauses.scenario import together

MINE, YOURS = b"mine", b"yours"
NOW, UNTIL, LATER = 100, 200, 201
DAY, NEXT = "2013-05-02", "2013-05-03"
THREADS, EACH, MOST = 4, 10, 7


def put_aside(store: Store, *queued: OutboxRow, due: int = 50) -> None:
    """Queue messages, and let them wait for a digest."""
    store.append(rows.messages(*queued))
    for row in store.lease_messages(NOW, UNTIL, MINE, len(queued)):
        assert settle(store, row.id, MINE, state="digest", due=due, counts=False)


def to(number: int, recipient: str) -> OutboxRow:
    """Give message `number` of a stream of its own."""
    return message(number, of=number)._replace(recipient=recipient)


class DigestClauses(WithStore):
    """What waits for a digest is leased whole, for one recipient, and blocks nothing."""

    def test_a_digest_is_all_that_is_due_for_one_recipient(self, store: Store) -> None:
        put_aside(store, to(1, "b"), to(2, "a"), to(3, "b"))
        put_aside(store, to(4, "b"), due=NOW + 1)
        first = store.lease_digest("mail", NOW, UNTIL, MINE)
        second = store.lease_digest("mail", NOW, UNTIL, MINE)
        assert [(row.id, row.recipient, row.lease) for row in first] == [
            (id_of(1), "b", MINE),
            (id_of(3), "b", MINE),
        ]
        assert [row.id for row in second] == [id_of(2)]
        assert store.lease_digest("mail", NOW, UNTIL, MINE) == []

    def test_a_digest_is_of_one_notifier(self, store: Store) -> None:
        put_aside(store, to(1, "a"), to(2, "a")._replace(notifier="sms"))
        assert [row.id for row in store.lease_digest("sms", NOW, UNTIL, MINE)] == [id_of(2)]
        assert store.lease_digest("post", NOW, UNTIL, MINE) == []

    def test_a_digest_is_leased_once(self, store: Store) -> None:
        put_aside(store, to(1, "a"))
        assert len(store.lease_digest("mail", NOW, UNTIL, MINE)) == 1
        assert store.lease_digest("mail", NOW, UNTIL, YOURS) == []
        again = store.lease_digest("mail", UNTIL, LATER, YOURS)
        assert [row.id for row in again] == [id_of(1)]
        assert not settle(store, id_of(1), MINE, state=None)
        assert settle(store, id_of(1), YOURS, state=None)

    def test_what_waits_for_a_digest_holds_up_nothing_and_is_counted(self, store: Store) -> None:
        put_aside(store, message(1))
        store.append(rows.messages(message(2, version=2)))
        assert [row.id for row in store.lease_messages(NOW, UNTIL, MINE, 9)] == [id_of(2)]
        assert store.check().waiting == len((id_of(1), id_of(2)))

    def test_what_waits_for_a_digest_is_withdrawn_by_kind(self, store: Store) -> None:
        put_aside(store, to(1, "a"), to(2, "a"))
        store.append(Batch(withdraw=[(id_of(1), "told"), (id_of(2), "other")]))
        assert [row.id for row in store.lease_digest("mail", NOW, UNTIL, MINE)] == [id_of(2)]

    def test_withdrawing_ends_the_lease_of_a_digest(self, store: Store) -> None:
        put_aside(store, to(1, "a"))
        store.lease_digest("mail", NOW, UNTIL, MINE)
        store.append(Batch(withdraw=[(id_of(1), "*")]))
        assert not settle(store, id_of(1), MINE, state="waiting", due=NOW)
        assert store.check().waiting == 0

    def test_threads_share_the_digests_out(self, store: Store) -> None:
        queued = [to(n, str(n % EACH)) for n in range(1, 4 * EACH + 1)]
        put_aside(store, *queued)

        def lease_all(number: int) -> list[list[OutboxRow]]:
            token = bytes([number])
            return [store.lease_digest("mail", NOW, UNTIL, token) for _ in range(EACH)]

        leased = [page for mine in together(lease_all, THREADS) for page in mine if page]
        assert [len(page) for page in leased] == [4] * EACH
        assert sorted(row.id for page in leased for row in page) == [row.id for row in queued]


class GrantClauses(WithStore):
    """How many are sent on a day is counted by the store, for all who send."""

    def test_no_more_is_granted_on_a_day_than_the_most(self, store: Store) -> None:
        granted = [store.grant([("a", 2)], DAY, str(n)) for n in range(4)]
        assert granted == [True, True, False, False]
        assert store.grant([("b", 2)], DAY, "0")
        assert store.grant([("a", 2)], NEXT, "0")
        assert not store.grant([("c", 0)], DAY, "0")

    def test_the_last_key_is_granted_again_without_being_counted(self, store: Store) -> None:
        assert [store.grant([("a", 2)], DAY, "x") for _ in range(3)] == [True] * 3
        assert [store.grant([("a", 2)], DAY, key) for key in "yyz"] == [True, True, False]

    def test_under_many_names_all_is_granted_or_nothing(self, store: Store) -> None:
        store.grant([("full", 1)], DAY, "x")
        for _ in range(3):
            assert not store.grant([("a", 1), ("full", 1)], DAY, "y")
        assert store.grant([("a", 1), ("b", 1)], DAY, "z")
        assert not store.grant([("b", 1)], DAY, "y")

    def test_what_was_not_used_is_given_back(self, store: Store) -> None:
        store.grant([("a", 1)], DAY, "x")
        store.give_back(["a"], DAY, "other")
        assert not store.grant([("a", 1)], DAY, "y")
        store.give_back(["a", "b"], DAY, "x")
        store.give_back(["a", "b"], DAY, "x")
        assert [store.grant([("a", 1)], DAY, key) for key in "yz"] == [True, False]

    def test_days_that_are_over_are_forgotten(self, store: Store) -> None:
        for day in (DAY, NEXT):
            store.grant([("a", 1)], day, "x")
        store.forget_grants(NEXT)
        assert store.grant([("a", 1)], DAY, "y")
        assert not store.grant([("a", 1)], NEXT, "y")

    def test_threads_are_granted_no_more_together(self, store: Store) -> None:
        def ask(number: int) -> int:
            return sum(store.grant([("a", MOST)], DAY, f"{number}/{n}") for n in range(EACH))

        assert sum(together(ask, THREADS)) == MOST


class DroppingClauses(WithStore):
    """A dead letter can be given up; what is none cannot."""

    def test_a_dead_letter_is_given_up(self, store: Store) -> None:
        store.append(rows.messages(message(1), message(2, of=2)))
        store.lease_messages(NOW, UNTIL, MINE, 9)
        settle(store, id_of(1), MINE, state="parked")
        assert not store.drop(id_of(2), "a slip")
        assert not store.drop(id_of(3), "a slip")
        assert store.drop(id_of(1), "the mailbox is closed")
        assert not store.drop(id_of(1), "again")
        assert store.parked() == []
        assert not store.requeue(id_of(1), NOW)
        assert store.check().parked == 0
