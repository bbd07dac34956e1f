"""Every hook, on one page.

A plugin is a module or object with functions marked `hookimpl`, found by the entry-point
group `referral_flow` or given as `plugins=`. Set `REFERRAL_FLOW_HOOKS = 1` in it. All
hooks but the last three are called once, when the flow is opened, in the opening thread.
Arguments may be added to a hook in later versions; none is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen
from pluggy import HookimplMarker, HookspecMarker

from referral_flow.engine.lifecycle import GuardFor
from referral_flow.ports import Drop, Message, Notifier, Store

HOOKS_VERSION = 1

hookspec: HookspecMarker = HookspecMarker("referral_flow")
hookimpl: HookimplMarker = HookimplMarker("referral_flow")


@frozen
class Committed:
    """What an observer is told after the commit: ids and codes, no words and no names."""

    command_id: str
    command: str
    subject: str
    stream: str
    version: int
    events: tuple[str, ...]
    state: str


@hookspec
def referral_flow_stores() -> Mapping[str, Callable[[str], Store]]:
    """Give stores: for each scheme a function that opens one by its URL.

    If it raises, the plugin is marked as failed; opening fails only for its schemes.
    """
    return {}


@hookspec
def referral_flow_notifiers() -> Mapping[str, Callable[[str], Notifier]]:
    """Give notifiers: for each scheme a function that makes one by its URL.

    If it raises, the plugin is marked as failed; opening fails only for its schemes.
    """
    return {}


@hookspec
def referral_flow_guards() -> Iterable[GuardFor]:
    """Give further guards for rows; they can only narrow what is allowed.

    If it raises, opening fails: a guard must never be lost in silence.
    """
    return ()


@hookspec
def referral_flow_rule_sets() -> Mapping[str, str]:
    """Give rule sets: for each name the text of a TOML file.

    If it raises, opening fails.
    """
    return {}


@hookspec
def referral_flow_addresses(recipient: str) -> Sequence[str]:
    """Give the addresses of a recipient (`member:m-1`), when a message is delivered.

    Called outside any transaction, by the thread that delivers. If it raises, this
    delivery waits and is tried again.
    """
    return ()


@hookspec
def referral_flow_hold(message: Message) -> datetime | Drop | None:
    """Hold a message until a time, drop it with a reason, or let it go (None).

    Kinds that the rule set compels (`messages.compelled`) are held, but not dropped.
    Called as the hook above. If it raises, this delivery waits and is tried again.
    """
    return None


@hookspec
def referral_flow_committed(record: Committed) -> None:
    """Hear of a command after the outermost commit, by the thread that committed.

    What it raises is logged with the plugin's name and changes nothing.
    """


ALL_HOOKS: tuple[Any, ...] = (
    referral_flow_stores,
    referral_flow_notifiers,
    referral_flow_guards,
    referral_flow_rule_sets,
    referral_flow_addresses,
    referral_flow_hold,
    referral_flow_committed,
)
