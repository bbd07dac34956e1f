"""Clauses for stores that outlive their process, and are shared by several."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from referral_flow.ports import Batch, Store
from referral_flow.testing.store_clauses import children, rows
from referral_flow.testing.store_clauses.children import AT_ONCE, MOVES, NOW, UNTIL, at_once
from referral_flow.testing.store_clauses.digests import DAY, MOST, put_aside, to
from referral_flow.testing.store_clauses.queues import MINE, YOURS
from referral_flow.testing.store_clauses.rows import (
    MakeStore,
    id_of,
    message,
    settle,
    settle_timer,
    stream,
    timer,
)
from referral_flow.testing.store_clauses.scenario import COMMANDS, full_batch, prepare
from referral_flow.testing.versions import Versioned

PROCESSES = 4


class DurableClauses(Versioned):
    """What was acknowledged is there when the store is opened again."""

    def test_everything_is_there_after_reopening(self, make_store: MakeStore) -> None:
        store = make_store("again")
        prepare(store)
        store.append(full_batch())
        before = rows.everything(store, COMMANDS)
        store.close()
        store = make_store("again")
        assert rows.everything(store, COMMANDS) == before
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
        assert settle_timer(store, id_of(1), "remind", MINE)
        assert settle(store, id_of(1), MINE, state=None)
        store.close()


class ProcessClauses(Versioned):
    """Several processes share a store; `make_store` must be one that can be pickled."""

    def test_processes_lose_no_update_of_each_other(self, make_store: MakeStore) -> None:
        store = make_store("shared")
        store.append(rows.created(stream(1)))
        assert None not in at_once(children.move, [(make_store,)] * PROCESSES)
        moves = PROCESSES * MOVES
        assert store.scan() == [stream(1, 1 + moves)]
        assert [row.version for row, _ in store.history(id_of(1))] == list(range(1, moves + 2))
        store.close()

    def test_processes_that_race_for_claims_have_one_winner_each(
        self, make_store: MakeStore
    ) -> None:
        make_store("shared").close()
        won = at_once(children.take, [(make_store, number) for number in range(PROCESSES)])
        assert [sum(each) for each in zip(*won, strict=True)] == [1] * MOVES

    def test_processes_share_out_what_is_due(self, make_store: MakeStore) -> None:
        many = range(200)
        store = make_store("shared")
        timers, messages = [timer(n) for n in many], [message(n, of=n) for n in many]
        store.append(Batch(timers=timers, outbox=messages))
        shares = at_once(children.lease, [(make_store, number) for number in range(PROCESSES)])
        assert sorted(id for share, _ in shares for id in share) == [id_of(n) for n in many]
        assert sorted(id for _, share in shares for id in share) == [id_of(n) for n in many]
        store.close()

    def test_processes_share_out_the_digests(self, make_store: MakeStore) -> None:
        many = range(1, 41)
        store = make_store("shared")
        put_aside(store, *(to(n, str(n % 8)) for n in many))
        shares = at_once(children.lease_digests, [(make_store, n) for n in range(PROCESSES)])
        assert sorted(id for share in shares for id in share) == [id_of(n) for n in many]
        store.close()

    def test_processes_are_granted_no_more_together(self, make_store: MakeStore) -> None:
        make_store("shared").close()
        asked = [(make_store, number, MOST, DAY) for number in range(PROCESSES)]
        assert sum(at_once(children.ask, asked)) == MOST

    def test_a_store_is_made_once_by_processes_that_open_it_at_once(
        self, make_store: MakeStore
    ) -> None:
        secrets = at_once(children.open_new, [(make_store,)] * PROCESSES)
        store = make_store("new")
        assert set(secrets) == {store.secret()}
        store.close()

    def test_readers_see_what_another_process_wrote(self, make_store: MakeStore) -> None:
        store = make_store("shared")
        assert store.scan() == []
        assert at_once(children.create, [(make_store,)]) == [True]
        assert store.scan() == [stream(1)]
        store.close()


class KilledClauses(Versioned):
    """A process may die at any statement.

    Needs the fixture `make_dying_store`, which can be pickled: `make_dying_store(where, at)`
    opens a store that ends its process, with no farewell, when the statement `at` begins of
    those that it is asked for next.
    """

    @pytest.mark.parametrize("what", children.ACTS)
    def test_a_process_killed_at_any_statement_leaves_all_or_nothing(
        self, make_store: MakeStore, make_dying_store: Callable[[str, int], Store], what: str
    ) -> None:
        before, act = children.ACTS[what]
        store = make_store("whole")
        before(store)
        nothing = rows.everything(store, COMMANDS)
        act(store)
        whole = rows.everything(store, COMMANDS)
        store.close()
        left = list(_killed_at_each(make_store, make_dying_store, what))
        assert left[0] == (None, nothing)
        assert left[-1] == (True, whole)
        assert all(found in ((None, nothing), (None, whole), (True, whole)) for found in left)


def _killed_at_each(
    make_store: MakeStore, make_dying_store: Callable[[str, int], Store], what: str
) -> Iterator[tuple[bool | None, dict[str, Any]]]:
    before, _ = children.ACTS[what]
    for first in count(1, AT_ONCE):
        places = [(f"killed-{at}", at) for at in range(first, first + AT_ONCE)]
        for where, _ in places:
            store = make_store(where)
            before(store)
            store.close()
        asked = [(make_dying_store, *place, what) for place in places]
        lived = at_once(children.act_and_die, asked)
        for (where, _), alive in zip(places, lived, strict=True):
            store = make_store(where)
            yield alive, rows.everything(store, COMMANDS)
            store.close()
        if lived[-1]:
            return
