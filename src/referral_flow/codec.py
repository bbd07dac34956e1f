"""Bytes: how events, snapshots and commands are written, and what proves that they stand.

The format is for ever. An event is stored under a name with a version
(`referral.issued@1`); a process lists its names, and an upcaster turns an old version into
the next one when it is read. A snapshot bears the format of its class and is made anew
from its events when that has changed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from referral_flow.engine.actor import SYSTEM_ROLE, Actor
from referral_flow.engine.command import Command, name_of
from referral_flow.engine.process import Process
from referral_flow.engine.record import fields_of, is_record
from referral_flow.errors import ConfigurationError, InvalidCommand, StoreError

_MADE = "made-"
CHANCE = 10  # bytes
_MADE_LENGTH = len(_MADE) + 12 + 1 + 2 * CHANCE

LARGEST_COMMAND = 1_000_000
"""Bytes; a command beyond it is refused before anything is loaded."""

_encoder = msgspec.json.Encoder()
_sorted = msgspec.json.Encoder(order="sorted")
# MessagePack writes the type and length of each part: no two lists of parts look alike.
_packed = msgspec.msgpack.Encoder(order="sorted")


class Envelope(msgspec.Struct, omit_defaults=True, frozen=True):
    """What is stored of an event besides its columns.

    `by` did it; `event` is read raw, for its class follows from the name, and written as it
    is; `words` is the hash of the words that lie beside; `take`, `free`, `timers`
    and `cancel` are what the decision did with claims and timers, so that they can be
    verified against the history.
    """

    by: Actor
    event: msgspec.Raw
    words: str | None = None
    take: tuple[tuple[str, str], ...] = ()
    free: tuple[tuple[str, str], ...] = ()
    timers: dict[str, int] = msgspec.field(default_factory=dict)
    cancel: tuple[str, ...] = ()


class Codec:
    """Writes and reads what the given processes store.

    Raises ConfigurationError when two of them list the same name.
    """

    def __init__(self, processes: Iterable[Process]) -> None:
        self._names: dict[type[Any], str] = {}
        self._events: dict[str, type[Any]] = {}
        # Made when the first of a kind is read: making all would take a tenth of an opening.
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}
        self._upcasters: dict[str, Any] = {}
        self._snapshots: dict[str, tuple[bytes, msgspec.json.Decoder[Any]]] = {}
        self._commands: dict[type[Any], msgspec.json.Decoder[Any]] = {}
        for process in processes:
            for name, event in process.events.items():
                if name in self._events or event in self._names:
                    raise ConfigurationError(problem=f"the event {name!r} is listed twice")
                self._names[event] = name
                self._events[name] = event
            self._upcasters.update(process.upcasters)
            prefix = b"%d:" % process.snapshot_format
            self._snapshots[process.kind] = prefix, msgspec.json.Decoder(process.snapshot)
        self._envelope = msgspec.json.Decoder(Envelope)

    def event_name(self, event: Any) -> str:
        """Give the name under which an event is stored."""
        name = self._names.get(type(event))
        if name is None:
            raise ConfigurationError(
                problem=f"the event {type(event).__name__} is listed by no process"
            )
        return name

    def write_event(self, envelope: Envelope) -> bytes:
        """Write an event with its envelope."""
        return _encoder.encode(envelope)

    def read_envelope(self, data: bytes) -> Envelope:
        """Read an envelope; raises StoreError when it cannot be read."""
        try:
            return self._envelope.decode(data)
        except msgspec.DecodeError as error:
            raise StoreError(problem="event_unreadable", detail=str(error)) from None

    def read_event(self, name: str, event: msgspec.Raw) -> Any:
        """Read an event as its newest version; raises StoreError when it cannot be."""
        try:
            while name in self._upcasters:
                name, fields = self._upcasters[name](msgspec.json.decode(event))
                event = msgspec.Raw(_encoder.encode(fields))
            if name not in self._events:
                raise StoreError(problem="event_unknown", event=name)
            decoder = self._decoders.get(name)
            if decoder is None:
                decoder = self._decoders[name] = msgspec.json.Decoder(self._events[name])
            return decoder.decode(event)
        except msgspec.DecodeError as error:
            raise StoreError(problem="event_unreadable", event=name, detail=str(error)) from None

    def write_snapshot(self, kind: str, snapshot: Any) -> bytes:
        """Write a snapshot under the format of its process."""
        return self._snapshots[kind][0] + _encoder.encode(snapshot)

    def read_snapshot(self, kind: str, data: bytes) -> Any | None:
        """Read a snapshot; None when it has another format and must be made anew."""
        prefix, decoder = self._snapshots[kind]
        if not data.startswith(prefix):
            return None
        try:
            return decoder.decode(data[len(prefix) :])
        except msgspec.DecodeError:
            return None

    def is_current(self, kind: str, data: bytes) -> bool:
        """Say whether a snapshot has the format of its process as it is now."""
        return data.startswith(self._snapshots[kind][0])

    def knows(self, kind: str) -> bool:
        """Say whether one of the processes stores this kind."""
        return kind in self._snapshots

    def checked(self, command: Command[Any]) -> bytes:
        """Write a command, after checking the type of each field.

        Raises InvalidCommand that names the field.
        """
        cls = type(command)
        name = name_of(cls)
        try:
            body = _sorted.encode(command)
            decoder = self._commands.get(cls)
            if decoder is None:
                decoder = self._commands[cls] = msgspec.json.Decoder(cls)
            read = decoder.decode(body)
        except (msgspec.ValidationError, TypeError, ValueError) as error:
            raise InvalidCommand(command=name, problem=str(error)) from None
        if len(body) > LARGEST_COMMAND:
            problem = f"{len(body)} bytes are more than {LARGEST_COMMAND}"
            raise InvalidCommand(command=name, problem=problem)
        # A text is read as the day that it could stand for; guards would meet the text.
        wrong = None if read == command else _wrong(command, read, "$")
        if wrong is not None:
            raise InvalidCommand(command=name, problem=wrong)
        return body


def _wrong(given: Any, read: Any, path: str) -> str | None:
    """Name the first value that is of another type than the one that is read back."""
    if is_record(type(read)) and type(given) is type(read):
        names = [field.name for field in fields_of(type(read))]
        parts = [(getattr(given, n), getattr(read, n), f"{path}.{n}") for n in names]
    elif isinstance(given, list | tuple) and isinstance(read, list | tuple):
        parts = [(g, r, f"{path}[...]") for g, r in zip(given, read, strict=True)]
    elif given == read:
        return None
    else:
        expected, got = type(read).__name__, type(given).__name__
        return f"Expected `{expected}`, got `{got}` - at `{path}`"
    return next((found for part in parts if (found := _wrong(*part))), None)


def key_of(text: str, actor: Actor, command: str) -> bytes:
    """Give the 16 bytes that stand for any text used as an id of a command.

    The library's own ids, of timers and deliveries, lie apart from those of desks: nobody
    can use one up. Those of `new_command_id` begin with their time, and so lie side by side
    in an index. Raises InvalidCommand for a text that cannot be one.
    """
    try:
        written = text.encode()
    except UnicodeEncodeError:
        raise InvalidCommand(command=command, problem="command_id_not_text") from None
    if not written:
        raise InvalidCommand(command=command, problem="command_id_empty")
    return _key_of(written, _made_at(text), actor)


def new_command_id(actor: Actor, chance: bytes | None = None) -> tuple[str, bytes]:
    """Make an id for a command that was asked for without one, and give its key with it.

    `chance` are CHANCE bytes that the system drew for this command, for many at once.
    """
    made_at = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    drawn = os.urandom(CHANCE) if chance is None else chance
    text = f"{_MADE}{made_at.hex()}-{drawn.hex()}"
    return text, _key_of(text.encode(), made_at, actor)


def _key_of(written: bytes, made_at: bytes, actor: Actor) -> bytes:
    space = b"system" if actor.role == SYSTEM_ROLE else b"desk"
    return made_at + blake2b(written, digest_size=16 - len(made_at), person=space).digest()


def _made_at(text: str) -> bytes:
    """Give the time in an id that was made here; nothing for any other text."""
    if not text.startswith(_MADE) or len(text) != _MADE_LENGTH:
        return b""
    try:
        return bytes.fromhex(text[len(_MADE) : len(_MADE) + 12])
    except ValueError:
        return b""


def digest(secret: bytes, name: str, body: bytes, actor: Actor) -> bytes:
    """Give the keyed digest of a command, covering who sent it and for which committee."""
    packed = _packed.encode((name, body, actor))
    return blake2b(packed, key=secret, digest_size=16).digest()


def event_hash(columns: tuple[Any, ...]) -> bytes:
    """Give the hash of an event's columns, each with its type and length before it."""
    return blake2b(_packed.encode(columns), digest_size=16).digest()


def write_words(words: Mapping[str, str]) -> bytes:
    """Write the personal words of an event."""
    return _encoder.encode(words)


def read_words(data: bytes) -> dict[str, str]:
    """Read the personal words of an event."""
    return msgspec.json.decode(data, type=dict[str, str])


def words_hash(salt: bytes, data: bytes) -> str:
    """Give the salted hash that stands for words in the event beside which they lie."""
    return blake2b(data, key=salt, digest_size=16).hexdigest()


def write_plain(value: Any) -> bytes:
    """Write a value of plain parts, such as a message."""
    return _encoder.encode(value)


def read_plain(data: bytes) -> Any:
    """Read such a value."""
    return msgspec.json.decode(data)
