"""What can only happen where several write at once: PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from referral_flow_postgres.awaited import AwaitedLink
from referral_flow_postgres.dialect import Dialect
from referral_flow_postgres.store import PostgresStore

from referral_flow import ReferralFlow, hookimpl
from referral_flow.commands import Submit
from referral_flow.engine.lifecycle import GuardFor
from referral_flow.errors import ConcurrencyError
from referral_flow.testing.host_clauses.application import NOW, PAPER, Embedded
from referral_flow.testing.hosts import Application, Inside
from tests.hosts.alchemy import (
    AsyncApplication,
    CoreApplication,
    SessionApplication,
    with_psycopg,
)
from tests.hosts.cancelling import CANCELLING, RunAsync, Statements, cancel_at_every_statement
from tests.hosts.django_app import DjangoApplication, in_parts
from tests.hosts.drivers import NUMBERED_NOTES, PsycopgApplication, notes_at


def on_django(url: str) -> Application:
    return DjangoApplication(NUMBERED_NOTES, partial(notes_at, url), **in_parts(url))


HOSTS: dict[str, Callable[[str], Application]] = {
    "psycopg": PsycopgApplication,
    "core": lambda url: CoreApplication(with_psycopg(url)),
    "session": lambda url: SessionApplication(with_psycopg(url)),
    "async session": lambda url: AsyncApplication(with_psycopg(url), with_psycopg(url)),
    "django": on_django,
}


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database)
    store.migrate()
    yield store
    store.close()


class SomebodyQuicker:
    """Hands the paper in by the desk outside, while the one inside is deciding."""

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    @hookimpl
    def referral_flow_guards(self) -> Iterable[GuardFor]:
        def is_quicker(state: Any, command: Any, at: Any) -> None:
            self._embedded.ward.execute(Submit(self._embedded.id, PAPER))

        return (GuardFor(Submit, is_quicker),)


@pytest.mark.parametrize("name", HOSTS)
def test_whoever_is_too_late_is_told_and_the_applications_row_is_committed(
    store: PostgresStore, database: str, name: str
) -> None:
    host = HOSTS[name](database)
    embedded = Embedded(store, host)
    late = ReferralFlow(store, clock=lambda: NOW, plugins=[SomebodyQuicker(embedded)])

    def work(inside: Inside) -> None:
        inside.add("before")
        with pytest.raises(ConcurrencyError):
            embedded.inside(inside, late).execute(Submit(embedded.id, PAPER), command_id="scan-1")
        inside.add("after")

    host.run(work)
    assert host.committed() == ["before", "after"]
    assert (embedded.versions(), embedded.heard) == ([1, 2], ["submit"])
    assert embedded.flow.verify().faults == ()
    host.close()


@pytest.mark.parametrize("when", CANCELLING)
def test_what_is_cancelled_at_any_statement_leaves_nothing(
    store: PostgresStore, database: str, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    url = with_psycopg(database)
    host = AsyncApplication(url, url)
    statements = Statements(when)

    def counting(connection: Any, dialect: Dialect, run: RunAsync) -> AwaitedLink:
        return AwaitedLink(connection, dialect, statements.counted(run))

    monkeypatch.setattr("referral_flow_postgres.joined.AwaitedLink", counting)
    cancel_at_every_statement(Embedded(store, host), url, statements)
    with psycopg.connect(database) as connection:
        open_still = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        )
        assert open_still.fetchone() == (0,)
    host.close()
