"""The notifier of webhooks keeps the contract of notifiers, over HTTPS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pytest
from referral_flow_webhooks import WebhookNotifier, new_secret
from referral_flow_webhooks.address import from_address

from referral_flow.ports import Notifier
from referral_flow.testing.contracts import (
    AddressClauses,
    FullClauses,
    LaterClauses,
    MakeNotifier,
    NeverClauses,
    NotifierContract,
    ReachedClauses,
    SecretClauses,
    SilentClauses,
    Trouble,
)

if TYPE_CHECKING:
    from tests.conftest import Receiver

STATUS = {Trouble.LATER: 500, Trouble.NEVER: 410, Trouble.FULL: 429}
SECRETS = (new_secret(), new_secret())


class HookPeer:
    """A receiver that knows a message by the header of its id."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self._refused: list[int] = []

    def received(self) -> Sequence[str]:
        came = enumerate(self.receiver.requests)
        return [each.headers["webhook-id"] for n, each in came if n not in self._refused]

    def trouble(self, kind: Trouble) -> None:
        self._refused.append(len(self.receiver.requests))
        if kind is Trouble.SILENT:
            self.receiver.write(self._nothing())
        else:
            self.receiver.answer(STATUS[kind])

    def _nothing(self) -> Iterator[bytes]:
        self.receiver.over.wait()
        yield b""


class TestWebhookNotifier(
    NotifierContract,
    ReachedClauses,
    LaterClauses,
    NeverClauses,
    FullClauses,
    SilentClauses,
    AddressClauses,
    SecretClauses,
):
    @pytest.fixture
    def peer(self, secured: Receiver) -> HookPeer:
        return HookPeer(secured)

    @pytest.fixture
    def make_notifier(self, peer: HookPeer, request: pytest.FixtureRequest) -> MakeNotifier:
        silent = "says_nothing" in request.node.name
        return lambda: WebhookNotifier(
            f"https://hooks.example.org:{peer.receiver.port}/in",
            SECRETS,
            allow="127.0.0.1",
            trusted=peer.receiver.trusted,
            seconds=0.5 if silent else 20,
            resolve=lambda host, port: ["127.0.0.1"],
        )

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return [part for secret in SECRETS for part in (secret, secret.removeprefix("whsec_"))]

    @pytest.fixture
    def from_address(self) -> Callable[[str], Notifier]:
        return from_address

    @pytest.fixture
    def wrong_addresses(self, monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
        monkeypatch.setenv("HOOK_SECRET", SECRETS[0])
        return (
            "webhook+https:",
            "webhook+https://hooks.example.org/in",
            "webhook+https://clerk:hidden-word@hooks.example.org/#secret=env:HOOK_SECRET",
            "webhook+https://127.0.0.1/#secret=env:HOOK_SECRET",
            "webhook+http://hooks.example.org/#secret=env:HOOK_SECRET",
            "webhook+https://hooks.example.org/#secret=env:HOOK_SECRET&second=5",
        )
