"""Clauses of `append`: versions, commands, claims, and all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from attrs import evolve

from referral_flow.errors import CommandReused, ConcurrencyError, ReferralFlowError, Taken
from referral_flow.ports import Batch, Claim, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import MakeStore, command, event, id_of, stream

Result = TypeVar("Result")

ROUNDS = 20
BULK = 1000
PAPER = Claim("paper", "15/GT")


class WithStore:
    """Bring the fixture `store`, a new one for each clause, made by the author's `make_store`."""

    @pytest.fixture
    def store(self, make_store: MakeStore) -> Iterator[Store]:
        store = make_store("store")
        yield store
        store.close()


def together(work: Callable[[int], Result], threads: int) -> list[Result]:
    """Run `work(n)` in threads that start at the same moment; give what each gave."""
    barrier = Barrier(threads)

    def run(number: int) -> Result:
        barrier.wait(60)
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def wins(store: Store, batch: Batch) -> bool:
    """Append a batch; say whether it got in."""
    try:
        store.append(batch)
    except (ConcurrencyError, Taken, CommandReused):
        return False
    return True


class AppendClauses(WithStore):
    """What a batch writes is there, whole; what it may not write leaves nothing."""

    def test_what_is_appended_is_read_back(self, store: Store) -> None:
        row = stream(1, state="mở", requester="w-2", owner="r-7", mark="tốt", due=5)
        row = row._replace(data=rows.AWKWARD)
        first = event(1, now="mở", mark="tốt", requester="w-2", owner="r-7")
        store.append(
            Batch([command(9)], [(row, 0)], events=[first], words=[rows.words(1)])
        )
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
            move = rows.moved(1, version)
            assert sorted(together(lambda _, move=move: wins(store, move), 2)) == [False, True]
        assert len(store.history(id_of(1))) == store.scan()[0].version

    def test_a_version_that_was_relied_on_must_stand(self, store: Store) -> None:
        store.append(rows.created(stream(1), stream(2)))
        store.append(evolve(rows.moved(1, 2), read=[(id_of(2), 1), (id_of(3), 0)]))
        for read in ((id_of(2), 2), (id_of(2), 0), (id_of(3), 1)):
            with pytest.raises(ConcurrencyError) as told:
                store.append(evolve(rows.moved(1, 3), read=[(id_of(1), 2), read]))
            assert told.value.data["stream"] == read[0].hex()

    def test_a_command_id_is_used_once(self, store: Store) -> None:
        store.append(evolve(rows.created(stream(1)), commands=[command(9)]))
        with pytest.raises(CommandReused) as told:
            store.append(evolve(rows.moved(1, 2), commands=[command(9)]))
        assert told.value.data["command_id"] == id_of(9).hex()
        assert store.load([id_of(1)], id_of(9)) == ({id_of(1): stream(1)}, command(9))

    def test_a_command_sent_twice_at_once_is_done_once(self, store: Store) -> None:
        def send(number: int) -> bool:
            return wins(store, evolve(rows.created(stream(number)), commands=[command(99)]))

        assert sum(together(send, 4)) == 1
        assert store.check().streams == 1

    def test_a_thousand_streams_are_written_at_once(self, store: Store) -> None:
        many = [stream(number) for number in range(BULK)]
        store.append(rows.created(*many))
        assert store.load([row.id for row in many])[0] == {row.id: row for row in many}

    def test_the_one_of_many_that_is_in_the_way_is_named(self, store: Store) -> None:
        many = [stream(number) for number in range(BULK)]
        store.append(evolve(rows.created(many[700]), commands=[command(30)], take=[taken(40)]))
        commands = [command(number) for number in range(BULK)]
        takes = [taken(number, of=701) for number in range(BULK)]
        rest = rows.created(*many[:700], *many[701:])
        with pytest.raises(ConcurrencyError) as moved:
            store.append(rows.created(*many))
        with pytest.raises(CommandReused) as reused:
            store.append(evolve(rest, commands=commands))
        with pytest.raises(Taken) as claimed:
            store.append(evolve(rest, take=takes))
        assert moved.value.data["stream"] == id_of(700).hex()
        assert reused.value.data["command_id"] == id_of(30).hex()
        assert (claimed.value.kind, claimed.value.value) == ("paper", "40")
        assert store.scan() == [many[700]]


def taken(number: int, of: int = 700) -> tuple[str, str, bytes]:
    """Give the claim `number` as stream `of` takes it."""
    return "paper", str(number), id_of(of)


def full_batch() -> Batch:
    """Give a batch that writes to every table, over what `prepare` wrote."""
    return Batch(
        commands=[command(21), command(22)],
        streams=[(stream(n, 2, state="closed"), 1) for n in (1, 2, 3)] + [(stream(4), 0)],
        read=[(id_of(5), 1), (id_of(6), 1)],
        events=[event(n, 2, was="open", now="closed") for n in (1, 2, 3)] + [event(4, now="open")],
        words=[rows.words(1, 2), rows.words(4)],
        free=[taken(1, of=1)],
        take=[taken(1, of=4), taken(11, of=1), taken(12, of=2)],
        cancel=[(id_of(1), "*")],
        timers=[rows.timer(2, due=99), rows.timer(4)],
        withdraw=[(id_of(1), "*")],
        outbox=[rows.message(11, 2, 2), rows.message(12, 4)],
    )


def prepare(store: Store) -> None:
    store.append(
        Batch(
            commands=[command(1)],
            streams=[(stream(n), 0) for n in (1, 2, 3, 5, 6)],
            events=[event(n, now="open") for n in (1, 2, 3, 5, 6)],
            words=[rows.words(1)],
            take=[taken(1, of=1), taken(2, of=2), taken(3, of=6)],
            timers=[rows.timer(1), rows.timer(1, "other"), rows.timer(2)],
            outbox=[rows.message(1, 1), rows.message(2, 2)],
        )
    )


IN_THE_WAY: dict[str, tuple[type[ReferralFlowError], Batch]] = {
    "first command": (CommandReused, Batch(commands=[command(21)])),
    "last command": (CommandReused, Batch(commands=[command(22)])),
    "first stream": (ConcurrencyError, Batch(streams=[(stream(1, 2), 1)])),
    "middle stream": (ConcurrencyError, Batch(streams=[(stream(2, 2), 1)])),
    "last stream": (ConcurrencyError, Batch(streams=[(stream(3, 2), 1)])),
    "new stream": (ConcurrencyError, Batch(streams=[(stream(4), 0)])),
    "first stream read": (ConcurrencyError, Batch(streams=[(stream(5, 2), 1)])),
    "last stream read": (ConcurrencyError, Batch(streams=[(stream(6, 2), 1)])),
    "event": (ConcurrencyError, Batch(events=[event(3, 2)])),
    "words": (ConcurrencyError, Batch(words=[rows.words(1, 2)])),
    "first claim": (Taken, Batch(free=[taken(1, of=1)], take=[taken(1, of=6)])),
    "middle claim": (Taken, Batch(take=[taken(11, of=6)])),
    "last claim": (Taken, Batch(take=[taken(12, of=6)])),
    "message": (ConcurrencyError, Batch(outbox=[rows.message(12, 3)])),
}
"""What another process could have written meanwhile, and what the full batch then raises."""


class AllOrNothingClauses(WithStore):
    """A batch that is refused at any place leaves the store as it was."""

    @pytest.mark.parametrize("place", IN_THE_WAY)
    def test_a_refused_batch_leaves_nothing(self, store: Store, place: str) -> None:
        error, meanwhile = IN_THE_WAY[place]
        prepare(store)
        store.append(meanwhile)
        before = rows.everything(store, (1, 21, 22))
        with pytest.raises(error):
            store.append(full_batch())
        assert rows.everything(store, (1, 21, 22)) == before
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


class ClaimClauses(WithStore):
    """A claim has one holder, who can let it go."""

    def test_a_claim_is_held_by_one_stream(self, store: Store) -> None:
        store.append(evolve(rows.created(stream(1)), take=[(*PAPER, id_of(1))]))
        with pytest.raises(Taken) as told:
            store.append(evolve(rows.created(stream(2)), take=[(*PAPER, id_of(2))]))
        assert (told.value.kind, told.value.value) == PAPER
        assert store.holders([PAPER, Claim("paper", "16/GT")]) == {PAPER: id_of(1)}

    def test_the_kind_is_a_part_of_a_claim(self, store: Store) -> None:
        others = [("number", "15/GT", id_of(2)), ("paper", "15/gt", id_of(3))]
        store.append(Batch(take=[(*PAPER, id_of(1)), *others]))
        assert len(store.holders([PAPER, Claim("number", "15/GT"), Claim("paper", "15/gt")])) == len(
            [PAPER, *others]
        )

    def test_taking_what_one_holds_is_nothing(self, store: Store) -> None:
        take = Batch(take=[(*PAPER, id_of(1))])
        store.append(take)
        store.append(take)
        assert store.holders([PAPER]) == {PAPER: id_of(1)}

    def test_a_claim_is_freed_and_taken_in_one_batch(self, store: Store) -> None:
        store.append(Batch(take=[(*PAPER, id_of(1))]))
        store.append(Batch(free=[(*PAPER, id_of(1))], take=[(*PAPER, id_of(2))]))
        assert store.holders([PAPER]) == {PAPER: id_of(2)}

    def test_a_claim_that_was_freed_is_free(self, store: Store) -> None:
        store.append(Batch(take=[(*PAPER, id_of(1))]))
        store.append(Batch(free=[(*PAPER, id_of(1))]))
        assert store.holders([PAPER]) == {}

    def test_nobody_frees_the_claim_of_another(self, store: Store) -> None:
        store.append(Batch(take=[(*PAPER, id_of(1))]))
        store.append(Batch(free=[(*PAPER, id_of(2))]))
        assert store.holders([PAPER]) == {PAPER: id_of(1)}

    def test_a_claim_that_threads_race_for_has_one_winner(self, store: Store) -> None:
        for value in map(str, range(ROUNDS)):

            def take(number: int, value: str = value) -> bool:
                return wins(store, Batch(take=[("paper", value, id_of(number))]))

            assert sum(together(take, 4)) == 1

    def test_what_streams_hold_is_told(self, store: Store) -> None:
        take = [("b", "2", id_of(1)), ("a", "9", id_of(2)), ("a", "1", id_of(1)), ("c", "1", id_of(3))]
        timers = [rows.timer(2, "b"), rows.timer(2, "a"), rows.timer(1), rows.timer(3)]
        store.append(Batch(take=take, timers=timers))
        claims, held = store.held([id_of(2), id_of(1)])
        assert sorted(claims) == sorted(take[:3])
        assert sorted(held) == sorted(timers[:3])
        assert store.held([]) == ([], [])
