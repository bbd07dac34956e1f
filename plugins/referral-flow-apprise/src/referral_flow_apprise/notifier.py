"""A notifier that sends each message by a service that Apprise reaches."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import ClassVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from apprise import NotifyBase

from referral_flow.ports import Accepted, Message, Outcome, Permanent, RetryAt
from referral_flow.words import LANGUAGES
from referral_flow_apprise.services import check_schema, schema_of, send, service, wrong
from referral_flow_apprise.wording import Form, worded

ADDRESS = "{address}"
ZONE = "Asia/Ho_Chi_Minh"
SECONDS = 20.0
"""How long one message may take; much less than its lease."""

# What an address may look like: a template must make a service of one of them at least.
_SAMPLES = ("m-1@example.org", "+84912345678", "84912345678", "123456789", "someone")


class AppriseNotifier:
    """Send messages to `url`, or to each address of the recipient.

    With `{address}` in the URL, that is filled in with each address; without it, every
    message goes to this one place, whoever it is for. Without a URL, the addresses are
    Apprise URLs themselves, of the services in `schemas` only. `seconds` are for one
    message as a whole. Raises ConfigurationError.
    """

    tells_people: ClassVar[bool] = True

    def __init__(
        self,
        url: str = "",
        *,
        schemas: Iterable[str] = (),
        form: Form = Form.FULL,
        seconds: float = SECONDS,
        zone: tzinfo | None = None,
    ) -> None:
        self._url = url
        self._schemas = frozenset(schema.lower() for schema in schemas)
        self._form = form
        self._seconds = seconds
        self._zone = ZoneInfo(ZONE) if zone is None else zone
        self._check()

    def __repr__(self) -> str:
        # The rest of a URL is an address or a token.
        named = schema_of(self._url) or ", ".join(sorted(self._schemas))
        return f"{type(self).__name__}({named!r})"

    def send(self, message: Message, addresses: Sequence[str]) -> Outcome:
        """Send one message to each address of the recipient, in turn.

        It is accepted when one of them took it: sent again, it would reach that one twice.
        """
        if message.language not in LANGUAGES:
            return Permanent(f"there are no words in the language {message.language!r}")
        urls = self._urls(addresses)
        services = [found for url in urls if (found := service(url)) is not None]
        if not services:
            return Permanent("no address that can be written to" if addresses else "no address")
        return self._sent(services, *worded(message, self._form, self._zone))

    def _sent(self, services: Sequence[NotifyBase], title: str, body: str) -> Outcome:
        """Send by each service, each with its share of the time that is left."""
        until = time.monotonic() + self._seconds
        troubles: list[str] = []
        for number, each in enumerate(services):
            share = (until - time.monotonic()) / (len(services) - number)
            try:
                took = send(each, title, body, share)
            except TimeoutError:
                troubles.append("no answer in time")
            except Exception as error:
                # Only the class is kept: the words may hold an address.
                troubles.append(type(error).__name__)
            else:
                troubles += [] if took else ["the service did not take it"]
        if len(troubles) < len(services):
            return Accepted()
        return RetryAt(None, "; ".join(dict.fromkeys(troubles)))

    def _urls(self, addresses: Sequence[str]) -> list[str]:
        if self._url and ADDRESS not in self._url:
            return [self._url]
        once = dict.fromkeys(addresses)
        if self._url:
            return [_filled(self._url, address) for address in once]
        return [address for address in once if schema_of(address) in self._schemas]

    def _check(self) -> None:
        """Say now, and not at the first message, what cannot work."""
        if bool(self._url) == bool(self._schemas):
            wrong("it is either one URL, or schemas= for addresses that are URLs themselves")
        for schema in self._schemas:
            check_schema(schema)
        if not self._url:
            return
        samples = _SAMPLES if ADDRESS in self._url else ("",)
        if all(service(_filled(self._url, sample)) is None for sample in samples):
            if schema := schema_of(self._url):
                check_schema(schema)
            wrong("the service cannot be reached by such a URL; see its page at Apprise")


def _filled(url: str, address: str) -> str:
    # No sign of an address may be read as a part of the URL.
    return url.replace(ADDRESS, quote(address, safe=""))
