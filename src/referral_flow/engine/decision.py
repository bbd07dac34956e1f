"""What `decide` gives: everything that would change, and nothing done yet."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from referral_flow.engine.command import Command
from referral_flow.engine.record import Record, field

EVERYTHING = ("*",)


class Claim(NamedTuple):
    """A value that no two streams may hold at once, such as a paper's number."""

    kind: str
    value: str


class Said(Record):
    """An event with personal words: they are stored beside it and can be erased."""

    event: Any
    words: Mapping[str, str]


class Tell(Record):
    """A message to send after the commit.

    `to` is a recipient as `role:id` (`member:m-1`, `committee:w-2`). `params` holds ids,
    dates and counts; never a name, a rating or words.
    """

    kind: str
    to: str
    params: Mapping[str, Any] = field(factory=dict)


_NO_TIMERS: Mapping[str, datetime] = MappingProxyType({})


class Decision(Record):
    """The outcome of a command that was allowed.

    `events` belong to the addressed stream. `also` are commands to other streams, carried
    out in the same transaction through their own rows; one refusal refuses all. `timers`
    are set by name and `cancel` removes them; `withdraw` names the kinds of waiting
    messages whose cause is gone. EVERYTHING stands for all of them.
    """

    events: tuple[Any, ...]
    also: tuple[Command[Any], ...] = ()
    take: tuple[Claim, ...] = ()
    free: tuple[Claim, ...] = ()
    timers: Mapping[str, datetime] = _NO_TIMERS
    cancel: tuple[str, ...] = ()
    messages: tuple[Tell, ...] = ()
    withdraw: tuple[str, ...] = ()
