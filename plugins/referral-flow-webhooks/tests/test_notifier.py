"""The notifier against a real receiver: what is sent, where it goes, what an answer means."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from referral_flow_webhooks import WebhookNotifier, new_secret, receive
from standardwebhooks import Webhook

from referral_flow.ports import Accepted, Message, Permanent, RetryAt

if TYPE_CHECKING:
    from tests.conftest import Proxy, Receiver

SECRET, OLD = new_secret(), new_secret()
NOW = datetime(2013, 3, 1, 2, tzinfo=UTC)
PAPER = Message("paper_issued", {"deadline": "2013-03-31"}, "member:m-1", "vi", "13bf/2/0")
HERE = "127.0.0.0/8"


def to_here(host: str, port: int) -> list[str]:
    assert host == "hooks.example.org"
    return ["127.0.0.1"]


def notifier(receiver: Receiver, **options: Any) -> WebhookNotifier:
    """Give a notifier that finds hooks.example.org at the receiver, in the clear."""
    return made(f"http://hooks.example.org:{receiver.port}/in?tenant=3", **options)


def made(url: str, **options: Any) -> WebhookNotifier:
    asked = {"allow": HERE, "resolve": to_here, "seconds": 5, "clock": lambda: NOW, **options}
    return WebhookNotifier(url, asked.pop("secrets", SECRET), **asked)


def secured_notifier(receiver: Receiver, **options: Any) -> WebhookNotifier:
    url = f"https://hooks.example.org:{receiver.port}/in"
    return made(url, **{"trusted": receiver.trusted, **options})


# --- what is sent


def test_a_message_becomes_a_signed_cloud_event(receiver: Receiver) -> None:
    sender = notifier(receiver, source="https://rf.example.org/7", prefix="org.example.rf.")
    assert sender.send(PAPER, ("m-1@example.org",)) == Accepted("13bf/2/0")
    (request,) = receiver.requests
    assert request.path == "/in?tenant=3"
    assert request.headers["host"] == f"hooks.example.org:{receiver.port}"
    event = from_http_event(HTTPMessage(dict(request.headers), request.body))
    # The time is that library's own: nothing that is sent depends on when.
    assert event.get_attributes() | {"time": None} == {
        "time": None,
        "specversion": "1.0",
        "id": "13bf/2/0",
        "source": "https://rf.example.org/7",
        "type": "org.example.rf.paper_issued",
        "subject": "member:m-1",
        "language": "vi",
        "datacontenttype": "application/json",
    }
    assert event.get_data() == {"deadline": "2013-03-31"}
    assert b"time" not in request.body
    assert b"m-1@example.org" not in request.body


def test_the_receivers_check_gives_the_event_back(receiver: Receiver) -> None:
    notifier(receiver).send(PAPER, ())
    (request,) = receiver.requests
    event = receive(request.headers, request.body, SECRET, now=NOW)
    assert (event.id, event.type) == (PAPER.key, "referral-flow.paper_issued")
    assert (event.subject, event.language, event.data) == ("member:m-1", "vi", PAPER.params)


def test_the_standards_own_library_takes_what_is_sent(receiver: Receiver) -> None:
    notifier(receiver, clock=lambda: datetime.now(UTC)).send(PAPER, ())
    (request,) = receiver.requests
    assert Webhook(SECRET).verify(request.body, dict(request.headers))["id"] == PAPER.key


def test_all_secrets_sign_while_they_are_changed(receiver: Receiver) -> None:
    notifier(receiver, secrets=[SECRET, OLD]).send(PAPER, ())
    (request,) = receiver.requests
    for secret in (SECRET, OLD):
        assert receive(request.headers, request.body, secret, now=NOW).id == PAPER.key
    assert len(request.headers["webhook-signature"].split()) == 2


def test_a_repetition_has_the_same_id_and_body_and_the_time_of_its_own(receiver: Receiver) -> None:
    clock = iter((NOW, NOW + timedelta(days=1)))
    sender = notifier(receiver, clock=lambda: next(clock))
    sender.send(PAPER, ())
    sender.send(PAPER, ())
    first, again = receiver.requests
    assert first.body == again.body
    assert first.headers["webhook-id"] == again.headers["webhook-id"] == PAPER.key
    for request, now in ((first, NOW), (again, NOW + timedelta(days=1))):
        assert receive(request.headers, request.body, SECRET, now=now).id == PAPER.key


@pytest.mark.parametrize("key", ["khóa số 1.5", "a\r\nX-Evil: 1", "1.2.3"])
def test_a_key_that_no_header_can_hold_is_written_so_that_it_can(
    receiver: Receiver, key: str
) -> None:
    told = Message("bed_free", {"since": NOW}, "ward:b-7", "en", key)
    assert notifier(receiver).send(told, ()) == Accepted(key)
    (request,) = receiver.requests
    assert "x-evil" not in request.headers
    assert "." not in request.headers["webhook-id"]
    event = receive(request.headers, request.body, SECRET, now=NOW)
    assert (event.id, event.data) == (key, {"since": "2013-03-01T02:00:00Z"})


# --- where it goes


def test_the_connection_is_to_the_checked_address_under_the_name(secured: Receiver) -> None:
    assert secured_notifier(secured).send(PAPER, ()) == Accepted(PAPER.key)
    (request,) = secured.requests
    assert request.name == "hooks.example.org"
    assert request.headers["host"] == f"hooks.example.org:{secured.port}"


def test_a_certificate_of_another_name_gets_nothing(secured: Receiver) -> None:
    url = f"https://other.example.org:{secured.port}/"
    sender = made(url, trusted=secured.trusted, resolve=lambda host, port: ["127.0.0.1"])
    assert sender.send(PAPER, ()) == unreachable("SSLCertVerificationError")
    assert secured.requests == []


def test_the_address_itself_is_no_name_in_the_certificate(secured: Receiver) -> None:
    sender = made(
        f"https://127.0.0.1:{secured.port}/",
        trusted=secured.trusted,
        resolve=lambda host, port: [host],
    )
    assert sender.send(PAPER, ()) == unreachable("SSLCertVerificationError")
    assert secured.requests == []


def test_a_certificate_that_is_not_trusted_gets_nothing(secured: Receiver) -> None:
    assert secured_notifier(secured, trusted=None).send(PAPER, ()) == unreachable(
        "SSLCertVerificationError"
    )
    assert secured.requests == []


def test_a_receiver_without_tls_gets_nothing_over_https(
    receiver: Receiver, secured: Receiver
) -> None:
    url = f"https://hooks.example.org:{receiver.port}/"
    outcome = made(url, trusted=secured.trusted).send(PAPER, ())
    assert isinstance(outcome, RetryAt)
    assert outcome.channel
    assert receiver.requests == []


def unreachable(why: str) -> RetryAt:
    return RetryAt(None, f"no connection with the receiver: {why}", channel=True)


NOT_ALLOWED = unreachable("its name leads to an address that is not allowed")


def test_a_name_that_leads_to_this_machine_is_not_followed(secured: Receiver) -> None:
    assert secured_notifier(secured, allow="10.0.0.0/8").send(PAPER, ()) == NOT_ALLOWED
    assert secured.requests == []


def test_a_public_address_beside_a_private_one_does_not_help(secured: Receiver) -> None:
    both = secured_notifier(secured, allow=(), resolve=lambda h, p: ["8.8.8.8", "127.0.0.1"])
    assert both.send(PAPER, ()) == NOT_ALLOWED
    assert secured.requests == []


def test_a_name_whose_address_changes_after_the_check_gains_nothing(secured: Receiver) -> None:
    asked: list[str] = []
    answers = iter((["127.0.0.1"], ["10.0.0.1"]))

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    sender = secured_notifier(secured, allow="127.0.0.1/32", resolve=rebinding)
    # Asked once, and connected to that very answer...
    assert sender.send(PAPER, ()) == Accepted(PAPER.key)
    assert asked == ["hooks.example.org"]
    # ... so what the name leads to next is checked before anything is sent to it.
    assert sender.send(PAPER, ()) == NOT_ALLOWED
    assert len(secured.requests) == 1


def test_nothing_goes_in_the_clear_to_a_public_address(receiver: Receiver) -> None:
    outcome = notifier(receiver, resolve=lambda host, port: ["8.8.8.8"]).send(PAPER, ())
    assert outcome == NOT_ALLOWED


def test_the_next_address_is_tried_when_nobody_listens_at_the_first(receiver: Receiver) -> None:
    sender = notifier(receiver, allow="127.0.0.0/8,::1", resolve=lambda h, p: ["::1", "127.0.0.1"])
    assert sender.send(PAPER, ()) == Accepted(PAPER.key)


def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    assert notifier(receiver).send(PAPER, ()) == Accepted(PAPER.key)


def test_a_proxy_that_is_named_is_asked_for_the_checked_address(
    secured: Receiver, proxy: Proxy
) -> None:
    sender = secured_notifier(secured, proxy=f"http://127.0.0.1:{proxy.port}")
    assert sender.send(PAPER, ()) == Accepted(PAPER.key)
    assert proxy.asked == [f"127.0.0.1:{secured.port}"]
    (request,) = secured.requests
    assert request.name == "hooks.example.org"
    # What may not be gone to is not asked for either.
    sender = secured_notifier(secured, proxy=f"http://127.0.0.1:{proxy.port}", allow=())
    assert sender.send(PAPER, ()) == NOT_ALLOWED
    assert len(proxy.asked) == 1


# --- what an answer means


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_was_taken_is_done(receiver: Receiver, status: int) -> None:
    receiver.answer(status)
    assert notifier(receiver).send(PAPER, ()) == Accepted(PAPER.key)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 422, 451])
def test_what_is_refused_for_good_is_a_dead_letter(receiver: Receiver, status: int) -> None:
    receiver.answer(status)
    assert notifier(receiver).send(PAPER, ()) == Permanent(f"the receiver answered {status}")


@pytest.mark.parametrize("status", [408, 425, 500, 501, 505, 599])
def test_what_may_be_taken_later_is_tried_again(receiver: Receiver, status: int) -> None:
    receiver.answer(status, Retry_After="60")
    assert notifier(receiver).send(PAPER, ()) == RetryAt(None, f"the receiver answered {status}")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_receiver_that_is_not_there_makes_all_messages_wait(
    receiver: Receiver, status: int
) -> None:
    receiver.answer(status)
    expected = RetryAt(None, f"the receiver answered {status}", channel=True)
    assert notifier(receiver).send(PAPER, ()) == expected


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "at"),
    [
        ("90", NOW + timedelta(seconds=90)),
        ("Fri, 01 Mar 2013 02:30:00 GMT", NOW + timedelta(minutes=30)),
        ("Friday, 01-Mar-13 02:30:00 GMT", NOW + timedelta(minutes=30)),
        ("86400", NOW + timedelta(hours=6)),
        ("9" * 400, NOW + timedelta(hours=6)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOW + timedelta(hours=6)),
        ("0", None),
        ("-5", None),
        ("Thu, 28 Feb 2013 02:30:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_pause_that_is_asked_for_is_kept_within_a_bound(
    receiver: Receiver, status: int, asked: str, at: datetime | None
) -> None:
    receiver.answer(status, Retry_After=asked)
    outcome = notifier(receiver).send(PAPER, ())
    assert outcome == RetryAt(at, f"the receiver answered {status}", channel=True)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_is_not_followed_and_loses_nothing(
    receivers: Callable[[bool], Receiver], status: int
) -> None:
    here, there = receivers(False), receivers(False)
    here.answer(status, Location=f"http://127.0.0.1:{there.port}/")
    outcome = notifier(here).send(PAPER, ())
    reason = f"the receiver answered {status}: a redirect is not followed"
    assert outcome == RetryAt(None, reason, channel=True)
    assert (len(here.requests), there.requests) == (1, [])


# --- a receiver that is not there, or does not answer as it should


def test_nobody_at_the_port_is_the_channels_trouble(free_port: int) -> None:
    sender = made(f"http://hooks.example.org:{free_port}/")
    assert sender.send(PAPER, ()) == unreachable("NewConnectionError")


def test_who_listens_and_never_secures_the_connection_is_left(secured: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://hooks.example.org:{silent.getsockname()[1]}/"
        outcome = made(url, trusted=secured.trusted, connect=0.2).send(PAPER, ())
    assert outcome == unreachable("TimeoutError")


def test_a_name_that_is_not_found_is_the_channels_trouble(free_port: int) -> None:
    def fails(host: str, port: int) -> list[str]:
        raise OSError(f"no such name: {host}")

    for resolve, why in ((fails, "OSError"), (lambda host, port: [], "no address")):
        sender = made(f"http://hooks.example.org:{free_port}/", resolve=resolve)
        assert sender.send(PAPER, ()) == unreachable(why)


def dribbling(receiver: Receiver, first: bytes, then: bytes) -> Iterator[bytes]:
    yield first
    while not receiver.over.wait(0.05):
        yield then


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    ],
    ids=["status", "headers", "continue", "header"],
)
@pytest.mark.parametrize("over", ["http", "https"])
def test_a_receiver_that_dribbles_its_answer_is_left_at_the_end_of_the_time(
    receivers: Callable[[bool], Receiver], over: str, first: bytes, then: bytes
) -> None:
    receiver = receivers(over == "https")
    receiver.write(dribbling(receiver, first, then))
    make = secured_notifier if over == "https" else notifier
    began = time.monotonic()
    outcome = make(receiver, seconds=0.4).send(PAPER, ())
    assert outcome == RetryAt(None, "no answer in time")
    assert time.monotonic() - began < 5


def test_a_receiver_that_says_nothing_is_left_at_the_end_of_the_time(receiver: Receiver) -> None:
    receiver.write(dribbling(receiver, b"", b""))
    outcome = notifier(receiver, seconds=0.3).send(PAPER, ())
    assert outcome == RetryAt(None, "no answer in time")


def test_a_body_without_end_is_not_read(receiver: Receiver) -> None:
    written: list[int] = []

    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
        while not receiver.over.is_set():
            written.append(1_000_000)
            yield b"x" * 1_000_000

    receiver.write(endless())
    assert notifier(receiver).send(PAPER, ()) == Accepted(PAPER.key)
    receiver.close()
    # What the system's buffers hold, and no more.
    assert sum(written) < 50_000_000


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200,
    ],
    ids=["nothing", "ssh", "no status", "long header", "many headers"],
)
def test_what_is_no_answer_is_tried_again(receiver: Receiver, answer: bytes) -> None:
    receiver.write(iter([answer]))
    outcome = notifier(receiver).send(PAPER, ())
    assert isinstance(outcome, RetryAt)
    assert outcome.reason.startswith("the exchange broke off: ")
    assert not outcome.channel


# --- what is told of it


def test_neither_secret_nor_path_is_in_any_log_repr_or_reason(
    receivers: Callable[[bool], Receiver], caplog: pytest.LogCaptureFixture, free_port: int
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[object] = []
    for receiver, make in ((receivers(False), notifier), (receivers(True), secured_notifier)):
        receiver.answer(404, b"tenant=3 " + SECRET.encode())
        receiver.write(iter([b"HTTP/1.1 200 OK\r\nbroken header\r\n\r\n"]))
        sender = make(receiver)
        said += [sender, sender.__dict__["_secrets"], *(sender.send(PAPER, ()) for _ in range(3))]
    said.append(made(f"http://hooks.example.org:{free_port}/in?tenant=3").send(PAPER, ()))
    told = caplog.text + "".join(f"{each!r} {each}" for each in said)
    for hidden in (SECRET, SECRET.removeprefix("whsec_"), "tenant", "/in"):
        assert hidden not in told


def test_it_is_a_program_and_told_at_once(receiver: Receiver) -> None:
    assert not getattr(notifier(receiver), "tells_people", False)
