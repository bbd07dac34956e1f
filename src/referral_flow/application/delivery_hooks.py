"""Ask the hooks of a delivery: where a recipient is reached, and whether a message may go."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from referral_flow.application.parts import Parts
from referral_flow.engine.judge import RAISED
from referral_flow.plugin_host import Plugin, PluginFault, discard
from referral_flow.ports import Addresses, Drop, Message

SLOW = 5.0
"""Seconds; a hook that takes longer holds up every message behind it, and is named."""


class HookFailed(Exception):
    """Say that a hook did what it must not; `reason` names the plugin and holds no address."""

    def __init__(self, plugin: Plugin, fault: PluginFault) -> None:
        super().__init__()
        self.reason = f"{plugin.whole_name}: {fault.says('en')}"
        plugin.noted(fault)


class DeliveryHooks:
    """The hooks of one run of `deliver`; raises HookFailed for what a plugin must not do."""

    def __init__(self, parts: Parts) -> None:
        self._addresses = list(parts.host.calls("referral_flow_addresses"))
        self._hold = list(parts.host.calls("referral_flow_hold"))
        if (own := parts.addresses) is not None:
            self._addresses.insert(0, (Plugin("addresses="), _given(own)))

    def addresses(self, recipient: str) -> Sequence[str]:
        """Give every address of a recipient that is known."""
        return [a for plugin, call in self._addresses for a in _of(plugin, call, recipient)]

    def held(self, message: Message, compelled: bool) -> Drop | datetime | None:
        """Give the first answer that holds a message; a compelled one is not dropped."""
        for plugin, call in self._hold:
            held = _asked(plugin, "referral_flow_hold", call, message=message)
            if held is None:
                continue
            dropped = isinstance(held, Drop) and isinstance(held.reason, str)
            until = is_moment(held)
            if not (dropped or until):
                raise _wrong(plugin, "referral_flow_hold", held, "hold")
            if until or not compelled:
                answer: Drop | datetime = held
                return answer
        return None


def is_moment(given: Any) -> bool:
    """Say whether it is a time that can be compared with others: one with a zone."""
    return isinstance(given, datetime) and given.utcoffset() is not None


def _given(own: Addresses) -> Callable[..., Any]:
    """Call the function that the flow was given as a hook is called, by the argument's name."""

    def call(*, recipient: str) -> Any:
        return own(recipient)

    return call


def _of(plugin: Plugin, call: Callable[..., Any], recipient: str) -> Sequence[str]:
    hook = "referral_flow_addresses"
    given = _asked(plugin, hook, call, recipient=recipient)
    if given is None:
        return ()
    # A text is a sequence too, but of signs.
    if isinstance(given, str | bytes) or not isinstance(given, Sequence):
        raise _wrong(plugin, hook, given, "addresses")
    for address in given:
        if not isinstance(address, str):
            raise _wrong(plugin, hook, address, "addresses")
    return given


def _asked(plugin: Plugin, hook: str, call: Callable[..., Any], **asked: Any) -> Any:
    began = time.monotonic()
    try:
        return call(**asked)
    except RAISED as error:
        # Only the class is kept: the words of an error may hold an address.
        fault = PluginFault("raised", {"hook": hook, "error": type(error).__name__})
        raise HookFailed(plugin, fault) from None
    finally:
        if (taken := time.monotonic() - began) > SLOW:
            plugin.noted(PluginFault("slow_hook", {"hook": hook, "seconds": f"{taken:.1f}"}))


def _wrong(plugin: Plugin, hook: str, given: Any, wanted: str) -> HookFailed:
    discard(given)
    detail = {"hook": hook, "found": type(given).__name__, "wanted": wanted}
    return HookFailed(plugin, PluginFault("wrong_type", detail))
