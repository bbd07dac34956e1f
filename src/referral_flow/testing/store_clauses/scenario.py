"""What the clauses write: one batch that touches every table, and who may be in its way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from referral_flow.errors import CommandReused, ConcurrencyError, ReferralFlowError, Taken
from referral_flow.ports import Batch, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import command, event, id_of, stream

Result = TypeVar("Result")

COMMANDS = (1, 21, 22)
"""The commands of `prepare` and `full_batch`."""


def taken(number: int, of: int = 700) -> tuple[str, str, bytes]:
    """Give the claim `number` as stream `of` takes it."""
    return "paper", str(number), id_of(of)


def prepare(store: Store) -> None:
    """Write what the full batch builds on."""
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
