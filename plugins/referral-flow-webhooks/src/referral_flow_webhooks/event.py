"""A message as a CloudEvent, in the structured mode of its HTTP binding.

The structured mode, because Standard Webhooks signs the body: in the binary mode, type,
source and subject would be headers that nobody signed.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

import msgspec
from attrs import frozen

from referral_flow.ports import Message

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"


@frozen(kw_only=True)
class Event:
    """What a message is on its way: ids, dates and counts, no name and no rating.

    `id` is the message's key, the same at every attempt; `type` its kind under a prefix;
    `subject` the recipient (`member:m-1`); `data` the message's params.
    """

    id: str
    source: str
    type: str
    subject: str | None = None
    language: str | None = None
    data: Any = None
    specversion: Literal["1.0"] = "1.0"
    datacontenttype: str = "application/json"


def event(message: Message, source: str, prefix: str) -> Event:
    """Give the event of a message. Nothing in it depends on when it is sent."""
    return Event(
        id=message.key,
        source=source,
        type=prefix + message.kind,
        subject=message.recipient,
        language=message.language,
        data=dict(message.params),
    )


def written(event: Event) -> bytes:
    """Write an event as JSON, the same bytes every time."""
    return msgspec.json.encode(event, order="deterministic")


def read(body: bytes) -> Event:
    """Read an event; raises ValueError for what is none."""
    found = msgspec.json.decode(body, type=Event)
    if not (found.id and found.source and found.type):
        raise ValueError
    return found


def header_id(id: str) -> str:
    """Give an id as a header can hold it, without the full stop that parts what is signed."""
    return quote(id, safe="/:").replace(".", "%2E")
