"""Begin a transaction so that what it acknowledges is on the disk, and look at a server.

Every setting is one of the transaction: behind a pooler the next one may have another
session. Each is read back in the same breath.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from referral_flow_postgres import schema
from referral_flow_postgres.address import Address
from referral_flow_postgres.link import PostgresLink
from referral_flow_postgres.problems import PostgresUnreadable

_OLDEST = 130000

DURABLE = ("on", "remote_apply")
# More than `on` is left as it is.
MAKE_DURABLE = """
    set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)"""

_SERVER = """
    SELECT current_setting('server_version_num')::int8, current_setting('server_version'),
           current_setting('server_encoding'), pg_is_in_recovery()::int,
           current_setting('fsync')"""


@frozen
class Opening:
    """What begins a transaction: texts without parameters, and what hears their answers.

    The last text gives a row; `check` raises where it is not as it must be.
    """

    texts: tuple[str, ...]
    check: Callable[[Sequence[Any]], None]


def begin(address: Address, *, reading: bool = False, migrating: bool = False) -> Opening:
    """Say how a transaction begins: reading sees one moment, and cannot write.

    A migration has no time limit for its statements, only for the locks that it waits for.
    """
    kind = "REPEATABLE READ, READ ONLY" if reading else "READ COMMITTED, READ WRITE"
    statement = 0 if migrating else address.statement_timeout
    settings = f"""
        SELECT {"'on'" if reading else MAKE_DURABLE},
            set_config('statement_timeout', '{statement}s', true),
            set_config('lock_timeout', '{address.lock_timeout}s', true)"""

    def check(row: Sequence[Any]) -> None:
        check_durable(row[0], address)

    return Opening((f"BEGIN ISOLATION LEVEL {kind}", settings), check)


def check_durable(found: str, address: Address) -> None:
    """Refuse to acknowledge what a server without power would forget."""
    if found not in DURABLE:
        raise PostgresUnreadable(path=address.shown, problem="not_durable", found=found)


def look(link: PostgresLink, address: Address) -> tuple[dict[str, str], int]:
    """Give notes on the server and the version of the schema; raises StoreUnreadable."""
    ((number, version, encoding, standby, fsync),) = link.execute(_SERVER)[1]
    place = address.shown
    if number < _OLDEST:
        wanted = str(_OLDEST // 10000)
        raise PostgresUnreadable(path=place, problem="too_old", found=version, wanted=wanted)
    if encoding != "UTF8":
        raise PostgresUnreadable(path=place, problem="not_utf8", found=encoding)
    if standby:
        raise PostgresUnreadable(path=place, problem="standby")
    # The store asks for every commit to be on the disk; the server may have been told to pretend.
    notes = {"path": place, "PostgreSQL": version, "synchronous": f"fsync {fsync}"}
    return notes, schema.version(link, address.schema)
