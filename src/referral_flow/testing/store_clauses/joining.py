"""Clauses for stores that can work inside a transaction that is not theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from referral_flow.engine.record import change
from referral_flow.errors import NoTransaction, PluginError, ReferralFlowError
from referral_flow.ports import Batch, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.appending import BULK, WithStore
from referral_flow.testing.store_clauses.claims import PAPER
from referral_flow.testing.store_clauses.queues import MINE, NOW, UNTIL
from referral_flow.testing.store_clauses.rows import Host, command, id_of, settle, stream
from referral_flow.testing.store_clauses.scenario import (
    COMMANDS,
    IN_THE_WAY,
    full_batch,
    prepare,
    taken,
)


class JoinClauses(WithStore):
    """What is written goes with the host's transaction; what is refused leaves it alone.

    Needs the fixture `make_host`: `make_host("store")` gives a host with an empty table in
    the database of `make_store("store")`.
    """

    @pytest.fixture
    def host(self, store: Store, make_host: Callable[[str], Host]) -> Iterator[Host]:
        assert store.check().streams == 0
        host = make_host("store")
        yield host
        host.close()

    def test_what_is_appended_is_there_after_the_hosts_commit(
        self, store: Store, host: Host
    ) -> None:
        prepare(store)
        host.begin()
        host.add("mine")
        joined = store.join(host.connection)
        joined.append(full_batch())
        assert [row.version for row in joined.scan()] == [2, 2, 2, 1, 1, 1]
        assert {row.version for row in store.scan()} == {1}
        host.commit()
        assert [row.version for row in store.scan()] == [2, 2, 2, 1, 1, 1]
        assert host.committed() == ["mine"]

    def test_what_is_appended_goes_with_the_hosts_rollback(self, store: Store, host: Host) -> None:
        prepare(store)
        before = rows.everything(store, COMMANDS)
        host.begin()
        host.add("mine")
        store.join(host.connection).append(full_batch())
        host.roll_back()
        assert rows.everything(store, COMMANDS) == before
        assert host.committed() == []

    @pytest.mark.parametrize("place", IN_THE_WAY)
    def test_what_is_refused_leaves_the_hosts_rows(
        self, store: Store, host: Host, place: str
    ) -> None:
        error, meanwhile = IN_THE_WAY[place]
        prepare(store)
        store.append(meanwhile)
        before = rows.everything(store, COMMANDS)
        host.begin()
        host.add("before")
        joined = store.join(host.connection)
        with pytest.raises(error):
            joined.append(full_batch())
        host.add("after")
        joined.append(Batch(take=[(*PAPER, id_of(9))]))
        host.commit()
        assert host.committed() == ["before", "after"]
        assert rows.everything(store, COMMANDS) == before
        assert store.holders([PAPER]) == {PAPER: id_of(9)}

    def test_the_one_of_many_is_named_and_the_hosts_rows_stay(
        self, store: Store, host: Host
    ) -> None:
        store.append(Batch(take=[taken(40)]))
        host.begin()
        host.add("mine")
        joined = store.join(host.connection)
        many = rows.created(*(stream(number) for number in range(BULK)))
        with pytest.raises(ReferralFlowError) as told:
            joined.append(change(many, take=[taken(number, of=1) for number in range(BULK)]))
        host.commit()
        assert told.value.data == {"kind": "paper", "value": "40"}
        assert host.committed() == ["mine"]
        assert store.scan() == []

    def test_a_command_done_before_is_known_inside(self, store: Store, host: Host) -> None:
        host.begin()
        joined = store.join(host.connection)
        joined.append(change(rows.created(stream(1)), commands=[command(9)]))
        assert joined.load([id_of(1)], id_of(9)) == ({id_of(1): stream(1)}, command(9))
        assert store.load([id_of(1)], id_of(9)) == ({}, None)
        assert joined.secret() == store.secret()
        host.commit()
        assert store.load([id_of(1)], id_of(9)) == ({id_of(1): stream(1)}, command(9))

    def test_leases_go_with_the_hosts_transaction(self, store: Store, host: Host) -> None:
        store.append(Batch(timers=[rows.timer(1)], outbox=[rows.message(1)]))
        host.begin()
        joined = store.join(host.connection)
        assert len(joined.lease_timers(NOW, UNTIL, MINE, 9)) == 1
        assert rows.settle_timer(joined, id_of(1), "remind", MINE)
        assert len(joined.lease_messages(NOW, UNTIL, MINE, 9)) == 1
        assert settle(joined, id_of(1), MINE, state=None)
        host.roll_back()
        assert len(store.lease_timers(NOW, UNTIL, MINE, 9)) == 1
        assert len(store.lease_messages(NOW, UNTIL, MINE, 9)) == 1

    def test_a_run_is_noted_with_the_hosts_transaction(self, store: Store, host: Host) -> None:
        for end in (host.roll_back, host.commit):
            host.begin()
            store.join(host.connection).note_run("tick", 5)
            assert store.check().runs == {}
            end()
        assert store.check().runs == {"tick": 5}

    def test_nothing_is_joined_where_no_transaction_is_open(self, store: Store, host: Host) -> None:
        with pytest.raises(NoTransaction):
            store.join(host.connection)
        host.begin()
        joined = store.join(host.connection)
        host.commit()
        with pytest.raises(NoTransaction):
            joined.append(rows.created(stream(1)))
        assert store.scan() == []

    def test_what_is_no_connection_is_refused(self, store: Store) -> None:
        with pytest.raises(PluginError):
            store.join(object())

    def test_closing_and_migrating_leave_the_hosts_transaction_open(
        self, store: Store, host: Host
    ) -> None:
        host.begin()
        host.add("mine")
        joined = store.join(host.connection)
        assert joined.migrate() == ()
        joined.close()
        joined.append(rows.created(stream(1)))
        assert host.committed() == []
        host.commit()
        assert host.committed() == ["mine"]
        assert joined.check().streams == 1
