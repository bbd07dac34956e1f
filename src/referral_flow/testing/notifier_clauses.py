"""Clauses of `Notifier.send` that hold for every notifier, whoever runs it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import pytest

from referral_flow.ports import (
    DIGEST,
    Accepted,
    Message,
    Notifier,
    Outcome,
    Permanent,
    Quota,
    RetryAt,
)
from referral_flow.testing.store_clauses.scenario import together
from referral_flow.testing.versions import Versioned
from referral_flow.words import LANGUAGES

MakeNotifier = Callable[[], Notifier]

THREADS, EACH = 8, 5
PERSONAL: dict[str, Any] = {
    "name": "Trần Thị Bưởi",
    "rating": "hoàn thành xuất sắc",
    "comment": "hay cãi nhau",
}
"""What never is in a message; a notifier that writes all it has would write this as well."""

KINDS: dict[str, dict[str, Any]] = {
    "paper_issued": {"deadline": "2013-12-31"},
    "meeting_called": {"group": "g-2", "meeting": "t-5", "starts_at": "2013-12-31T12:30:00Z",
                       "place": "Nhà văn hóa\r\nBcc: x@example.org\x00 🙂 {0} %s"},
    DIGEST: {"count": 3, "kinds": {"paper_to_expect": 2, "of_another_lifecycle": 1}},
    "of_another_lifecycle": {"n": 1, "nested": {"of": [1, None, True]}},
}  # fmt: skip
"""What may come: kinds of the library, the digest of many, and one that nobody has words for."""


def message(
    key: str = "0b/2/0", kind: str = "paper_issued", language: str = "vi", **params: Any
) -> Message:
    """Give a message; params that are not said are those of its kind."""
    return Message(kind, params or KINDS.get(kind, {}), "member:m-1", language, key)


class SendsInTime(Versioned):
    """Send within the time that a message's lease leaves; the author says to which addresses."""

    seconds: ClassVar[float] = 30.0
    """How long one `send` may take: beyond this others may send the same message."""

    @pytest.fixture
    def addresses(self) -> Sequence[str]:
        """Give addresses that the notifier can write to."""
        return ("somebody@example.org",)

    def send(self, notifier: Notifier, told: Message, addresses: Sequence[str]) -> Outcome:
        """Send a message; fails when that raises, takes too long or gives no outcome."""
        given: list[Any] = []
        raised: list[BaseException] = []

        def work() -> None:
            try:
                given.append(notifier.send(told, addresses))
            except BaseException as error:
                raised.append(error)

        # A daemon: one that hangs must not keep pytest from ending.
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self.seconds)
        assert not thread.is_alive(), f"no outcome within {self.seconds} s"
        assert not raised, f"raised {type(raised[0]).__name__} where an outcome is due"
        return _checked(given[0])


def _checked(given: Any) -> Outcome:
    assert isinstance(given, Accepted | RetryAt | Permanent | Quota), f"gave {given!r}"
    until = given.at if isinstance(given, RetryAt) else getattr(given, "until", None)
    assert until is None or until.tzinfo is not None, f"a time without a zone: {until}"
    return given


class NotifierContract(SendsInTime):
    """What every notifier must do; needs the fixture `make_notifier`.

    `make_notifier()` gives a notifier that is set up and can send; two of them are set up
    alike. Override the fixture `addresses` where it writes to no mail addresses.
    """

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_message_of_any_kind_is_answered_with_an_outcome(
        self, make_notifier: MakeNotifier, addresses: Sequence[str], kind: str, language: str
    ) -> None:
        self.send(make_notifier(), message(kind=kind, language=language), addresses)

    def test_what_it_can_send_is_accepted(
        self, make_notifier: MakeNotifier, addresses: Sequence[str]
    ) -> None:
        assert isinstance(self.send(make_notifier(), message(), addresses), Accepted)

    def test_a_language_that_it_does_not_know_is_answered_with_an_outcome(
        self, make_notifier: MakeNotifier, addresses: Sequence[str]
    ) -> None:
        self.send(make_notifier(), message(language="fr"), addresses)

    @pytest.mark.parametrize("address", ["", "\x00", "a@b\r\nBcc: c@d", "../../up", "đ" * 3000])
    def test_an_address_that_is_none_is_answered_with_an_outcome(
        self, make_notifier: MakeNotifier, address: str
    ) -> None:
        self.send(make_notifier(), message(), (address,))

    def test_a_recipient_without_an_address_is_answered_with_an_outcome(
        self, make_notifier: MakeNotifier
    ) -> None:
        self.send(make_notifier(), message(), ())

    def test_a_message_that_comes_again_is_accepted_again(
        self, make_notifier: MakeNotifier, addresses: Sequence[str]
    ) -> None:
        """The outcome of the first time may have been lost with a process."""
        notifier = make_notifier()
        again = [self.send(notifier, message(), addresses) for _ in range(3)]
        assert all(isinstance(outcome, Accepted) for outcome in again)

    def test_threads_send_at_once(
        self, make_notifier: MakeNotifier, addresses: Sequence[str]
    ) -> None:
        notifier = make_notifier()

        def send(number: int) -> list[Outcome]:
            keys = [f"0b/{number}/{each}" for each in range(EACH)]
            return [self.send(notifier, message(key), addresses) for key in keys]

        outcomes = [outcome for each in together(send, THREADS) for outcome in each]
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)

    def test_nothing_personal_is_in_what_it_logs_or_answers(
        self,
        make_notifier: MakeNotifier,
        addresses: Sequence[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """No address, and none of what a message should not have but might."""
        caplog.set_level(logging.DEBUG)
        notifier = make_notifier()
        answered = [
            repr(self.send(notifier, message(kind=kind, **KINDS[kind], **PERSONAL), to))
            for kind in KINDS
            for to in (addresses, ())
        ]
        told = "\n".join((caplog.text, *answered)).casefold()
        for secret in (*addresses, *PERSONAL.values()):
            assert str(secret).casefold() not in told
