"""The notifier for Apprise keeps the contract of notifiers.

But for the clauses of the key: what Apprise sends is read by people and carries none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest
from referral_flow_apprise import AppriseNotifier
from referral_flow_apprise.address import from_address

from referral_flow.ports import Notifier
from referral_flow.testing.contracts import (
    AddressClauses,
    LaterClauses,
    MakeNotifier,
    NotifierContract,
    SecretClauses,
    SilentClauses,
    Trouble,
)

if TYPE_CHECKING:
    from tests.conftest import Receiver

AT = "/somebody@example.org"


class ServicePeer:
    """A service that knows a message by its text."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def received(self) -> Sequence[str]:
        return [each.body for each in self.receiver.requests if each.status == 200]

    def trouble(self, kind: Trouble) -> None:
        if kind is Trouble.SILENT:
            self.receiver.hangs.add(AT)
        else:
            self.receiver.once[AT] = 500


class TestAppriseNotifier(
    NotifierContract, LaterClauses, SilentClauses, AddressClauses, SecretClauses
):
    @pytest.fixture
    def peer(self, receiver: Receiver) -> ServicePeer:
        return ServicePeer(receiver)

    @pytest.fixture
    def make_notifier(self, peer: ServicePeer, request: pytest.FixtureRequest) -> MakeNotifier:
        seconds = 0.5 if "says_nothing" in request.node.name else 20
        url = f"json://clerk:hidden-word@127.0.0.1:{peer.receiver.port}/{{address}}"
        return lambda: AppriseNotifier(url, seconds=seconds)

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return ("hidden-word", "127.0.0.1", "clerk")

    @pytest.fixture
    def from_address(self) -> Callable[[str], Notifier]:
        return from_address

    @pytest.fixture
    def wrong_addresses(self) -> Sequence[str]:
        return (
            "apprise:",
            "apprise:jsn://clerk:hidden-word@example.org",
            "apprise:json://clerk:hidden-word@:80/",
            "apprise:mqtt+nothing://clerk:hidden-word@example.org",
            "apprise:?url=json://clerk:hidden-word@example.org&secs=4",
            "apprise:?url=json://clerk:hidden-word@example.org&seconds=90",
        )
