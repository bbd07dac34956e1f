"""The notifier that sends mails, against a real server on loopback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest

from referral_flow.notifiers import built_in_notifiers
from referral_flow.notifiers.log import WORDS as LOG_WORDS
from referral_flow.notifiers.mail import body, message_id
from referral_flow.notifiers.smtp import SmtpNotifier
from referral_flow.notifiers.telling import WORDS
from referral_flow.ports import Accepted, Message, Permanent, RetryAt
from referral_flow.words import LANGUAGES, table
from tests.notifiers.test_log import KINDS, PERSONAL
from tests.support.mail_server import PASSWORD, TRUSTED, USER, Listening, MailServer

TO = ("m-1@example.org",)
SIGNS_IN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@"


def make(address: str) -> SmtpNotifier:
    notifier = built_in_notifiers()["smtp"](f"smtp://{address}")
    assert isinstance(notifier, SmtpNotifier)
    return notifier


def message(kind: str = "paper_issued", language: str = "vi", **params: Any) -> Message:
    return Message(kind, params or KINDS.get(kind, {}), "member:m-1", language, "13bf/2/0")


# --- what is sent


def test_a_message_becomes_a_mail_in_the_words_of_its_kind() -> None:
    with MailServer() as server:
        outcome = make(server.url()).send(message(), TO)
        (mail,) = server.mails
    assert outcome == Accepted(mail["Message-ID"])
    assert mail["From"] == "committee@example.org"
    assert mail["To"] == "m-1@example.org"
    assert mail["Subject"] == "Đã cấp giấy giới thiệu về nơi cư trú"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail.get_content_type(), mail.get_content_charset()) == ("text/plain", "utf-8")
    assert mail.get_content().splitlines()[:3] == [
        "Kính gửi đồng chí,",
        "",
        "Đồng chí đã được cấp giấy giới thiệu về nơi cư trú; nộp giấy chậm nhất ngày 31/12/2013.",
    ]


def test_a_repetition_has_the_same_message_id_and_another_message_another() -> None:
    with MailServer() as server:
        notifier = make(server.url())
        for told in (message(), message(), Message("paper_issued", {}, "member:m-1", "vi", "k")):
            notifier.send(told, TO)
        first, again, other = (mail["Message-ID"] for mail in server.mails)
    assert first == again != other
    assert first.endswith("@example.org>")


def test_all_addresses_get_one_mail_and_none_sees_the_others() -> None:
    with MailServer() as server:
        both = ("a@example.org", "b@example.org", "a@example.org")
        make(server.url()).send(message(), both)
        assert server.recipients == [["a@example.org", "b@example.org"]]
        assert "example.org" not in server.mails[0]["To"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_says_how_many_things_wait_and_of_which_kinds(language: str) -> None:
    kinds = {"paper_to_expect": 2, "a_kind_of_theirs": 1, "another_of_theirs": 3}
    text = body(message("digest", language, count=6, kinds=kinds), make("h?from=a@b").zone)
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert (
        lines
        == {
            "vi": ["- giấy giới thiệu sẽ nộp đến: 2", "- việc khác cần xem: 4"],
            "en": ["- introduction papers to expect: 2", "- other things to see: 4"],
        }[language]
    )


def test_subjects_and_lines_of_a_digest_are_of_kinds_that_there_are() -> None:
    kinds = set(table("vi", LOG_WORDS)["message"])
    subjects, things = (set(table("vi", WORDS)[section]) for section in ("subject", "thing"))
    assert subjects <= kinds
    assert things == subjects - {"digest"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*KINDS, "a_kind_of_their_own"])
def test_a_mail_carries_no_name_rating_class_or_comment(kind: str, language: str) -> None:
    text = body(message(kind, language, **KINDS.get(kind, {}), **PERSONAL), make("h?from=a@b").zone)
    assert not set("{}[]") & set(text)
    values = [value for value in PERSONAL.values() if isinstance(value, str)]
    for section in ("rating", "class"):
        values += [*table(language)[section], *table(language)[section].values()]
    for value in values:
        assert value.casefold() not in text.casefold()


# --- how it is sent


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_the_session_is_secured_and_signs_in(tls: str) -> None:
    with MailServer(tls=tls, auth=tls == "starttls") as server:
        signs_in = SIGNS_IN if tls == "starttls" else ""
        notifier = make(signs_in + server.url(trusted=TRUSTED))
        assert isinstance(notifier.send(message(), TO), Accepted)
        assert len(server.mails) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_that_is_not_trusted_gets_no_mail(tls: str) -> None:
    with MailServer(tls=tls) as server:
        outcome = make(server.url()).send(message(), TO)
        assert server.mails == []
    assert isinstance(outcome, RetryAt)
    assert outcome.channel
    assert "SSLCertVerificationError" in outcome.reason


def test_a_server_without_starttls_gets_no_mail() -> None:
    with MailServer() as server:
        outcome = make(server.url(tls="starttls")).send(message(), TO)
        assert server.mails == []
    assert isinstance(outcome, RetryAt)
    assert outcome.channel


def test_a_wrong_password_is_the_channels_trouble_and_no_dead_letter() -> None:
    with MailServer(tls="starttls", auth=True) as server:
        signs_in = f"{quote(USER, safe='')}:wrong-password@"
        outcome = make(signs_in + server.url(trusted=TRUSTED)).send(message(), TO)
    assert outcome == RetryAt(None, "the server answered 535 before the mail", channel=True)


# --- what the server refuses


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"MAIL": ["550 no"]}, RetryAt(None, "the server answered 550 to the sender", True)),
        ({"MAIL": ["421 busy"]}, RetryAt(None, "the server answered 421 to the sender", True)),
        ({"RCPT": ["550 unknown"]}, Permanent("the server answered 550")),
        ({"RCPT": ["450 greylisted"]}, RetryAt(None, "the server answered 450")),
        ({"RCPT": ["452 full"]}, RetryAt(None, "the server answered 452")),
        ({"RCPT": ["421 going down"]}, RetryAt(None, "the server answered 421", True)),
        ({"DATA": ["554 refused"]}, Permanent("the server answered 554")),
        ({"DATA": ["451 try later"]}, RetryAt(None, "the server answered 451")),
        ({"DATA": ["421 going down"]}, RetryAt(None, "the server answered 421", True)),
    ],
)
def test_what_may_be_taken_later_is_told_from_what_never_will(
    answers: dict[str, Any], expected: RetryAt | Permanent
) -> None:
    with MailServer(answers=answers) as server:
        notifier = make(server.url())
        assert notifier.send(message(), TO) == expected
        assert isinstance(notifier.send(message(), TO), Accepted)


@pytest.mark.parametrize(
    ("mailboxes", "expected"),
    [
        ({"a@example.org": "550 unknown"}, Accepted),
        ({"a@example.org": "450 later"}, Accepted),
        ({"a@example.org": "550 unknown", "b@example.org": "551 unknown"}, Permanent),
        ({"a@example.org": "550 unknown", "b@example.org": "450 later"}, RetryAt),
    ],
)
def test_one_address_that_took_it_is_enough(mailboxes: dict[str, str], expected: type[Any]) -> None:
    with MailServer(mailboxes=mailboxes) as server:
        outcome = make(server.url()).send(message(), ("a@example.org", "b@example.org"))
    assert isinstance(outcome, expected)


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        ((), "no address"),
        (("nobody", "a@b\r\nBcc: c@d", "a b@c", "<a@b>"), "no address that can be written to"),
    ],
)
def test_without_an_address_nothing_is_tried(addresses: tuple[str, ...], reason: str) -> None:
    assert make("127.0.0.1:9?from=a@b&tls=none").send(message(), addresses) == Permanent(reason)


def test_a_language_without_words_is_given_up() -> None:
    outcome = make("127.0.0.1:9?from=a@b&tls=none").send(message(language="fr"), TO)
    assert isinstance(outcome, Permanent)


# --- a server that is not there, or does not answer


def test_nobody_at_the_port_is_the_channels_trouble() -> None:
    with MailServer() as server:
        notifier = make(server.url())
    outcome = notifier.send(message(), TO)
    assert outcome == RetryAt(None, "no session with the server: ConnectionRefusedError", True)


class Slow(asyncio.Protocol):
    """Says nothing, or a byte now and then; or greets and then breaks off."""

    def __init__(self, how: str) -> None:
        self.how = how

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self.how == "breaks off":
            transport.write(b"220 here\r\n")
        if self.how == "dribbles":
            self._say()

    def data_received(self, data: bytes) -> None:
        if self.how == "breaks off":
            self.transport.close()

    def _say(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"2")
            asyncio.get_running_loop().call_later(0.05, self._say)


@contextmanager
def slow(how: str) -> Iterator[SmtpNotifier]:
    with Listening(asyncio.new_event_loop(), lambda: Slow(how)) as listening:
        yield make(f"127.0.0.1:{listening.port}?from=a@example.org&tls=none&seconds=0.3")


@pytest.mark.parametrize("how", ["says nothing", "dribbles", "breaks off"])
def test_a_server_that_hangs_is_left_at_the_deadline(how: str) -> None:
    with slow(how) as notifier:
        began = time.monotonic()
        outcome = notifier.send(message(), TO)
        assert time.monotonic() - began < 5
    assert isinstance(outcome, RetryAt)
    assert outcome.channel


def test_a_message_id_is_made_of_the_key_and_the_recipient_only() -> None:
    first = message("paper_issued", deadline="2013-12-31")
    later = message("paper_issued", deadline="2014-01-31")
    assert message_id(first, "a@b") == message_id(later, "a@b")
