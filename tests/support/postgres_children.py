"""What child processes of the PostgreSQL tests do; a module that they import quickly."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from attrs import frozen
from referral_flow_postgres.exchange import Exchange
from referral_flow_postgres.link import PostgresLink
from referral_flow_postgres.store import PostgresStore

from referral_flow import ReferralFlow
from referral_flow.errors import OutcomeUnknown, ReferralFlowError, StoreError
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.ports import Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.rows import stream


@frozen
class Migrated:
    """Open the store of a URL, brought up to date; `{where}` in it becomes its schema."""

    url: str

    def __call__(self, where: str) -> Store:
        store = PostgresStore(self.url.replace("{where}", where.replace("-", "_")))
        if store.migrate(dry_run=True):
            store.migrate()
        return store


@frozen
class DyingPostgres:
    """Open a store whose process ends when `at` things of the first append were asked or heard."""

    url: str

    def __call__(self, where: str, at: int) -> Store:
        store = Migrated(self.url)(where)
        _die_at(at)
        return store


def migrate(url: str) -> tuple[tuple[str, ...], bytes]:
    """Migrate a store that others migrate at the same time."""
    store = PostgresStore(url)
    done = store.migrate()
    secret = store.secret()
    store.close()
    return done, secret


def migrate_and_die(url: str, at: int) -> bool:
    """Migrate, and end this process when statement `at` of it begins."""
    store = PostgresStore(url)
    _die_at(at)
    store.migrate()
    return True


def use_after_fork(url: str) -> list[str]:
    """Fork with an open store; say what the child met, and what the parent meets then."""
    store = PostgresStore(url)
    store.append(rows.created(stream(1)))
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        met = [_met(lambda: store.append(rows.moved(1, 2))), _met(store.scan), _met(store.check)]
        store.close()
        del store
        gc.collect()
        os.write(theirs, " ".join(met).encode())
        os._exit(0)
    os.waitpid(child, 0)
    told = os.read(ours, 1000).decode().split()
    store.append(rows.moved(1, 2))
    told.append(str(store.scan()[0].version))
    store.close()
    return told


def _met(work: Callable[[], object]) -> str:
    try:
        work()
    except ReferralFlowError as error:
        return f"{error.code}:{error.data['problem']}"
    return "nothing"


def _die_at(at: int) -> None:
    left = at

    def count(method: Any) -> Any:
        def counted(*given: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                os._exit(9)
            return method(*given)

        return counted

    for kind, name in ((PostgresLink, "run"), (Exchange, "ask"), (Exchange, "answer")):
        setattr(kind, name, count(getattr(kind, name)))


def tick_and_deliver(url: str, now: datetime, rounds: int) -> tuple[int, list[str]]:
    """Fire and send all that is due; give how much was fired and the keys that were sent.

    What fails, because the server died, is done in the next round.
    """
    notifier = RecordingNotifier()
    fired = 0
    for _ in range(rounds):
        with suppress(StoreError, OutcomeUnknown), _flow(url, notifier, now) as flow:
            while (ticked := flow.tick()).fired:
                fired += ticked.fired
            while flow.deliver().accepted:
                pass
    return fired, [message.key for message, _ in notifier.sent]


def _flow(url: str, notifier: RecordingNotifier, now: datetime) -> ReferralFlow:
    return ReferralFlow.open(url, notifiers={"recorder": notifier}, clock=lambda: now)
