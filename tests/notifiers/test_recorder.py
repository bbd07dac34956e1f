"""The notifier that tests are written with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.ports import Accepted, Message, Notifier, Permanent, RetryAt

MESSAGE = Message("paper_returned", {}, "committee:w-2", "vi", "key-1")


def test_it_keeps_what_was_sent_and_accepts_it() -> None:
    recorder = RecordingNotifier()
    notifier: Notifier = recorder
    assert notifier.send(MESSAGE, ["a@example.org"]) == Accepted()
    assert recorder.sent == [(MESSAGE, ("a@example.org",))]


def test_it_answers_in_turn_and_then_accepts() -> None:
    later = RetryAt(datetime(2013, 12, 31, tzinfo=UTC), "busy")
    never = Permanent("no such address")
    recorder = RecordingNotifier([later, never])
    answers = [recorder.send(MESSAGE, ()) for _ in range(3)]
    assert answers == [later, never, Accepted()]
    assert len(recorder.sent) == 3


def test_it_raises_an_exception_that_it_was_given() -> None:
    recorder = RecordingNotifier([TimeoutError("too slow")])
    with pytest.raises(TimeoutError, match="too slow"):
        recorder.send(MESSAGE, ())
    assert recorder.sent == [(MESSAGE, ())]
    assert recorder.send(MESSAGE, ()) == Accepted()
