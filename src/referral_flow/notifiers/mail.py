"""A message as a mail: plain text in UTF-8, with a Message-ID that is the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from email.charset import QP, Charset
from email.header import Header
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, localtime
from hashlib import blake2b

from referral_flow.notifiers.telling import WORDS, lines, subject
from referral_flow.ports import Message
from referral_flow.words import say

_UTF_8 = Charset("utf-8")
_UTF_8.body_encoding = QP


def mail(message: Message, sender: str, addresses: Sequence[str], zone: tzinfo) -> MIMENonMultipart:
    """Give the mail that a message becomes.

    Where there are several addresses, none of them sees the others.
    """
    # Not EmailMessage: where it folds a Vietnamese subject, it loses the space between words.
    mail = MIMENonMultipart("text", "plain")
    mail.set_payload(body(message, zone), _UTF_8)
    mail["From"] = sender
    mail["To"] = addresses[0] if len(addresses) == 1 else "undisclosed-recipients:;"
    about = subject(message, zone)
    mail["Subject"] = Header(about, "utf-8", header_name="Subject").encode()
    mail["Date"] = format_datetime(localtime())
    mail["Message-ID"] = message_id(message, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    return mail


def message_id(message: Message, sender: str) -> str:
    """Give the Message-ID of a message: made from its key, so that a repetition is known."""
    name = blake2b(f"{message.key}\n{message.recipient}".encode(), digest_size=16).hexdigest()
    return f"<{name}@{sender.rpartition('@')[2].rstrip('>')}>"


def body(message: Message, zone: tzinfo) -> str:
    """Give the text of a mail."""
    language = message.language
    greeting, closing = (say("mail", code, language, {}, WORDS) for code in ("greeting", "closing"))
    return "\n".join((greeting, "", *lines(message, zone), "", closing, ""))
