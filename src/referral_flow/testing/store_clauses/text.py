"""Clauses of text and size: what is written comes back as it was, or is refused whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from referral_flow.engine.record import change
from referral_flow.errors import StoreError
from referral_flow.ports import Batch, Claim, Query, Store
from referral_flow.testing.store_clauses import rows
from referral_flow.testing.store_clauses.appending import WithStore
from referral_flow.testing.store_clauses.queues import LATER, MINE, NOW, UNTIL
from referral_flow.testing.store_clauses.rows import KIND, event, id_of, settle, stream

TEXTS = (
    "Đồng chí Ánh ở phường Bến Thủy",
    "🙂 \U0001f1fb\U0001f1f3 \u202e",
    "'; DROP TABLE stream; --",
    '%s %% ? :name {0} $1 "quoted" \\ \\x00',
    "*",
    " before, after ",
    "a line\r\nand\tanother",
    "dài " * 50,
)
ALIKE = ("é", "e\u0301", "É", "e", "ss", "ß", "1", "１", "x", "x ", " x", "i", "İ", "ı", "I")
"""What a collation takes for the same; each is another claim."""

NO_TEXT = ("a\x00b", "a\udcffb")
"""A database may be unable to keep these. It may not cut them."""

LARGE = 1 << 20
YEAR_9999 = 253_402_300_799_999_999


class TextClauses(WithStore):
    """Text is kept letter by letter, and what cannot be kept is told and leaves nothing."""

    @pytest.mark.parametrize("text", TEXTS)
    def test_text_of_every_kind_is_kept(self, store: Store, text: str) -> None:
        row = stream(1, kind=text, state=text, requester=text, owner=text, mark=text)
        first = event(1, now=text, mark=text, requester=text, owner=text)._replace(type=text)
        timer = rows.timer(1, f"name {text}")
        told = rows.message(1, notifier=text, kind=f"kind {text}")
        told = told._replace(key=text, recipient=text)
        take = [(text, text, id_of(1))]
        store.append(
            Batch(streams=[(row, 0)], events=[first], take=take, timers=[timer], outbox=[told])
        )
        assert store.find(Query(text, states=(text,), either=(text,))) == [row]
        assert store.history(id_of(1)) == [(first, None)]
        assert store.count(text, "2013-05-02", either=[text]) == {(text, text): 1}
        assert store.count(text, "2013-05-02", never=[text]) == {}
        assert store.holders([Claim(text, text)]) == {Claim(text, text): id_of(1)}
        assert store.held([id_of(1)]) == (take, [timer])
        assert store.lease_messages(NOW, UNTIL, MINE, 9) == [told._replace(lease=MINE)]
        assert settle(store, id_of(1), MINE, state="waiting", due=NOW, error=text * 100)
        (again,) = store.lease_messages(NOW, LATER, MINE, 9)
        assert again.error == text * 100
        assert store.grant([(text, 1)], "2013-05-02", text)
        assert not store.grant([(text, 1)], "2013-05-02", f"{text}.")

    def test_claims_that_look_alike_are_others(self, store: Store) -> None:
        take = [("paper", text, id_of(number)) for number, text in enumerate(ALIKE)]
        store.append(Batch(take=take))
        held = {Claim("paper", text): id_of(number) for number, text in enumerate(ALIKE)}
        assert store.holders(list(held)) == held

    @pytest.mark.parametrize("text", NO_TEXT)
    @pytest.mark.parametrize("place", ["claim", "label", "message"])
    def test_what_is_no_text_is_kept_whole_or_refused_whole(
        self, store: Store, place: str, text: str
    ) -> None:
        batch = change(rows.created(stream(1)), take=[("paper", "9", id_of(1))])
        batch = _WITH[place](batch, text)
        try:
            store.append(batch)
        except StoreError:
            assert store.scan() == []
            assert store.holders([Claim("paper", "9")]) == {}
            store.append(rows.created(stream(1)))
        else:
            assert _kept(store, place) == text
        assert store.holders([Claim("paper", "a")]) == {}
        assert store.find(Query(KIND, owner=("a",))) == []

    def test_a_large_body_is_kept(self, store: Store) -> None:
        large = bytes(range(256)) * (LARGE // 256)
        row, first = stream(1)._replace(data=large), event(1)._replace(data=large)
        store.append(Batch(streams=[(row, 0)], events=[first]))
        assert store.load([id_of(1)])[0] == {id_of(1): row}
        assert store.history(id_of(1)) == [(first, None)]

    def test_a_time_far_away_is_kept(self, store: Store) -> None:
        row = stream(1, due=YEAR_9999)
        first = event(1, now="open", recorded_at=YEAR_9999, day="9999-12-31")
        far = [rows.timer(1, due=YEAR_9999), rows.timer(2, due=YEAR_9999 - 1)]
        store.append(Batch(streams=[(row, 0)], events=[first], timers=far))
        assert store.find(Query(KIND, due_before=YEAR_9999)) == []
        assert store.find(Query(KIND, due_before=YEAR_9999 + 1)) == [row]
        assert store.due_timers(YEAR_9999, 9) == far[::-1]
        assert store.count(KIND, "9999-12-31", known_as_of=YEAR_9999) == {("open", ""): 1}
        assert store.count(KIND, "9999-12-31", known_as_of=YEAR_9999 - 1) == {}


_WITH: dict[str, Callable[[Batch, str], Batch]] = {
    "claim": lambda batch, text: change(batch, take=[*batch.take, ("paper", text, id_of(1))]),
    "label": lambda batch, text: change(batch, streams=[(stream(1, owner=text), 0)]),
    "message": lambda batch, text: change(batch, outbox=[rows.message(1)._replace(recipient=text)]),
}


def _kept(store: Store, place: str) -> str | None:
    if place == "claim":
        return max(value for _, value, _ in store.held([id_of(1)])[0])
    if place == "label":
        return store.scan()[0].owner
    return store.lease_messages(NOW, UNTIL, MINE, 9)[0].recipient
