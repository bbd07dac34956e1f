"""What child processes do; it imports no pytest, so that a child starts quickly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from referral_flow.errors import ConcurrencyError
from referral_flow.ports import Batch, Settled, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import MakeStore, id_of, settle, settle_timer, stream
from referral_flow.testing.store_clauses.scenario import full_batch, prepare, wins

MOVES = 25
NOW, UNTIL = 100, 200
AT_ONCE = 8
"""How many deaths are tried at once."""
_PATIENCE = 120


def at_once(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run `work` in a process for each set of arguments, all starting together.

    Give what each gave, or None for one that died or did not come to an end.
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
        process.kill()
        process.join()
    return results


def _run(
    work: Callable[..., Any], arguments: tuple[Any, ...], barrier: Barrier, to: Connection
) -> None:
    barrier.wait(_PATIENCE)
    to.send(work(*arguments))


def _result(sender: Connection) -> Any:
    with sender:
        try:
            return sender.recv() if sender.poll(_PATIENCE) else None
        except EOFError:
            return None


def take(make_store: MakeStore, number: int) -> list[bool]:
    """Take one claim after the other; say which were won."""
    store = make_store("shared")
    won = [wins(store, Batch(take=[("paper", str(n), id_of(number))])) for n in range(MOVES)]
    store.close()
    return won


def move(make_store: MakeStore) -> int:
    """Move one stream again and again; say how many races were lost."""
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


def lease(make_store: MakeStore, number: int) -> tuple[list[bytes], list[bytes]]:
    """Lease and settle all that is due; give the streams of the timers and the messages."""
    store = make_store("shared")
    token = bytes([number])
    timers: list[bytes] = []
    messages: list[bytes] = []
    while got := store.lease_timers(NOW, UNTIL, token, 7):
        timers += [row.stream for row in got if settle_timer(store, row.stream, row.name, token)]
    while sent := store.lease_messages(NOW, UNTIL, token, 7):
        messages += [row.id for row in sent if settle(store, row.id, token, state=None)]
    store.close()
    return timers, messages


def open_new(make_store: MakeStore) -> bytes:
    """Open a store that may have to be made; give its secret."""
    store = make_store("new")
    secret = store.secret()
    store.close()
    return secret


def create(make_store: MakeStore) -> bool:
    """Create a stream in the shared store."""
    store = make_store("shared")
    store.append(rows.created(stream(1)))
    store.close()
    return True


def lease_digests(make_store: MakeStore, number: int) -> list[bytes]:
    """Lease the digests that are due; give the messages in them."""
    store = make_store("shared")
    leased: list[bytes] = []
    while page := store.lease_digest("mail", NOW, UNTIL, bytes([number])):
        leased += [row.id for row in page]
    store.close()
    return leased


def ask(make_store: MakeStore, number: int, most: int, day: str) -> int:
    """Ask to be granted one more, again and again; say how often that was granted."""
    store = make_store("shared")
    granted = sum(store.grant([("a", most)], day, f"{number}/{n}") for n in range(MOVES))
    store.close()
    return granted


def _append(store: Store) -> None:
    store.append(full_batch())


def _lease_some(store: Store) -> None:
    store.append(rows.messages(*(rows.message(n, of=n) for n in (1, 2, 3))))
    store.lease_messages(NOW, UNTIL, b"mine", 3)


def _settle(store: Store) -> None:
    outcomes = [Settled(id_of(1)), Settled(id_of(2), "waiting", NOW), Settled(id_of(3), "parked")]
    store.settle_messages(outcomes, b"mine")


ACTS: dict[str, tuple[Callable[[Store], None], Callable[[Store], None]]] = {
    "append": (prepare, _append),
    "settle": (_lease_some, _settle),
}
"""What a process may be killed in: what goes before, and what it does."""


def migrate_and_die(make_dying_store: Callable[[str, int], Store], where: str, at: int) -> bool:
    """Migrate a store that ends this process meanwhile."""
    store = make_dying_store(where, at)
    store.migrate()
    store.close()
    return True


def act_and_die(
    make_dying_store: Callable[[str, int], Store], where: str, at: int, what: str
) -> bool:
    """Do one of `ACTS` in a store that ends this process meanwhile."""
    store = make_dying_store(where, at)
    ACTS[what][1](store)
    store.close()
    return True
