"""New ids are made without chance: the same again when a decision is made again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

from hypothesis import example, given
from hypothesis import strategies as st

from referral_flow.engine.ids import new_id
from referral_flow.engine.record import change
from tests.engine.lending import at

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = st.timedeltas(timedelta(0), timedelta(days=365 * 200)).map(lambda since: EPOCH + since)
SEED = st.binary(max_size=100)
N = st.integers(0, 2**32 - 1)


@given(NOW, SEED, N)
@example(datetime(2300, 1, 1, 0, 0, 0, 999, tzinfo=UTC), b"", 0)
def test_a_new_id_is_a_uuid_of_version_7_made_at_that_millisecond(
    now: datetime, seed: bytes, n: int
) -> None:
    made = new_id(now, seed, n)

    number = UUID(made)
    assert (number.version, number.variant) == (7, RFC_4122)
    assert number.int >> 80 == (now - EPOCH) // timedelta(milliseconds=1)
    assert str(number) == made


@given(NOW, SEED, N)
def test_the_same_command_makes_the_same_id_again(now: datetime, seed: bytes, n: int) -> None:
    moment = change(at(command_id=seed), now=now)

    assert moment.new(n) == change(moment).new(n) == new_id(now, seed, n)


@given(NOW, SEED, st.lists(N, unique=True, max_size=20))
def test_the_ids_of_one_command_differ(now: datetime, seed: bytes, several: list[int]) -> None:
    assert len({new_id(now, seed, n) for n in several}) == len(several)


@given(NOW, st.lists(SEED, unique=True, max_size=20), N)
def test_the_ids_of_two_commands_differ(now: datetime, seeds: list[bytes], n: int) -> None:
    assert len({new_id(now, seed, n) for seed in seeds}) == len(seeds)


@given(st.binary(min_size=64, max_size=80), SEED, SEED)
def test_long_command_ids_that_begin_alike_make_other_ids(
    start: bytes, one: bytes, other: bytes
) -> None:
    same = new_id(EPOCH, start + one, 0) == new_id(EPOCH, start + other, 0)

    assert same == (one == other)


@given(NOW, SEED, N, N)
def test_ids_sort_by_the_time_at_which_they_were_made(
    now: datetime, seed: bytes, n: int, m: int
) -> None:
    assert new_id(now, seed, n) < new_id(now + timedelta(milliseconds=1), seed, m)


def test_the_first_id_is_that_of_nothing_named() -> None:
    assert at().new() == at().new(0) != at().new(1)


def test_a_day_begins_and_ends_in_the_zone_of_the_installation() -> None:
    hanoi = change(at(), zone=timezone(timedelta(hours=7)))
    began = datetime(2026, 3, 1, 17, tzinfo=UTC)

    assert hanoi.start_of(date(2026, 3, 2)) == began
    assert hanoi.day_of(began) == date(2026, 3, 2)
    assert hanoi.day_of(began - timedelta(seconds=1)) == date(2026, 3, 1)


def test_other_facts_leave_the_moment_as_it_is() -> None:
    moment = change(at(), zone=timezone(timedelta(hours=7)))

    assert moment.with_facts("others") == change(moment, facts="others")
