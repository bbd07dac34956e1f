"""The errors of this store: those of the port, with words of their own and without data.

PostgreSQL tells the row that failed in the detail of an error, and a connection string in
some others. Neither may come into a log, so only the first line is kept, and no error is
chained to the driver's.
"""

from __future__ import annotations

import psycopg

from referral_flow.errors import (
    ReferralFlowError,
    StoreError,
    StoreNotMigrated,
    StoreUnreadable,
    WrongUrl,
)
from referral_flow.words import say, table

_WORDS = "referral_flow_postgres.words"

TROUBLE = (psycopg.Error, UnicodeError, OverflowError)
"""What the driver raises when the database, or a value, does not do."""


class _InOwnWords(ReferralFlowError):
    """Say by the words of this distribution what the library has none for."""

    def says(self, language: str) -> str:
        words = table(language, _WORDS)
        data = dict(self.data)
        problem = str(data.get("problem", ""))
        if problem in words["problem"]:
            data["problem"] = say("problem", problem, language, data, _WORDS)
        package = _WORDS if self.code in words["error"] else "referral_flow.words"
        return say("error", self.code, language, data, package)


class WrongPostgresUrl(_InOwnWords, WrongUrl):
    """Say what is wrong with the address, without its password."""


class PostgresFailed(_InOwnWords, StoreError):
    """Say that the server, or the way to it, failed."""


class PostgresUnreadable(_InOwnWords, StoreUnreadable):
    """Say that the database is not one that can hold a store."""


class PostgresNotMigrated(_InOwnWords, StoreNotMigrated):
    """Say that the schema is missing or older, and what to type."""


def failure(error: Exception, path: str) -> PostgresFailed:
    """Give the error of the port for one of the driver."""
    return PostgresFailed(path=path, problem=told(error))


def told(error: BaseException) -> str:
    """Give the first line of an error of the driver, with its code."""
    if not isinstance(error, psycopg.Error):
        return type(error).__name__
    said = error.diag.message_primary or str(error).partition("\n")[0] or type(error).__name__
    return f"{said} ({error.sqlstate})" if error.sqlstate else said
