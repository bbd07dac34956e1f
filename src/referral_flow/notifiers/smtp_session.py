"""A session with a mail server that has one deadline for all of it."""

from __future__ import annotations

import base64
import smtplib
import socket
import time
from typing import Any

_SIGNED_IN = 235


class Session(smtplib.SMTP):
    """An SMTP session that is over `seconds` after it began, whatever the server does.

    The standard library's timeout is for each wait; a server that sends a byte now and
    then would outlast any lease.
    """

    def __init__(self, host: str, port: int, seconds: float, context: Any = None) -> None:
        self._until = time.monotonic() + seconds
        self._context = context
        super().__init__(host, port, timeout=seconds)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected = socket.create_connection((host, port), timeout)
        if self._context is None:
            return connected
        secured: socket.socket = self._context.wrap_socket(connected, server_hostname=host)
        return secured

    def sign_in(self, user: str, password: str) -> None:
        """Sign in; the standard library's `login` takes no letter beyond ASCII."""
        if user.isascii() and password.isascii():
            self.login(user, password)
            return
        plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
        code, answer = self.docmd("AUTH", f"PLAIN {plain}")
        if code != _SIGNED_IN:
            raise smtplib.SMTPAuthenticationError(code, answer)

    def send(self, s: Any) -> None:
        """Send, within what is left of the time."""
        if self.sock is not None:
            self.sock.settimeout(left(self._until))
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Wait for an answer, within what is left of the time."""
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock, self._until)
        return super().getreply()


class _Lines:
    """The server's lines, read until the deadline."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until
        self._read = b""

    def readline(self, limit: int) -> bytes:
        while b"\n" not in self._read and len(self._read) < limit:
            self._sock.settimeout(left(self._until))
            more = self._sock.recv(4096)
            if not more:
                break
            self._read += more
        end = self._read.find(b"\n") + 1 or len(self._read)
        line, self._read = self._read[: min(end, limit)], self._read[min(end, limit) :]
        return line

    def close(self) -> None:
        """Do nothing: the socket is closed by the session."""


def left(until: float) -> float:
    """Give the seconds that are left; raises TimeoutError when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
