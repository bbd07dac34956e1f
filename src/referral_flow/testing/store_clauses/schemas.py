"""Clauses for a store whose schema has been another one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from referral_flow.engine.record import change
from referral_flow.errors import StoreNotMigrated
from referral_flow.ports import Batch, Store
from referral_flow.testing.store_clauses import children, rows
from referral_flow.testing.store_clauses.children import at_once
from referral_flow.testing.store_clauses.rows import MakeStore, event, id_of, stream
from referral_flow.testing.store_clauses.scenario import taken
from referral_flow.testing.versions import Versioned

MakeOlder = Callable[[str, Batch, bytes], Store]
"""`make(where, batch, secret)` makes a store of an older schema that holds these rows, and this
secret, by the means of then, and opens it. Columns that were not there yet are left out."""

SECRET = bytes(range(32))
COMMAND = 9
PLACES = (1, 2, 3, 5, 8, 13, 21, 34)
"""At which statements of a migration a process is killed."""


def held_before() -> Batch:
    """Give what a store of an older schema held; its bodies are as the library writes them."""
    told = [rows.message(1, 1, kind="paper_issued"), rows.message(2, 2)]
    body = b'{"to":"member:m-1","params":{}}'
    return Batch(
        commands=[rows.command(COMMAND)],
        streams=[
            (stream(1, 2, requester="w-1", owner="r-1", state="closed", mark="tốt"), 0),
            (stream(2, requester="w-1", due=50), 0),
        ],
        events=[
            event(1, 1, now="open", requester="w-1", owner="r-1", day="2013-01-01"),
            event(1, 2, was="open", now="closed", mark="tốt", requester="w-1", owner="r-1"),
            event(2, 1, now="open", requester="w-1"),
        ],
        words=[rows.words(1, 2)],
        take=[taken(1, of=1)],
        timers=[rows.timer(2), rows.timer(2, "other", 20)],
        outbox=[row._replace(data=body, recipient="member:m-1") for row in told],
    )


class OlderSchemaClauses(Versioned):
    """An older store opens, says so, and keeps what it held when it is migrated.

    Needs the fixture `older_schemas`: for the number of each older schema, a `MakeOlder`.
    """

    def test_an_older_store_opens_and_is_not_used(
        self, older_schemas: Mapping[int, MakeOlder]
    ) -> None:
        assert older_schemas
        for schema, make in older_schemas.items():
            store = make(f"older_{schema}", held_before(), SECRET)
            state = store.check()
            assert (state.schema, state.schema < state.wanted) == (schema, True)
            for use in (store.scan, store.secret, lambda s=store: s.append(Batch())):
                with pytest.raises(StoreNotMigrated):
                    use()
            store.close()

    def test_planning_a_migration_changes_nothing(
        self, older_schemas: Mapping[int, MakeOlder]
    ) -> None:
        for schema, make in older_schemas.items():
            store = make(f"older_{schema}", held_before(), SECRET)
            planned = store.migrate(dry_run=True)
            assert planned
            assert store.check().schema == schema
            assert store.migrate() == planned
            assert store.migrate(dry_run=True) == store.migrate() == ()
            store.close()

    def test_every_older_schema_keeps_what_it_held(
        self, older_schemas: Mapping[int, MakeOlder], make_store: MakeStore
    ) -> None:
        new = make_store("new")
        new.append(held_before())
        expected = rows.everything(new, [COMMAND])
        for schema, make in older_schemas.items():
            store = make(f"older_{schema}", held_before(), SECRET)
            store.migrate()
            assert store.secret() == SECRET
            assert rows.everything(store, [COMMAND]) == expected
            assert store.check().schema == new.check().schema
            for scope in (None, ["w-1"], ["r-1"]):
                for day in ("2013-01-31", "2013-12-31"):
                    figures = [each.count(rows.KIND, day, either=scope) for each in (store, new)]
                    assert figures[0] == figures[1]
            leased = store.lease_messages(rows.FOREVER, rows.FOREVER, b"mine", 9)
            assert [row._replace(lease=None) for row in leased] == list(held_before().outbox)
            store.append(change(rows.moved(2, 2), commands=[rows.command(10)]))
            assert store.load([id_of(2)])[0][id_of(2)].version == 2  # noqa: PLR2004
            store.close()
        new.close()


class KilledMigrationClauses(Versioned):
    """A process may die on the way through a migration.

    Needs `older_schemas`, and `make_dying_store` as `KilledClauses` do.
    """

    def test_a_migration_that_was_killed_is_done_again(
        self,
        older_schemas: Mapping[int, MakeOlder],
        make_store: MakeStore,
        make_dying_store: Callable[[str, int], Store],
    ) -> None:
        oldest = min(older_schemas)
        places = [(f"killed_{at}", at) for at in PLACES]
        for where, _ in places:
            older_schemas[oldest](where, held_before(), SECRET).close()
        lived = at_once(children.migrate_and_die, [(make_dying_store, *each) for each in places])
        assert lived[0] is None
        for where, _ in places:
            store = make_store(where)
            state = store.check()
            assert state.schema in (oldest, state.wanted)
            store.migrate()
            assert store.secret() == SECRET
            assert store.check().streams == len(held_before().streams)
            store.close()
