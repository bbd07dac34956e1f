"""The notifiers that come with the library keep the contract of notifiers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import SMTP

from referral_flow.notifiers import built_in_notifiers
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.ports import Notifier, Outcome, Permanent, RetryAt
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
from tests.support.mail_server import PASSWORD, TRUSTED, USER, MailServer

LOGGER = "referral_flow.notifiers.log"


class Log:
    """What stands in the log, by the first word of each line: the key."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    def received(self) -> Sequence[str]:
        lines = [r.getMessage() for r in self._caplog.records if r.name == LOGGER]
        return [line.split()[0] for line in lines]

    def trouble(self, kind: Trouble) -> None:
        raise AssertionError(kind)


class TestLogNotifier(NotifierContract, ReachedClauses, AddressClauses):
    @pytest.fixture
    def peer(self, caplog: pytest.LogCaptureFixture) -> Log:
        caplog.set_level(logging.INFO)
        return Log(caplog)

    @pytest.fixture
    def make_notifier(self) -> MakeNotifier:
        return lambda: built_in_notifiers()["log"]("log:")

    @pytest.fixture
    def from_address(self) -> Callable[[str], Notifier]:
        return built_in_notifiers()["log"]

    @pytest.fixture
    def wrong_addresses(self) -> Sequence[str]:
        return ("log:?zone=Europe/Hanoi", "log:?zone=../../etc")


class Recorded:
    """The recorder is its own other side; it answers as it is told."""

    ANSWERS: dict[Trouble, Outcome] = {  # noqa: RUF012 - no one writes to it
        Trouble.LATER: RetryAt(None, "busy"),
        Trouble.NEVER: Permanent("no such number"),
    }

    def __init__(self) -> None:
        self.notifier = RecordingNotifier()
        self._refused = 0

    def received(self) -> Sequence[str]:
        return [message.key for message, _ in self.notifier.sent][self._refused :]

    def trouble(self, kind: Trouble) -> None:
        self.notifier.outcomes.append(self.ANSWERS[kind])
        self._refused += 1


class TestRecordingNotifier(NotifierContract, ReachedClauses, LaterClauses, NeverClauses):
    @pytest.fixture
    def peer(self) -> Recorded:
        return Recorded()

    @pytest.fixture
    def make_notifier(self, peer: Recorded) -> MakeNotifier:
        return lambda: peer.notifier


class MailPeer(MailServer):
    """A mail server that knows a mail by its Message-ID."""

    ANSWERS = {Trouble.LATER: "450 later", Trouble.NEVER: "550 unknown", Trouble.FULL: "421 full"}  # noqa: RUF012

    _met: Trouble | None = None

    def received(self) -> Sequence[str]:
        return [mail["Message-ID"] for mail in self.mails]

    def trouble(self, kind: Trouble) -> None:
        self._met = kind

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        met, self._met = self._met, None
        if met is Trouble.SILENT:
            await asyncio.Event().wait()
        if met is not None:
            return self.ANSWERS[met]
        return await super().handle_RCPT(server, session, envelope, address, options)


class TestSmtpNotifier(
    NotifierContract,
    ReachedClauses,
    LaterClauses,
    NeverClauses,
    FullClauses,
    AddressClauses,
    SecretClauses,
):
    @pytest.fixture
    def peer(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailPeer]:
        # The server runs in this process, and logs the addresses that it is told.
        monkeypatch.setattr(logging.getLogger("mail.log"), "disabled", True)
        with MailPeer(tls="starttls", auth=True) as server:
            yield server

    @pytest.fixture
    def make_notifier(self, peer: MailPeer) -> MakeNotifier:
        return lambda: make(f"{_quoted(USER)}:{_quoted(PASSWORD)}@" + peer.url(trusted=TRUSTED))

    @pytest.fixture
    def secrets(self) -> Sequence[str]:
        return (PASSWORD, _quoted(PASSWORD))

    @pytest.fixture
    def from_address(self) -> Callable[[str], Notifier]:
        return built_in_notifiers()["smtp"]

    @pytest.fixture
    def wrong_addresses(self) -> Sequence[str]:
        return (
            "smtp:",
            "smtp://?from=a@b",
            "smtp://mail.example.org",
            "smtp://clerk:hidden-word@mail.example.org?from=a@b&tls=none",
            "smtp://clerk:hidden-word@mail.example.org:port?from=a@b",
            "smtp://clerk:hidden-word@mail.example.org?from=a@b&seconds=90",
            "smtp://clerk:hidden-word@mail.example.org?form=a@b",
        )


class TestSmtpNotifierOfASilentServer(SilentClauses):
    @pytest.fixture
    def peer(self) -> Iterator[MailPeer]:
        with MailPeer() as server:
            yield server

    @pytest.fixture
    def make_notifier(self, peer: MailPeer) -> MakeNotifier:
        return lambda: make(peer.url(seconds=0.3))


def make(address: str) -> Notifier:
    return built_in_notifiers()["smtp"](f"smtp://{address}")


def _quoted(text: str) -> str:
    return quote(text, safe="")
