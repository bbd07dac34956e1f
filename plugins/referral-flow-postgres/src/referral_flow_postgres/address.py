"""Where a store lies: a URL as PostgreSQL writes it, with a few options of the store's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import psycopg
from attrs import field, frozen
from psycopg.conninfo import conninfo_to_dict

from referral_flow_postgres.problems import WrongPostgresUrl

SCHEMA = "referral_flow"

_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")
_SECONDS = re.compile(r"[0-9]{1,6}")

# What libpq leaves to the system: a cable that is cut is told within a minute.
_WATCHFUL = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "40000",
    "fallback_application_name": "referral-flow",
}


@frozen
class Address:
    """Where a store lies and how it is used. `shown` has no password; times are seconds."""

    shown: str
    parameters: Mapping[str, Any] = field(repr=False)
    schema: str = SCHEMA
    prepare_threshold: int | None = 5
    pool_size: int = 8
    statement_timeout: int = 60
    lock_timeout: int = 10

    @property
    def patience(self) -> float:
        """Give the seconds to wait for a connection."""
        return float(self.parameters["connect_timeout"])


def parse(url: str) -> Address:
    """Read `postgresql://user@host/database?schema=referrals`; the other options are libpq's.

    Raises WrongUrl, which shows no password, for another form or an option that neither
    the store nor libpq knows.
    """
    base, _, query = url.partition("?")
    _, slashes, rest = base.partition("://")
    shown = "postgresql://" + rest.rpartition("@")[2]
    if not slashes:
        raise WrongPostgresUrl(url="postgresql:", problem="not_a_url")
    given = {part: part.partition("=")[::2] for part in query.split("&") if part}
    ours = {n: _ours(n, unquote(value), shown) for n, value in given.values() if n in _OURS}
    others = "&".join(part for part, (name, _) in given.items() if name not in _OURS)
    try:
        parameters = conninfo_to_dict(f"postgresql://{rest}?{others}")
    except psycopg.Error:
        # The driver's own words may quote the address, and the password with it.
        raise WrongPostgresUrl(url=shown, problem="not_known_to_libpq") from None
    timeout = str(parameters.get("connect_timeout", ""))
    if timeout and not (_SECONDS.fullmatch(timeout) and int(timeout)):
        raise WrongPostgresUrl(url=shown, problem="connect_timeout")
    shown = _shown(parameters, ours.get("schema", SCHEMA))
    return Address(shown, {**_WATCHFUL, **parameters}, **ours)


def _shown(parameters: Mapping[str, Any], schema: str) -> str:
    user = quote(str(parameters.get("user", "")), safe="")
    host = quote(str(parameters.get("host", "")), safe=",:")
    port = f":{parameters['port']}" if "port" in parameters else ""
    database = quote(str(parameters.get("dbname", "")))
    place = f"{user}@{host}{port}" if user else f"{host}{port}"
    options = f"?schema={schema}" if schema != SCHEMA else ""
    return f"postgresql://{place}/{database}{options}"


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError
    return value


def _seconds(value: str) -> int:
    if not _SECONDS.fullmatch(value):
        raise ValueError
    return int(value)


def _size(value: str) -> int:
    if not _seconds(value):
        raise ValueError
    return int(value)


def _threshold(value: str) -> int | None:
    return None if value == "none" else _seconds(value)


_OURS: dict[str, Callable[[str], Any]] = {
    "schema": _name,
    "prepare_threshold": _threshold,
    "pool_size": _size,
    "statement_timeout": _seconds,
    "lock_timeout": _seconds,
}


def _ours(name: str, value: str, shown: str) -> Any:
    try:
        return _OURS[name](value)
    except ValueError:
        raise WrongPostgresUrl(url=shown, problem=name) from None
