"""A notifier that sends each message as a mail, by the mail server of an address."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import tzinfo
from email.policy import compat32
from typing import ClassVar
from zoneinfo import ZoneInfo

from attrs import field, frozen

from referral_flow.notifiers.mail import mail
from referral_flow.notifiers.smtp_session import Session
from referral_flow.ports import Accepted, Message, Outcome, Permanent, RetryAt
from referral_flow.words import LANGUAGES

ZONE = "Asia/Ho_Chi_Minh"
SECONDS = 20.0
"""How long one mail may take; much less than the lease of a message."""

_CRLF = compat32.clone(linesep="\r\n")
STARTTLS, IMPLICIT, NONE = "starttls", "implicit", "none"
ADDRESS = re.compile(r"[!-;=?-~]+@[A-Za-z0-9.\-\[\]:]+")
_NOT_AVAILABLE = 421
_PERMANENT = 500


@frozen
class SmtpNotifier:
    """Send messages as mails: plain text, no name, rating or words of anybody.

    `tls` is "starttls", "implicit" or "none"; `trusted` is a file of certificates to trust
    in place of the system's. One connection is made for each mail.
    """

    tells_people: ClassVar[bool] = True

    host: str
    port: int
    sender: str
    tls: str = STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    seconds: float = SECONDS
    trusted: str | None = None
    zone: tzinfo = field(factory=lambda: ZoneInfo(ZONE))

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """Send one mail to all addresses of the recipient.

        It is accepted when the server took it for one of them: sent again, it would reach
        that one twice. What goes wrong before the first address is named is the channel's
        trouble, not the message's.
        """
        if message.language not in LANGUAGES:
            return Permanent(f"there are no words in the language {message.language!r}")
        usable = list(dict.fromkeys(a for a in addresses if ADDRESS.fullmatch(a)))
        if not usable:
            return Permanent("no address that can be written to" if addresses else "no address")
        written = mail(message, self.sender, usable, self.zone)
        refusal = self._send(written.as_bytes(policy=_CRLF), usable)
        return refusal or Accepted(written["Message-ID"])

    def _send(self, written: bytes, addresses: Sequence[str]) -> Outcome | None:
        """Send; give what came in between, if anything did."""
        try:
            session = self._connected()
        except smtplib.SMTPResponseException as refused:
            return _channel(f"the server answered {refused.smtp_code} before the mail")
        except (OSError, smtplib.SMTPException) as trouble:
            return _channel(f"no session with the server: {type(trouble).__name__}")
        try:
            session.sendmail(self.sender, list(addresses), written)
        except smtplib.SMTPRecipientsRefused as refused:
            return _refused({code for code, _ in refused.recipients.values()})
        except smtplib.SMTPSenderRefused as refused:
            return _channel(f"the server answered {refused.smtp_code} to the sender")
        except smtplib.SMTPResponseException as refused:
            return _refused({refused.smtp_code})
        except (OSError, smtplib.SMTPException) as trouble:
            return RetryAt(None, f"the session broke off: {type(trouble).__name__}")
        finally:
            _leave(session)
        return None

    def _connected(self) -> Session:
        """Give a session that is secured and signed in."""
        secured = None
        if self.tls != NONE:
            secured = ssl.create_default_context(cafile=self.trusted)
        implicit = secured if self.tls == IMPLICIT else None
        session = Session(self.host, self.port, self.seconds, implicit)
        try:
            session.ehlo_or_helo_if_needed()
            if self.tls == STARTTLS:
                session.starttls(context=secured)
                session.ehlo()
            if self.user is not None:
                session.sign_in(self.user, self.password or "")
        except BaseException:
            session.close()
            raise
        return session


def _refused(codes: set[int]) -> Outcome:
    """Tell what is refused for good from what may be taken later."""
    reason = f"the server answered {', '.join(str(code) for code in sorted(codes))}"
    if _NOT_AVAILABLE in codes:
        return _channel(reason)
    return Permanent(reason) if min(codes) >= _PERMANENT else RetryAt(None, reason)


def _channel(reason: str) -> RetryAt:
    return RetryAt(None, reason, channel=True)


def _leave(session: Session) -> None:
    # What the server took stays taken, however it says good-bye.
    with suppress(OSError, smtplib.SMTPException):
        session.quit()
    session.close()
