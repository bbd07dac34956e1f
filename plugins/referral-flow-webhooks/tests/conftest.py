"""A real receiver of webhooks on loopback, over HTTP or HTTPS, in a thread of its own."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from attrs import Factory, define, frozen

KEYS = Path(__file__).parent / "keys"
TRUSTED = str(KEYS / "hooks.pem")
"""The certificate of hooks.example.org, and of nothing else."""


@frozen
class Request:
    """What came: the path, the headers, the body, and the name that TLS was asked for."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    name: str | None = None


@define
class Answered:
    """What the receiver answers; `raw` is written in place of it, piece by piece."""

    status: int = 200
    headers: Mapping[str, str] = Factory(dict)
    body: bytes = b""
    raw: Iterator[bytes] | None = None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    name: str | None = None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: here the other side often breaks off."""


class Receiver:
    """Keeps the requests that it got in `requests`; `answers` are given in turn, then 200."""

    def __init__(self, secured: bool) -> None:
        self.requests: list[Request] = []
        self.answers: list[Answered] = []
        self.over = threading.Event()
        self._server = Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        if secured:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(TRUSTED, KEYS / "hooks.key")
            context.sni_callback = self._named
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    @property
    def trusted(self) -> str:
        """Give the file with its certificate."""
        return TRUSTED

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer the next request like this."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(Answered(status, named, body))

    def write(self, pieces: Iterator[bytes]) -> None:
        """Write these to the next request, for as long as the other side listens."""
        self.answers.append(Answered(raw=pieces))

    def close(self) -> None:
        """End."""
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _named(self, sock: Any, name: str | None, context: Any) -> None:
        self._server.name = name

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                name = receiver._server.name
                receiver.requests.append(Request(self.path, headers, body, name))
                given = receiver.answers.pop(0) if receiver.answers else Answered()
                if given.raw is None:
                    self._give(given)
                    return
                with suppress(OSError):
                    for piece in given.raw:
                        self.wfile.write(piece)

            def _give(self, given: Answered) -> None:
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                self.wfile.write(given.body)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        return Handler


class Proxy:
    """A proxy that opens the way to what it is asked for, and remembers that in `asked`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._server = Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                proxy.asked.append(self.path)
                host, _, port = self.path.rpartition(":")
                with socket.create_connection((host, int(port))) as there:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(
                        target=_pump, args=(there, self.connection), daemon=True
                    )
                    back.start()
                    _pump(self.connection, there)
                    back.join()
                self.close_connection = True

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        return Handler


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while some := one.recv(65_536):
            other.sendall(some)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """Give a proxy."""
    proxy = Proxy()
    yield proxy
    proxy.close()


@pytest.fixture
def receivers() -> Iterator[Callable[[bool], Receiver]]:
    """Give a maker of receivers, which end with the test."""
    made: list[Receiver] = []

    def make(secured: bool = False) -> Receiver:
        made.append(Receiver(secured))
        return made[-1]

    yield make
    for receiver in made:
        receiver.close()


@pytest.fixture
def receiver(receivers: Callable[[bool], Receiver]) -> Receiver:
    """Give a receiver in the clear."""
    return receivers(False)


@pytest.fixture
def secured(receivers: Callable[[bool], Receiver]) -> Receiver:
    """Give a receiver with the certificate of hooks.example.org."""
    return receivers(True)


@pytest.fixture
def free_port() -> int:
    """Give a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
