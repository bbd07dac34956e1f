"""Notifiers that are broken on purpose, each in one way, and an honest one beside them.

`caught_by` names the clause that catches it. They send into a `Box`, a peer in memory.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from referral_flow.engine.record import change
from referral_flow.errors import ConfigurationError
from referral_flow.ports import Accepted, Message, Outcome, Permanent, Quota, RetryAt
from referral_flow.testing.notifier_peers import Trouble

SCHEME = "box:"
SECRET = "s3cret-t0ken"
_FOR_EVER = threading.Event()
_LATER = timedelta(minutes=1)

_logger = logging.getLogger(__name__)


class Box:
    """A peer in memory: it keeps the keys of what it took."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._next: Trouble | None = None

    def put(self, key: str) -> Trouble | None:
        """Take a message, or give the trouble that there is."""
        met, self._next = self._next, None
        if met is None:
            self._keys.append(key)
        return met

    def received(self) -> Sequence[str]:
        """Say what was taken."""
        return tuple(self._keys)

    def trouble(self, kind: Trouble) -> None:
        """Meet the next message like that."""
        self._next = kind


class HonestNotifier:
    """Put messages into a box and keep the whole contract."""

    caught_by: ClassVar[str] = ""

    def __init__(self, box: Box, url: str = f"{SCHEME}{SECRET}") -> None:
        if not url.startswith(SCHEME) or url == SCHEME:
            raise ConfigurationError(problem="the address of a box is box:TOKEN")
        self._box = box
        self._token = url.removeprefix(SCHEME)

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """Put the message's key into the box."""
        if not addresses:
            return Permanent("no address")
        met = self._box.put(message.key)
        return Accepted(message.key) if met is None else self.met(met)

    def met(self, trouble: Trouble) -> Outcome:
        """Answer what trouble is met with."""
        match trouble:
            case Trouble.NEVER:
                return Permanent("the box never takes it")
            case Trouble.FULL:
                return Quota(datetime.now(UTC) + _LATER)
            case Trouble.LATER | Trouble.SILENT:
                return RetryAt(None, "the box does not take it now")


class Swallower(HonestNotifier):
    """It says that all went well, whatever the other side said."""

    caught_by: ClassVar[str] = "test_what_cannot_be_taken_now_is_taken_later"

    def met(self, trouble: Trouble) -> Outcome:  # noqa: ARG002
        return Accepted()


class Dropper(HonestNotifier):
    """It accepts and passes nothing on."""

    caught_by: ClassVar[str] = "test_what_is_accepted_reached_the_other_side"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:  # noqa: ARG002
        return Accepted()


class KeyOfEachTry(HonestNotifier):
    """It makes a new key at every try."""

    caught_by: ClassVar[str] = "test_the_key_is_the_same_at_every_try"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        return super().send(change(message, key=uuid4().hex), addresses)


class KeyOfRecipient(HonestNotifier):
    """It takes the recipient for the key: the second message is thought a repetition."""

    caught_by: ClassVar[str] = "test_another_message_has_another_key"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        return super().send(change(message, key=message.recipient), addresses)


class OwnKindsOnly(HonestNotifier):
    """It raises for a kind that it has no words for."""

    caught_by: ClassVar[str] = "test_a_message_of_any_kind_is_answered_with_an_outcome"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        {"paper_issued": "", "meeting_called": "", "digest": ""}[message.kind]
        return super().send(message, addresses)


class FirstAddress(HonestNotifier):
    """It takes it for granted that there is an address."""

    caught_by: ClassVar[str] = "test_a_recipient_without_an_address_is_answered_with_an_outcome"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        return super().send(message, (addresses[0],))


class SaysOnce(HonestNotifier):
    """It takes a repetition for a fault."""

    caught_by: ClassVar[str] = "test_a_message_that_comes_again_is_accepted_again"

    def __init__(self, box: Box, url: str = f"{SCHEME}{SECRET}") -> None:
        super().__init__(box, url)
        self._sent: set[str] = set()

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        if message.key in self._sent:
            return Permanent("sent already")
        self._sent.add(message.key)
        return super().send(message, addresses)


class GivesUp(HonestNotifier):
    """It gives up what could be taken a minute later."""

    caught_by: ClassVar[str] = "test_what_cannot_be_taken_now_is_taken_later"

    def met(self, trouble: Trouble) -> Outcome:  # noqa: ARG002
        return Permanent("it did not work")


class TriesForEver(HonestNotifier):
    """It tries again what will never be taken."""

    caught_by: ClassVar[str] = "test_what_will_never_be_taken_is_given_up"

    def met(self, trouble: Trouble) -> Outcome:  # noqa: ARG002
        return RetryAt(None, "it did not work")


class BlamesTheMessage(HonestNotifier):
    """It counts a try of the message where the other side takes nothing at all."""

    caught_by: ClassVar[str] = "test_a_quota_counts_as_no_try_of_the_message"

    def met(self, trouble: Trouble) -> Outcome:
        return RetryAt(None, "full") if trouble is Trouble.FULL else super().met(trouble)


class TimeWithoutZone(HonestNotifier):
    """It gives the time of its own machine, without saying of which zone."""

    caught_by: ClassVar[str] = "test_what_cannot_be_taken_now_is_taken_later"

    def met(self, trouble: Trouble) -> Outcome:
        if trouble is Trouble.LATER:
            return RetryAt(datetime(2013, 5, 2, 9), "busy")  # noqa: DTZ001
        return super().met(trouble)


class WaitsForEver(HonestNotifier):
    """It waits for an answer that does not come."""

    caught_by: ClassVar[str] = "test_a_peer_that_says_nothing_is_left_in_time"

    def met(self, trouble: Trouble) -> Outcome:
        if trouble is Trouble.SILENT:
            _FOR_EVER.wait()
        return super().met(trouble)


class OneAtATime(HonestNotifier):
    """It keeps the message that it is sending where another thread overwrites it."""

    caught_by: ClassVar[str] = "test_threads_lose_no_message_of_each_other"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        self._sending = message
        time.sleep(0.001)
        return super().send(self._sending, addresses)


class LogsAddresses(HonestNotifier):
    """It logs to whom it writes."""

    caught_by: ClassVar[str] = "test_nothing_personal_is_in_what_it_logs_or_answers"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        _logger.debug("%s goes to %s", message.key, addresses)
        return super().send(message, addresses)


class LogsParams(HonestNotifier):
    """It gives everything that it was told as the reason why it failed."""

    caught_by: ClassVar[str] = "test_nothing_personal_is_in_what_it_logs_or_answers"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        return super().send(message, addresses) if addresses else Permanent(f"no way: {message}")


class ShowsItsToken(HonestNotifier):
    """Its repr has the token of its address."""

    caught_by: ClassVar[str] = "test_a_secret_is_shown_nowhere"

    def __repr__(self) -> str:
        return f"ShowsItsToken({self._token!r})"


class LooksAtItsAddressLater(HonestNotifier):
    """It finds out what is wrong with its address when it should send."""

    caught_by: ClassVar[str] = "test_a_wrong_address_is_refused_when_the_notifier_is_made"

    def __init__(self, box: Box, url: str = f"{SCHEME}{SECRET}") -> None:
        self._box, self._url = box, url

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        return HonestNotifier(self._box, self._url).send(message, addresses)


BROKEN_NOTIFIERS: tuple[type[HonestNotifier], ...] = (
    Swallower,
    Dropper,
    KeyOfEachTry,
    KeyOfRecipient,
    OwnKindsOnly,
    FirstAddress,
    SaysOnce,
    GivesUp,
    TriesForEver,
    BlamesTheMessage,
    TimeWithoutZone,
    WaitsForEver,
    OneAtATime,
    LogsAddresses,
    LogsParams,
    ShowsItsToken,
    LooksAtItsAddressLater,
)
