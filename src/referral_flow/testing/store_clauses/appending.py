"""Clauses of `append`: versions, commands, and all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest

from referral_flow.engine.record import change
from referral_flow.errors import CommandReused, ConcurrencyError, Taken
from referral_flow.ports import Batch, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import MakeStore, command, event, id_of, stream
from referral_flow.testing.store_clauses.scenario import (
    COMMANDS,
    IN_THE_WAY,
    full_batch,
    prepare,
    taken,
    together,
    wins,
)
from referral_flow.testing.versions import Versioned

ROUNDS = 20
BULK = 1000


class WithStore(Versioned):
    """Bring the fixture `store`, a new one for each clause, made by the author's `make_store`."""

    @pytest.fixture
    def store(self, make_store: MakeStore) -> Iterator[Store]:
        store = make_store("store")
        yield store
        store.close()


class AppendClauses(WithStore):
    """What a batch writes is there, whole; what it may not write leaves nothing."""

    def test_what_is_appended_is_read_back(self, store: Store) -> None:
        row = stream(1, state="mở", requester="w-2", owner="r-7", mark="tốt", due=5)
        row = row._replace(data=rows.AWKWARD)
        first = event(1, now="mở", mark="tốt", requester="w-2", owner="r-7")
        store.append(Batch([command(9)], [(row, 0)], events=[first], words=[rows.words(1)]))
        assert store.load([id_of(1)], id_of(9)) == ({id_of(1): row}, command(9))
        assert store.history(id_of(1)) == [(first, rows.words(1))]

    def test_what_is_not_there_is_left_out(self, store: Store) -> None:
        store.append(rows.created(stream(1)))
        assert store.load([id_of(2), id_of(1)], id_of(3)) == ({id_of(1): stream(1)}, None)
        assert store.load([]) == ({}, None)
        assert store.history(id_of(2)) == []

    def test_several_streams_are_written_at_once(self, store: Store) -> None:
        store.append(rows.created(stream(3), stream(1), stream(2)))
        assert store.scan() == [stream(1), stream(2), stream(3)]

    def test_a_stream_moves_to_its_next_version(self, store: Store) -> None:
        store.append(rows.created(stream(1, owner="r-1")))
        store.append(rows.moved(1, 2, owner="r-2", state="closed"))
        assert store.scan() == [stream(1, 2, owner="r-2", state="closed")]

    def test_a_stale_version_is_told(self, store: Store) -> None:
        store.append(rows.created(stream(1)))
        store.append(rows.moved(1, 2))
        with pytest.raises(ConcurrencyError) as told:
            store.append(rows.moved(1, 2))
        assert told.value.data["stream"] == id_of(1).hex()

    def test_a_stream_is_created_once(self, store: Store) -> None:
        store.append(rows.created(stream(1)))
        with pytest.raises(ConcurrencyError):
            store.append(rows.created(stream(1, state="other")))
        assert store.scan() == [stream(1)]

    def test_what_was_never_created_cannot_be_moved(self, store: Store) -> None:
        with pytest.raises(ConcurrencyError):
            store.append(rows.moved(1, 2))
        assert store.scan() == []

    def test_a_lost_update_is_told(self, store: Store) -> None:
        store.append(rows.created(stream(1)))
        for version in range(2, ROUNDS):
            assert _race(store, rows.moved(1, version)) == [False, True]
        assert len(store.history(id_of(1))) == store.scan()[0].version

    def test_a_version_that_was_relied_on_must_stand(self, store: Store) -> None:
        store.append(rows.created(stream(1), stream(2)))
        store.append(change(rows.moved(1, 2), read=[(id_of(2), 1), (id_of(3), 0)]))
        for read in ((id_of(2), 2), (id_of(2), 0), (id_of(3), 1)):
            with pytest.raises(ConcurrencyError) as told:
                store.append(change(rows.moved(1, 3), read=[(id_of(4), 0), read]))
            assert told.value.data["stream"] == read[0].hex()

    def test_a_command_id_is_used_once(self, store: Store) -> None:
        store.append(change(rows.created(stream(1)), commands=[command(9)]))
        with pytest.raises(CommandReused) as told:
            store.append(change(rows.moved(1, 2), commands=[command(9)]))
        assert told.value.data["command_id"] == id_of(9).hex()
        assert store.load([id_of(1)], id_of(9)) == ({id_of(1): stream(1)}, command(9))

    def test_a_command_sent_twice_at_once_is_done_once(self, store: Store) -> None:
        def send(number: int) -> bool:
            return wins(store, change(rows.created(stream(number)), commands=[command(99)]))

        assert sum(together(send, 4)) == 1
        assert store.check().streams == 1

    def test_an_empty_batch_is_nothing(self, store: Store) -> None:
        store.append(Batch())
        assert rows.everything(store)["counts"] == (0, 0, 0, 0, 0)

    def test_a_reader_sees_a_batch_whole(self, store: Store) -> None:
        both = [id_of(1), id_of(2)]
        store.append(rows.created(stream(1), stream(2)))
        written = Event()

        def write() -> bool:
            try:
                for to in range(2, ROUNDS):
                    moves = [(stream(number, to), to - 1) for number in (1, 2)]
                    store.append(Batch(streams=moves))
            finally:
                written.set()
            return True

        def read() -> bool:
            seen = [store.load(both)[0]]
            while not written.is_set():
                seen.append(store.load(both)[0])
            return all(len({row.version for row in found.values()}) == 1 for found in seen)

        assert all(together(lambda number: read() if number else write(), 3))

    def test_a_thousand_streams_are_written_at_once(self, store: Store) -> None:
        many = [stream(number) for number in range(BULK)]
        store.append(rows.created(*many))
        assert store.load([row.id for row in many])[0] == {row.id: row for row in many}

    def test_the_one_of_many_that_is_in_the_way_is_named(self, store: Store) -> None:
        many = [stream(number) for number in range(BULK)]
        store.append(change(rows.created(many[700]), commands=[command(30)], take=[taken(40)]))
        commands = [command(number) for number in range(BULK)]
        takes = [taken(number, of=701) for number in range(BULK)]
        rest = rows.created(*many[:700], *many[701:])
        with pytest.raises(ConcurrencyError) as moved:
            store.append(rows.created(*many))
        with pytest.raises(CommandReused) as reused:
            store.append(change(rest, commands=commands))
        with pytest.raises(Taken) as claimed:
            store.append(change(rest, take=takes))
        assert moved.value.data["stream"] == id_of(700).hex()
        assert reused.value.data["command_id"] == id_of(30).hex()
        assert (claimed.value.kind, claimed.value.value) == ("paper", "40")
        assert store.scan() == [many[700]]


def _race(store: Store, batch: Batch) -> list[bool]:
    return sorted(together(lambda _: wins(store, batch), 2))


class AllOrNothingClauses(WithStore):
    """A batch that is refused at any place leaves the store as it was."""

    @pytest.mark.parametrize("place", IN_THE_WAY)
    def test_a_refused_batch_leaves_nothing(self, store: Store, place: str) -> None:
        error, meanwhile = IN_THE_WAY[place]
        prepare(store)
        store.append(meanwhile)
        before = rows.everything(store, COMMANDS)
        with pytest.raises(error):
            store.append(full_batch())
        assert rows.everything(store, COMMANDS) == before
        waiting = store.lease_messages(10, 20, b"token", rows.MANY)
        assert {row.id for row in waiting} == {id_of(1), id_of(2)} | {
            row.id for row in meanwhile.outbox
        }

    def test_a_batch_that_nothing_refuses_is_written_whole(self, store: Store) -> None:
        prepare(store)
        store.append(full_batch())
        after = rows.everything(store, (21, 22))
        assert [row.version for row in after["streams"]] == [2, 2, 2, 1, 1, 1]
        assert after["commands"] == [command(21), command(22)]
        assert [len(history) for history in after["histories"]] == [2, 2, 2, 1, 1, 1]
        assert {(claim, holder) for _, claim, holder in after["held"][0]} == {
            ("1", id_of(4)), ("2", id_of(2)), ("3", id_of(6)), ("11", id_of(1)), ("12", id_of(2))
        }  # fmt: skip
        assert after["timers"] == [rows.timer(4), rows.timer(2, due=99)]
        sent = store.lease_messages(10, 20, b"token", rows.MANY)
        assert [row.id for row in sent] == [id_of(2), id_of(12)]
