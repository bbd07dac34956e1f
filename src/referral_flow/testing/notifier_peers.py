"""Clauses of what happens between a notifier and the other side that it speaks to."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

import pytest

from referral_flow.errors import ConfigurationError
from referral_flow.ports import Accepted, Notifier, Permanent, Quota, RetryAt
from referral_flow.testing.notifier_clauses import (
    EACH,
    THREADS,
    MakeNotifier,
    SendsInTime,
    message,
)
from referral_flow.testing.store_clauses.scenario import together
from referral_flow.testing.versions import Versioned
from referral_flow.words import LANGUAGES

_PASSWORD = re.compile(r"://[^:/@]*:([^@/]+)@")


class Trouble(StrEnum):
    """How the other side meets a message that it does not take."""

    LATER = "later"
    """It cannot take this one now."""
    NEVER = "never"
    """It will never take this one."""
    FULL = "full"
    """It takes no more of anybody's for now."""
    SILENT = "silent"
    """It is there and says nothing."""


class Peer(Protocol):
    """The other side, as a test looks at it and troubles it: a server on loopback, a folder."""

    def received(self) -> Sequence[str]:
        """Say by what it knows each message that it took, one for each time."""

    def trouble(self, kind: Trouble) -> None:
        """Meet the next message like that, and those after it as always."""


class WithPeer(SendsInTime):
    """Need `make_notifier` and `peer`, the other side of every notifier that it makes."""


class ReachedClauses(WithPeer):
    """What is accepted reached the other side, under a key that stays the same."""

    def test_what_is_accepted_reached_the_other_side(
        self, make_notifier: MakeNotifier, peer: Peer, addresses: Sequence[str]
    ) -> None:
        assert isinstance(self.send(make_notifier(), message(), addresses), Accepted)
        assert len(peer.received()) == 1

    def test_the_key_is_the_same_at_every_try(
        self, make_notifier: MakeNotifier, peer: Peer, addresses: Sequence[str]
    ) -> None:
        """Also from another process, and when what is told has changed meanwhile."""
        first = make_notifier()
        for notifier in (first, first, make_notifier()):
            self.send(notifier, message(), addresses)
        self.send(first, message(deadline="2014-01-31"), addresses)
        assert len(set(peer.received())) == 1

    def test_another_message_has_another_key(
        self, make_notifier: MakeNotifier, peer: Peer, addresses: Sequence[str]
    ) -> None:
        for key in ("0b/2/0", "0b/2/1", "0b/20", "0b-2-0", "0B/2/0"):
            self.send(make_notifier(), message(key), addresses)
        assert len(set(peer.received())) == len(peer.received())

    def test_threads_lose_no_message_of_each_other(
        self, make_notifier: MakeNotifier, peer: Peer, addresses: Sequence[str]
    ) -> None:
        notifier = make_notifier()

        def send(number: int) -> None:
            for each in range(EACH):
                self.send(notifier, message(f"0b/{number}/{each}"), addresses)

        together(send, THREADS)
        assert len(set(peer.received())) == THREADS * EACH


class LaterClauses(WithPeer):
    """What cannot be taken now is tried again, and taken then."""

    def test_what_cannot_be_taken_now_is_taken_later(
        self, make_notifier: MakeNotifier, peer: Peer, addresses: Sequence[str]
    ) -> None:
        notifier = make_notifier()
        peer.trouble(Trouble.LATER)
        assert isinstance(self.send(notifier, message(), addresses), RetryAt | Quota)
        assert isinstance(self.send(notifier, message(), addresses), Accepted)
        assert len(peer.received()) == 1


class NeverClauses(WithPeer):
    """What will never be taken is given up at once, and holds up nothing."""

    def test_what_will_never_be_taken_is_given_up(
        self, make_notifier: MakeNotifier, peer: Peer, addresses: Sequence[str]
    ) -> None:
        notifier = make_notifier()
        peer.trouble(Trouble.NEVER)
        assert isinstance(self.send(notifier, message("0b/2/0"), addresses), Permanent)
        assert isinstance(self.send(notifier, message("0b/2/1"), addresses), Accepted)


class FullClauses(WithPeer):
    """Where nothing more is taken for now, no message is to blame."""

    def test_a_quota_counts_as_no_try_of_the_message(
        self, make_notifier: MakeNotifier, peer: Peer, addresses: Sequence[str]
    ) -> None:
        notifier = make_notifier()
        peer.trouble(Trouble.FULL)
        outcome = self.send(notifier, message(), addresses)
        assert isinstance(outcome, Quota) or (isinstance(outcome, RetryAt) and outcome.channel)
        assert isinstance(self.send(notifier, message(), addresses), Accepted)


class SilentClauses(WithPeer):
    """A server that says nothing is left in time; set `seconds` of the notifier low."""

    def test_a_peer_that_says_nothing_is_left_in_time(
        self, make_notifier: MakeNotifier, peer: Peer, addresses: Sequence[str]
    ) -> None:
        peer.trouble(Trouble.SILENT)
        assert isinstance(self.send(make_notifier(), message(), addresses), RetryAt)


class AddressClauses(Versioned):
    """What is wrong in the address of a notifier is said when it is made, without a password.

    Needs the fixtures `from_address`, which makes a notifier of its address, and
    `wrong_addresses`, which it must refuse.
    """

    def test_a_wrong_address_is_refused_when_the_notifier_is_made(
        self, from_address: Callable[[str], Notifier], wrong_addresses: Sequence[str]
    ) -> None:
        assert wrong_addresses
        for address in wrong_addresses:
            with pytest.raises(ConfigurationError) as told:
                from_address(address)
            said = [told.value.says(language) for language in LANGUAGES]
            for password in _PASSWORD.findall(address):
                assert password not in "\n".join((*said, repr(told.value)))


class SecretClauses(SendsInTime):
    """What its address holds in secret is shown nowhere.

    Needs the fixture `secrets`: each that a notifier of `make_notifier` was given.
    """

    def test_a_secret_is_shown_nowhere(
        self,
        make_notifier: MakeNotifier,
        addresses: Sequence[str],
        secrets: Sequence[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        assert secrets
        caplog.set_level(logging.DEBUG)
        notifier = make_notifier()
        shown = [repr(notifier), str(notifier), repr(self.send(notifier, message(), addresses))]
        for secret in secrets:
            assert secret not in "\n".join((caplog.text, *shown))
