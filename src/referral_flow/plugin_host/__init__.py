"""Finds plugins, orders and checks them, keeps their faults apart, and says how each stands."""

from referral_flow.plugin_host.checking import MOST_SECONDS, Unfit, check_made, discard
from referral_flow.plugin_host.host import PluginHost, Plugins
from referral_flow.plugin_host.plugin import (
    Choice,
    Plugin,
    PluginFault,
    PluginState,
)

__all__ = [
    "MOST_SECONDS",
    "Choice",
    "Plugin",
    "PluginFault",
    "PluginHost",
    "PluginState",
    "Plugins",
    "Unfit",
    "check_made",
    "discard",
]
