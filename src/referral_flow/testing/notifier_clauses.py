"""What every notifier must do with a message, whoever runs it."""

from __future__ import annotations

from collections.abc import Callable

from referral_flow.ports import Accepted, Message, Notifier, Outcome, Permanent, Quota, RetryAt

MakeNotifier = Callable[[], Notifier]

MESSAGE = Message("paper_issued", {"deadline": "2013-03-31"}, "member:m-1", "vi", "0-0-0/1/0")


class NotifierContract:
    """What every notifier must do; needs the fixture `make_notifier`."""

    def test_a_message_is_answered_with_an_outcome(self, make_notifier: MakeNotifier) -> None:
        assert_outcome(make_notifier().send(MESSAGE, ("somebody@example.org",)))

    def test_a_recipient_without_an_address_is_no_crash(self, make_notifier: MakeNotifier) -> None:
        assert_outcome(make_notifier().send(MESSAGE, ()))

    def test_a_message_that_comes_again_is_answered(self, make_notifier: MakeNotifier) -> None:
        notifier = make_notifier()
        for _ in range(2):
            assert_outcome(notifier.send(MESSAGE, ("somebody@example.org",)))

    def test_a_kind_that_it_does_not_know_is_no_crash(self, make_notifier: MakeNotifier) -> None:
        message = Message("of_another_lifecycle", {"n": 1}, "clinic:c-1", "en", "0-0-0/2/0")
        assert_outcome(make_notifier().send(message, ("somebody@example.org",)))


def assert_outcome(given: Outcome) -> None:
    """Hold an answer to what `deliver` understands; times have a zone."""
    assert isinstance(given, Accepted | RetryAt | Permanent | Quota), f"gave {given!r}"
    until = given.at if isinstance(given, RetryAt) else getattr(given, "until", None)
    assert until is None or until.tzinfo is not None, f"a time without a zone: {until}"
