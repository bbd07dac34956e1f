"""Real receivers on loopback for what Apprise sends: over HTTP, and a mail server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from attrs import frozen


@frozen
class Request:
    """What came."""

    path: str
    kind: str
    body: str
    status: int


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: here the other side may break off."""


class Receiver:
    """Keeps the requests in `requests`; `answers` are the statuses to answer with, by path.

    Those in `once` are given once. At a path in `hangs` it answers byte by byte, without end.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[str, int] = {}
        self.once: dict[str, int] = {}
        self.hangs: set[str] = set()
        self.over = threading.Event()
        self._server = Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    @property
    def paths(self) -> list[str]:
        """Give the paths of the requests."""
        return [request.path for request in self.requests]

    def close(self) -> None:
        """End."""
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                kind = self.headers["Content-Type"]
                always = receiver.answers.get(self.path, 200)
                status = receiver.once.pop(self.path, always)
                receiver.requests.append(Request(self.path, kind, body, status))
                if self.path in receiver.hangs:
                    self._dribble()
                    return
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _dribble(self) -> None:
                with suppress(OSError):
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    while not receiver.over.wait(0.05):
                        self.wfile.write(b"X: y\r\n")

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        return Handler


class MailBox:
    """Keeps the mails that it took in `mails`, with their recipients in `recipients`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port())
        self._controller.start()
        self.port = self._controller.port

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def close(self) -> None:
        """End."""
        self._controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver over HTTP."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def mail_box() -> Iterator[MailBox]:
    """Give a mail server."""
    box = MailBox()
    yield box
    box.close()


@pytest.fixture
def free_port() -> int:
    """Give a port at which nobody listens."""
    return _free_port()
