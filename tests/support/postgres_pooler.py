"""A pooler in transaction mode, between a store and the PostgreSQL server of the tests.

Each transaction of a client gets the server session that has rested longest, so two in a
row never share one where there are several. As with pgbouncer in this mode, nothing that a
client leaves on a session is taken away: whoever comes next would meet it.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.pq import PGconn

_SSL, _GSS, _CANCEL = 80877103, 80877104, 80877102
_GREETING = (
    (b"R", struct.pack("!i", 0)),
    (b"S", b"server_version\x0018.0\x00"),
    (b"S", b"client_encoding\x00UTF8\x00"),
    (b"S", b"standard_conforming_strings\x00on\x00"),
    (b"K", struct.pack("!ii", 1, 1)),
    (b"Z", b"I"),
)


class Pooler:
    """What listens on `port`; `served` has the number of the session of each transaction."""

    def __init__(self, url: str, sessions: int) -> None:
        self._connections = [PGconn.connect(url.encode()) for _ in range(sessions)]
        self._resting: deque[tuple[int, socket.socket]] = deque()
        self._given = threading.Condition()
        for number, connection in enumerate(self._connections):
            assert not connection.error_message, connection.error_message
            rests = socket.socket(fileno=os.dup(connection.socket))
            rests.setblocking(True)
            _at_once(rests)
            self._resting.append((number, rests))
        self.served: list[int] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Stop listening, and end the sessions."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._given:
            # What a client left in the middle is brought to its end first.
            assert self._given.wait_for(
                lambda: len(self._resting) == len(self._connections), timeout=30
            )
            for _, session in self._resting:
                session.close()
        for connection in self._connections:
            connection.finish()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            _at_once(client)
            try:
                if _greeted(client):
                    while first := _message(client):
                        if first[:1] == b"X":
                            return
                        self._transaction(client, first)
            except ConnectionError:
                return

    def _transaction(self, client: socket.socket, first: bytes) -> None:
        with self._given:
            self._given.wait_for(lambda: self._resting)
            number, session = self._resting.popleft()
        self.served.append(number)
        try:
            _relay(client, session, first)
        finally:
            with self._given:
                self._resting.append((number, session))
                self._given.notify()


def _at_once(each: socket.socket) -> None:
    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _relay(client: socket.socket, session: socket.socket, first: bytes) -> None:
    """Carry messages both ways until the session says that no transaction is open.

    Either side may stop in the middle of a message, and go on only when it has heard more.
    """
    session.sendall(first)
    asked = int(first[:1] in b"QS")
    held = {client: bytearray(), session: bytearray()}
    idle = False
    with selectors.DefaultSelector() as waiting:
        for each in held:
            waiting.register(each, selectors.EVENT_READ, each)
        while not idle or held[client]:
            for key, _ in waiting.select():
                part = key.data.recv(65536)
                if not part:
                    raise ConnectionError
                held[key.data] += part
            for message in _whole(held[client]):
                session.sendall(message)
                asked += message[:1] in b"QS"
                idle = False
            for answer in _whole(held[session]):
                client.sendall(answer)
                asked -= answer[:1] == b"Z"
                idle = not asked and answer[:1] + answer[-1:] == b"ZI"


def _whole(held: bytearray) -> Iterator[bytes]:
    """Take the messages that have come whole."""
    while len(held) >= 5 and len(held) > (size := struct.unpack("!i", held[1:5])[0]):
        yield bytes(held[: size + 1])
        del held[: size + 1]


def _greeted(client: socket.socket) -> bool:
    while True:
        (length,) = struct.unpack("!i", _exactly(client, 4))
        (kind,) = struct.unpack("!i", _exactly(client, length - 4)[:4])
        if kind == _CANCEL:
            return False
        if kind not in (_SSL, _GSS):
            break
        client.sendall(b"N")
    client.sendall(b"".join(t + struct.pack("!i", len(b) + 4) + b for t, b in _GREETING))
    return True


def _message(sender: socket.socket) -> bytes:
    head = _exactly(sender, 5)
    return head + _exactly(sender, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(sender: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = sender.recv(size - len(parts))
        if not part:
            raise ConnectionError
        parts += part
    return bytes(parts)


@contextmanager
def pooling(url: str, sessions: int = 3) -> Iterator[Pooler]:
    """Give a pooler before the database of `url`."""
    pooler = Pooler(url, sessions)
    try:
        yield pooler
    finally:
        pooler.close()
