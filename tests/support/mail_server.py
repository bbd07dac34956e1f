"""A real mail server on loopback, in a thread of its own: aiosmtpd, and what it should refuse."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

KEYS = Path(__file__).parents[1] / "notifiers" / "keys"
TRUSTED = KEYS / "localhost.pem"
USER, PASSWORD = "clerk@example.org", "p@ss:w/ørd 1"


class MailServer:
    """Keeps the mails that it took in `mails`.

    `answers` are what it says to the next commands of each kind ("MAIL", "RCPT", "DATA"),
    None for yes; `refuse` says it of a mail, by its recipients. `mailboxes` are refused
    whatever the order.
    """

    def __init__(
        self,
        *,
        tls: str = "none",
        auth: bool = False,
        answers: dict[str, Iterable[str | None]] | None = None,
        mailboxes: dict[str, str] | None = None,
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refused = 0
        self.mailboxes = mailboxes or {}
        self._answers = {kind: iter(given) for kind, given in (answers or {}).items()}
        self._tls, self._auth = tls, auth
        self._loop = asyncio.new_event_loop()
        self._stack = ExitStack()
        self.port = 0

    def url(self, **options: object) -> str:
        """Give the address by which a notifier reaches it."""
        asked = {"from": "committee@example.org", "tls": self._tls, "seconds": 5, **options}
        return f"127.0.0.1:{self.port}?" + "&".join(f"{k}={v}" for k, v in asked.items())

    # --- what aiosmtpd asks

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if (said := self._next("MAIL")) is None:
            envelope.mail_from = address
        return said or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        said = self._next("RCPT") or self.mailboxes.get(address)
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if said := self._next("DATA"):
            self.refused += 1
            return said
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def _next(self, kind: str) -> str | None:
        return next(self._answers.get(kind, iter(())), None)

    def _sign_in(
        self, server: SMTP, session: Any, envelope: Any, how: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=right, handled=False)

    # --- running

    def _protocol(self) -> SMTP:
        context = _context() if self._tls == "starttls" else None
        return SMTP(
            self,
            hostname="127.0.0.1",
            tls_context=context,
            require_starttls=context is not None,
            auth_required=self._auth,
            auth_require_tls=self._tls == "starttls",
            authenticator=self._sign_in,
            loop=self._loop,
        )

    def __enter__(self) -> Self:
        secured = _context() if self._tls == "implicit" else None
        self.port = self._stack.enter_context(Listening(self._loop, self._protocol, secured)).port
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()


class Listening:
    """A server of any protocol on a free port of loopback."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: Callable[[], asyncio.BaseProtocol],
        secured: ssl.SSLContext | None = None,
    ) -> None:
        self._loop, self._protocol, self._secured = loop, protocol, secured
        self._thread = threading.Thread(target=loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Listening:
        self._thread.start()
        made = self._loop.create_server(self._protocol, "127.0.0.1", 0, ssl=self._secured)
        self._server = asyncio.run_coroutine_threadsafe(made, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TRUSTED, KEYS / "localhost.key")
    return context
