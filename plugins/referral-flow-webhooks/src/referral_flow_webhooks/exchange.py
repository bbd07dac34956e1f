"""One request to an address that was checked, and the head of its answer, within a time."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Timer

from attrs import frozen
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

_TROUBLE = (OSError, HTTPError, http.client.HTTPException, ValueError)


class Unreachable(Exception):
    """Say that nothing was sent: no connection, or no certificate that can be trusted."""


class NoAnswer(Exception):
    """Say that the request was sent, perhaps in part, and what came in place of an answer."""


@frozen
class Target:
    """Where the requests go; `context` is None where they go in the clear.

    `proxy` is host and port of one that is asked for a way to the checked address.
    """

    host: str
    port: int
    path: str
    context: ssl.SSLContext | None
    proxy: tuple[str, int] | None = None

    @property
    def authority(self) -> str:
        """Give host and port as the header Host has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.context else 80) else f"{host}:{self.port}"


@frozen
class Answer:
    """The head of an answer; its body is not read."""

    status: int
    retry_after: str | None


def post(
    target: Target,
    addresses: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    until: float,
    connect: float,
) -> Answer:
    """Send a body to the first of the addresses that can be connected to.

    `until` is on the monotonic clock; `connect` are seconds for each address. Raises
    Unreachable or NoAnswer. No redirect is followed, and no proxy of the environment used.
    """
    connection = _connected(target, addresses, until, connect)
    try:
        with _cut_at(connection, until):
            answer = _exchanged(connection, target, headers, body)
    except _TROUBLE as trouble:
        _check_time(until)
        raise NoAnswer(f"the exchange broke off: {type(trouble).__name__}") from None
    finally:
        connection.close()
    # A head that was cut is read as if it had ended there.
    _check_time(until)
    return answer


def _check_time(until: float) -> None:
    if time.monotonic() >= until:
        raise NoAnswer("no answer in time")


def _connected(
    target: Target, addresses: Sequence[str], until: float, connect: float
) -> HTTPConnection:
    trouble = "no address"
    for address in addresses:
        seconds = min(connect, until - time.monotonic())
        if seconds <= 0:
            break
        connection = _connection(target, address, seconds)
        try:
            connection.connect()
            return connection
        except _TROUBLE as error:
            connection.close()
            trouble = type(error).__name__
    raise Unreachable(trouble)


def _connection(target: Target, address: str, seconds: float) -> HTTPConnection:
    """Give a connection to the address whose certificate must be the host's."""
    if target.context is None:
        return HTTPConnection(address, target.port, timeout=seconds)
    connection = HTTPSConnection(
        *(target.proxy or (address, target.port)),
        timeout=seconds,
        ssl_context=target.context,
        server_hostname=target.host,
    )
    if target.proxy:
        connection.set_tunnel(address, target.port)
    return connection


@contextmanager
def _cut_at(connection: HTTPConnection, until: float) -> Iterator[None]:
    """End the connection at a time, whatever the other side does.

    A socket's own time limit is for each wait; a byte now and then would outlast any.
    """
    sock: socket.socket | None = connection.sock
    if sock is None:
        raise OSError
    sock.settimeout(max(until - time.monotonic(), 0.001))
    timer = Timer(max(until - time.monotonic(), 0), _cut, (sock,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        # Not the method of an SSL socket: it would take the reader's state away under it.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _exchanged(
    connection: HTTPConnection, target: Target, headers: Mapping[str, str], body: bytes
) -> Answer:
    head = {"Host": target.authority, "Accept-Encoding": "identity", **headers}
    connection.request("POST", target.path, body=body, headers=head)
    # urllib3's own way to the response logs the address where a header cannot be parsed.
    response = http.client.HTTPConnection.getresponse(connection)
    try:
        return Answer(response.status, response.getheader("Retry-After"))
    finally:
        response.close()
