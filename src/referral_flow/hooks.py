"""Every hook with its promise, on one page; `docs/hooks.md` is made from it.

A plugin is a module or object with functions marked `hookimpl`, found by the entry-point
group `referral_flow` or given as `plugins=`. Set `REFERRAL_FLOW_HOOKS = 1` in it. A
function takes those arguments of its hook that it names: arguments may be added to a hook
in later versions, and none is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from pluggy import HookimplMarker, HookspecMarker

from referral_flow.engine.lifecycle import GuardFor
from referral_flow.engine.record import Record
from referral_flow.ports import Drop, Message, Notifier, Store

HOOKS_VERSION = 1

hookspec: HookspecMarker = HookspecMarker("referral_flow")
hookimpl: HookimplMarker = HookimplMarker("referral_flow")


class Fault(StrEnum):
    """What follows when a hook raises, exits, or gives what is not due."""

    PLUGIN_FAILS = "The plugin is `failed`; opening stops only where one of its schemes is needed."
    OPENING_STOPS = "Opening stops with `PluginError`: what decides is never lost in silence."
    DELIVERY_WAITS = "That message waits and is tried again, twelve times in all."
    CONTAINED = "It is logged with the plugin's name; what was done stays done."


class Calling(Record):
    """When a hook is called, in which thread, and what transaction is open then."""

    when: str
    thread: str
    transaction: str


OPENING = Calling(
    when="Once for each flow, when it is opened.",
    thread="The one that opens the flow.",
    transaction="None of the library's is open.",
)
DELIVERING = Calling(
    when="For each message that is due, in `deliver`, before it is sent.",
    thread="The one that called `deliver`; it is not cut off, so set limits of your own.",
    transaction="None of the library's is open.",
)
COMMITTED = Calling(
    when="Once for each command that was carried out. For a flow `within`, by the commit of a "
    "SQLAlchemy Session or of Django, and otherwise by `announce()`.",
    thread="The one that asked for the command.",
    transaction="None of the library's is open any more: the outermost one is committed.",
)


class Promise(Record):
    """What a hook may rely on, and what follows from its faults."""

    calling: Calling
    fault: Fault
    since: str


Spec = TypeVar("Spec", bound=Callable[..., Any])


def promised(calling: Calling, fault: Fault, since: str) -> Callable[[Spec], Spec]:
    """Mark a function as the specification of a hook, with what is promised of it."""

    def mark(spec: Spec) -> Spec:
        vars(spec)["promise"] = Promise(calling, fault, since)
        return hookspec(spec)

    return mark


class Committed(Record):
    """What an observer is told after the commit: ids and codes, no words and no names."""

    command_id: str
    command: str
    subject: str
    stream: str
    version: int
    events: tuple[str, ...]
    state: str


@promised(OPENING, Fault.PLUGIN_FAILS, since="0.1.0")
def referral_flow_stores() -> Mapping[str, Callable[[str], Store]]:
    """Give stores: for each scheme a function that opens one by its URL.

    The function is called when a store of its scheme is opened. Its errors of the class
    ReferralFlowError (StoreMissing, WrongUrl, ...) reach the caller as they are; anything
    else becomes a PluginError that keeps only the name of its class, for a URL may hold a
    password. So does what has not every method of a Store, or an async one.
    """
    return {}


@promised(OPENING, Fault.PLUGIN_FAILS, since="0.1.0")
def referral_flow_notifiers() -> Mapping[str, Callable[[str], Notifier]]:
    """Give notifiers: for each scheme a function that makes one by its URL.

    The function is called when the flow is opened; what it raises or makes is judged as
    that of a store.

    `send` is called outside any transaction, in a thread that one run of `deliver` keeps
    for this notifier, a message at a time. It has 30 seconds, or less if the notifier
    says so by `send_within`. One that takes longer is left alone: its answer is
    not heard any more, its message is tried again later, and its notifier takes nothing
    in this flow until it has come back. What `send` raises, SystemExit too, and what it
    gives that is no outcome, is RetryAt.
    """
    return {}


@promised(OPENING, Fault.OPENING_STOPS, since="0.1.0")
def referral_flow_guards() -> Iterable[GuardFor]:
    """Give further guards for rows; they can only narrow what is allowed.

    A guard for a command or state that has no row, and one that is nameless, async or
    takes other arguments, stops the opening too. The guard itself is called for each
    command, in `explain` too, by the thread that asks, while nothing is being written. If
    it raises or exits, or gives what is no Refusal, that is the refusal `guard_crashed`:
    neither refused by the rule nor allowed.
    """
    return ()


@promised(OPENING, Fault.OPENING_STOPS, since="0.1.0")
def referral_flow_rule_sets() -> Mapping[str, str]:
    """Give rule sets: for each name the text of a TOML file.

    A text that is no rule set, and a name that is there already, stop the opening too.
    """
    return {}


@promised(DELIVERING, Fault.DELIVERY_WAITS, since="0.1.0")
def referral_flow_addresses(recipient: str) -> Sequence[str] | None:
    """Give the addresses of a recipient (`member:m-1`); none, or None, if there are none.

    The notifier is given what all plugins know, after what `addresses=` of the flow gave.
    """
    return ()


@promised(DELIVERING, Fault.DELIVERY_WAITS, since="0.1.0")
def referral_flow_hold(message: Message) -> datetime | Drop | None:
    """Hold a message until a time, drop it with a reason, or let it go (None).

    The first plugin that does not answer None decides. Kinds that the rule set compels
    (`messages.compelled`) are held, but not dropped.
    """
    return None


@promised(COMMITTED, Fault.CONTAINED, since="0.1.0")
def referral_flow_committed(record: Committed) -> None:
    """Hear of a command after the commit.

    It may be lost with the process, and it is not repeated. Commands may be executed in
    it: each is committed on its own, and told of when every plugin has heard of the one
    before. What follows from what follows is told eight deep and no deeper.
    """


ALL_HOOKS: tuple[Callable[..., Any], ...] = (
    referral_flow_stores,
    referral_flow_notifiers,
    referral_flow_guards,
    referral_flow_rule_sets,
    referral_flow_addresses,
    referral_flow_hold,
    referral_flow_committed,
)


def promise_of(spec: Callable[..., Any]) -> Promise:
    """Give what is promised of a hook."""
    promise: Promise = vars(spec)["promise"]
    return promise
