"""Clauses for stores that outlive their process, and are shared by several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from attrs import evolve

from referral_flow.errors import ConcurrencyError
from referral_flow.ports import Batch, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.appending import full_batch, prepare, wins
from referral_flow.testing.store_clauses.queues import MINE, NOW, UNTIL, YOURS
from referral_flow.testing.store_clauses.rows import MakeStore, id_of, message, stream, timer

PROCESSES = 4
MOVES = 25
AT_ONCE = 6
_PATIENCE = 120


class DurableClauses:
    """What was acknowledged is there when the store is opened again."""

    def test_everything_is_there_after_reopening(self, make_store: MakeStore) -> None:
        store = make_store("again")
        prepare(store)
        store.append(full_batch())
        before = rows.everything(store, (1, 21, 22))
        store.close()
        store = make_store("again")
        assert rows.everything(store, (1, 21, 22)) == before
        store.close()

    def test_the_secret_stays(self, make_store: MakeStore) -> None:
        store = make_store("again")
        secret = store.secret()
        store.close()
        store = make_store("again")
        assert store.secret() == secret
        store.close()

    def test_leases_stay(self, make_store: MakeStore) -> None:
        store = make_store("again")
        store.append(Batch(timers=[timer(1)], outbox=[message(1)]))
        store.lease_timers(NOW, UNTIL, MINE, 9)
        store.lease_messages(NOW, UNTIL, MINE, 9)
        store.close()
        store = make_store("again")
        assert store.lease_timers(NOW, UNTIL, YOURS, 9) == []
        assert store.lease_messages(NOW, UNTIL, YOURS, 9) == []
        assert store.settle_timer(id_of(1), "remind", MINE)
        assert store.settle_message(id_of(1), MINE, state=None)
        store.close()


def at_once(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run `work` in a process for each set of arguments, all starting together.

    Give what each gave, or None for one that died.
    """
    context = get_context("spawn")
    barrier = context.Barrier(len(arguments))
    running = []
    for each in arguments:
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(work, each, barrier, theirs))
        process.start()
        theirs.close()
        running.append((process, mine))
    results = [_result(mine) for _, mine in running]
    for process, _ in running:
        process.join(_PATIENCE)
    return results


def _run(
    work: Callable[..., Any], arguments: tuple[Any, ...], barrier: Barrier, to: Connection
) -> None:
    barrier.wait(_PATIENCE)
    to.send(work(*arguments))


def _result(sender: Connection) -> Any:
    with sender:
        try:
            return sender.recv()
        except EOFError:
            return None


def _take(make_store: MakeStore, number: int) -> list[bool]:
    store = make_store("shared")
    won = [wins(store, Batch(take=[("paper", str(n), id_of(number))])) for n in range(MOVES)]
    store.close()
    return won


def _move(make_store: MakeStore) -> int:
    store = make_store("shared")
    lost = 0
    for _ in range(MOVES):
        while True:
            version = store.load([id_of(1)])[0][id_of(1)].version
            try:
                store.append(rows.moved(1, version + 1))
            except ConcurrencyError:
                lost += 1
            else:
                break
    store.close()
    return lost


def _lease(make_store: MakeStore, number: int) -> tuple[list[bytes], list[bytes]]:
    store = make_store("shared")
    token = bytes([number])
    timers: list[bytes] = []
    messages: list[bytes] = []
    while got := store.lease_timers(NOW, UNTIL, token, 7):
        timers += [row.stream for row in got if store.settle_timer(row.stream, row.name, token)]
    while sent := store.lease_messages(NOW, UNTIL, token, 7):
        messages += [row.id for row in sent if store.settle_message(row.id, token, state=None)]
    store.close()
    return timers, messages


class ProcessClauses:
    """Several processes share a store; `make_store` must be one that can be pickled."""

    def test_processes_lose_no_update_of_each_other(self, make_store: MakeStore) -> None:
        store = make_store("shared")
        store.append(rows.created(stream(1)))
        assert None not in at_once(_move, [(make_store,)] * PROCESSES)
        moves = PROCESSES * MOVES
        assert store.scan() == [stream(1, 1 + moves)]
        assert [row.version for row, _ in store.history(id_of(1))] == list(range(1, moves + 2))
        store.close()

    def test_processes_that_race_for_claims_have_one_winner_each(
        self, make_store: MakeStore
    ) -> None:
        make_store("shared").close()
        won = at_once(_take, [(make_store, number) for number in range(PROCESSES)])
        assert [sum(each) for each in zip(*won, strict=True)] == [1] * MOVES

    def test_processes_share_out_what_is_due(self, make_store: MakeStore) -> None:
        many = range(200)
        store = make_store("shared")
        timers, messages = [timer(n) for n in many], [message(n, of=n) for n in many]
        store.append(Batch(timers=timers, outbox=messages))
        shares = at_once(_lease, [(make_store, number) for number in range(PROCESSES)])
        assert sorted(id for share, _ in shares for id in share) == [id_of(n) for n in many]
        assert sorted(id for _, share in shares for id in share) == [id_of(n) for n in many]
        store.close()

    def test_a_store_is_made_once_by_processes_that_open_it_at_once(
        self, make_store: MakeStore
    ) -> None:
        secrets = at_once(_open, [(make_store,)] * PROCESSES)
        store = make_store("new")
        assert set(secrets) == {store.secret()}
        store.close()

    def test_readers_see_what_another_process_wrote(self, make_store: MakeStore) -> None:
        store = make_store("shared")
        assert store.scan() == []
        assert at_once(_create, [(make_store,)]) == [True]
        assert store.scan() == [stream(1)]
        store.close()


def _open(make_store: MakeStore) -> bytes:
    store = make_store("new")
    secret = store.secret()
    store.close()
    return secret


def _create(make_store: MakeStore) -> bool:
    store = make_store("shared")
    store.append(rows.created(stream(1)))
    store.close()
    return True


def _die_appending(make_dying_store: Callable[[str, int], Store], where: str, at: int) -> bool:
    store = make_dying_store(where, at)
    store.append(evolve(full_batch()))
    return True


class KilledClauses:
    """A process may die at any statement.

    Needs the fixture `make_dying_store`, which can be pickled: `make_dying_store(where, at)`
    opens a store that ends its process, with no farewell, when statement `at` of an append
    begins.
    """

    def test_a_process_killed_at_any_statement_leaves_all_or_nothing(
        self, make_store: MakeStore, make_dying_store: Callable[[str, int], Store]
    ) -> None:
        store = make_store("whole")
        prepare(store)
        nothing = rows.everything(store, (1, 21, 22))
        store.append(full_batch())
        whole = rows.everything(store, (1, 21, 22))
        store.close()
        left = list(_killed_at_each(make_store, make_dying_store))
        assert left[0] == (None, nothing)
        assert left[-1] == (True, whole)
        assert all(found in ((None, nothing), (None, whole), (True, whole)) for found in left)


def _killed_at_each(
    make_store: MakeStore, make_dying_store: Callable[[str, int], Store]
) -> Iterator[tuple[bool | None, dict[str, Any]]]:
    for first in count(1, AT_ONCE):
        places = [(f"killed-{at}", at) for at in range(first, first + AT_ONCE)]
        for where, _ in places:
            store = make_store(where)
            prepare(store)
            store.close()
        lived = at_once(_die_appending, [(make_dying_store, *place) for place in places])
        for (where, _), alive in zip(places, lived, strict=True):
            store = make_store(where)
            yield alive, rows.everything(store, (1, 21, 22))
            store.close()
        if lived[-1]:
            return
