"""Write each message as one `.eml` file into a folder, where another program picks it up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from email.message import EmailMessage
from errno import EDQUOT, ENOSPC
from hashlib import blake2b
from pathlib import Path
from tempfile import mkstemp
from urllib.parse import urlsplit

from referral_flow.errors import ConfigurationError
from referral_flow.ports import Accepted, Message, Outcome, Permanent, RetryAt

SUBJECTS = {"vi": "Có việc cần xem", "en": "There is something to see"}
FULL = (ENOSPC, EDQUOT)


class SpoolNotifier:
    """Write into the folder of `spool:///relative` or `spool:////absolute`, which must be there.

    A file is named by the message's key, so that a repetition replaces it. It appears whole:
    it is written beside, brought to the disk, and renamed.
    """

    def __init__(self, url: str) -> None:
        path = urlsplit(url).path.removeprefix("/")
        if not path or not Path(path).is_dir():
            raise ConfigurationError(problem="spool:///FOLDER needs a folder that is there")
        self._folder = Path(path)

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """Write one file; what goes wrong with the folder is the channel's trouble."""
        if message.language not in SUBJECTS:
            return Permanent(f"there are no words in the language {message.language!r}")
        usable = [address for address in addresses if "@" in address and address.isprintable()]
        if not usable:
            return Permanent("no address that can be written to")
        name = blake2b(f"{message.key}\n{message.recipient}".encode(), digest_size=16).hexdigest()
        try:
            self._write(f"{name}.eml", bytes(written(message, name, usable)))
        except OSError as trouble:
            full = trouble.errno in FULL
            reason = "the folder is full" if full else f"the folder: {type(trouble).__name__}"
            return RetryAt(None, reason, channel=True)
        return Accepted(name)

    def _write(self, name: str, content: bytes) -> None:
        handle, beside = mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(self._folder / name)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def written(message: Message, name: str, addresses: Sequence[str]) -> EmailMessage:
    """Give the mail: that there is something to see, and nothing that is personal."""
    mail = EmailMessage()
    mail["Message-ID"] = f"<{name}@spool>"
    mail["Bcc"] = ", ".join(addresses)
    mail["Subject"] = SUBJECTS[message.language]
    mail.set_content(f"{SUBJECTS[message.language]}: {message.kind}\n")
    return mail
