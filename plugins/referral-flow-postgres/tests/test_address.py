"""What an address may say, and that its password is never said again."""

from __future__ import annotations

import traceback

import pytest
from referral_flow_postgres.address import parse
from referral_flow_postgres.store import PostgresStore

from referral_flow.errors import ReferralFlowError, WrongUrl
from tests.support.postgres_server import PASSWORD, QUOTED, PostgresServer

PLACE = f"postgresql://clerk:{QUOTED}@db.local:6432/office"


def test_the_options_of_the_store_are_its_own_and_the_others_those_of_libpq() -> None:
    address = parse(
        f"{PLACE}?sslmode=require&schema=referrals&prepare_threshold=none&pool_size=3"
        "&statement_timeout=5&lock_timeout=0&connect_timeout=4"
    )
    assert address.schema == "referrals"
    assert address.prepare_threshold is None
    assert (address.pool_size, address.statement_timeout, address.lock_timeout) == (3, 5, 0)
    assert address.patience == 4
    assert address.parameters["sslmode"] == "require"
    assert address.parameters["password"] == PASSWORD


def test_what_is_not_said_has_a_default() -> None:
    address = parse("postgresql://")
    assert (address.schema, address.prepare_threshold) == ("referral_flow", 5)
    assert address.parameters["tcp_user_timeout"] == "40000"
    assert parse("postgresql:///x?tcp_user_timeout=1").parameters["tcp_user_timeout"] == "1"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "PostgreSQL"])
def test_both_schemes_are_one(scheme: str) -> None:
    address = parse(PLACE.replace("postgresql", scheme) + "?schema=referrals")
    assert address.shown == "postgresql://clerk@db.local:6432/office?schema=referrals"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("schema=Office", "small letters"),
        ("schema=pg_catalog", "small letters"),
        ("schema=a;DROP", "small letters"),
        ("schema=", "small letters"),
        ("prepare_threshold=often", "none behind a pooler"),
        ("pool_size=0", "from 1"),
        ("statement_timeout=1min", "seconds"),
        ("lock_timeout=-1", "seconds"),
        ("connect_timeout=0", "seconds"),
        ("shema=referrals", "neither the store's"),
        ("sslmode", "neither the store's"),
    ],
)
def test_an_option_that_is_wrong_is_told(options: str, problem: str) -> None:
    with pytest.raises(WrongUrl, match=problem) as told:
        parse(f"{PLACE}?{options}")
    assert told.value.says("vi") != told.value.says("en")
    assert said_nowhere(told.value)


@pytest.mark.parametrize("url", ["postgresql:office", "postgres:/office", "postgresql"])
def test_what_is_no_url_is_told(url: str) -> None:
    with pytest.raises(WrongUrl, match="postgresql://user@host"):
        parse(url)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://clerk:{QUOTED}@[::1/office",
        f"postgresql://clerk:{QUOTED}%ZZ@localhost/office",
        f"postgresql://clerk:{QUOTED}@localhost/office?nonsense",
    ],
)
def test_an_address_that_libpq_cannot_read_is_told_without_its_password(url: str) -> None:
    with pytest.raises(WrongUrl) as told:
        parse(url)
    assert said_nowhere(told.value)


def test_no_error_and_no_form_of_the_store_says_the_password(
    postgres_server: PostgresServer, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    for wrong in (
        postgres_server.url("no_such_database"),
        postgres_server.url(user="nobody_here"),
        postgres_server.url(port=1),
        url.replace(QUOTED, f"{QUOTED}x"),
    ):
        with pytest.raises(ReferralFlowError) as told:
            PostgresStore(wrong)
        assert said_nowhere(told.value)
    store = PostgresStore(url)
    store.migrate()
    shown = [repr(store), str(vars(store)), str(store.check()), repr(store._pool)]
    assert not [each for each in shown if PASSWORD in each or QUOTED in each]
    assert PASSWORD not in caplog.text
    assert QUOTED not in caplog.text


def said_nowhere(error: ReferralFlowError) -> bool:
    """Say whether neither the error nor its traceback shows the password."""
    told = "".join(traceback.format_exception(error))
    # The lines of this file stand in a traceback, and some of them write the password out.
    shown = "\n".join(line for line in told.splitlines() if "{QUOTED}" not in line)
    words = (shown, error.says("vi"), error.says("en"), repr(error), repr(error.data))
    return not any(secret in each for each in words for secret in (PASSWORD, QUOTED))
