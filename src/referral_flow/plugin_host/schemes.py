"""The schemes that plugins bring: one plugin for each, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from referral_flow.engine.judge import RAISED
from referral_flow.errors import ReferralFlowError, UnknownScheme, WrongUrl
from referral_flow.plugin_host.checking import Unfit, check_made
from referral_flow.plugin_host.plugin import Plugin, PluginFault, PluginState
from referral_flow.words.near import nearest

Factory = Callable[[str], Any]

PACKAGES: Mapping[str, str] = {
    **dict.fromkeys(("postgres", "postgresql"), "referral-flow-postgres"),
    **dict.fromkeys(("webhook", "webhooks", "http", "https"), "referral-flow-webhooks"),
    **dict.fromkeys(("webhook+http", "webhook+https"), "referral-flow-webhooks"),
    **dict.fromkeys(("apprise", "discord", "mailto", "mailtos", "matrix"), "referral-flow-apprise"),
    **dict.fromkeys(("msteams", "ntfy", "signal", "slack", "tgram"), "referral-flow-apprise"),
}
"""Which distribution brings a scheme that nobody has; no other name is ever guessed."""


class Schemes:
    """The schemes of all plugins for stores or notifiers (`what`)."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._found: dict[str, list[tuple[Plugin, Factory]]] = {}

    def add(self, plugin: Plugin, brought: Mapping[str, Factory]) -> None:
        """Keep what a plugin brings; where a scheme is there already, both are told of it."""
        for scheme, factory in brought.items():
            there = self._found.setdefault(scheme.lower(), [])
            for other, _ in there:
                other.noted(_twice(scheme, plugin))
                plugin.noted(_twice(scheme, other))
            there.append((plugin, factory))

    def of(self, plugin: Plugin) -> tuple[str, ...]:
        """Give the schemes of a plugin."""
        return tuple(s for s in self.known if any(p is plugin for p, _ in self._usable(s)))

    @property
    def known(self) -> tuple[str, ...]:
        """Give every scheme that a plugin in use brings."""
        return tuple(sorted(scheme for scheme in self._found if self._usable(scheme)))

    def _usable(self, scheme: str) -> list[tuple[Plugin, Factory]]:
        # A plugin may fail in a later hook than the one that brought its schemes.
        return [one for one in self._found.get(scheme, ()) if one[0].state is PluginState.OK]

    def make(self, url: str, plugins: list[Plugin]) -> tuple[Any, Plugin]:
        """Make what a URL names, and say who brought it.

        Raises UnknownScheme, with the schemes that there are; WrongUrl for a path in the
        place of an address; PluginError where two plugins bring the scheme, and for what
        the function of a plugin does that it must not.
        """
        scheme = url.partition(":")[0].lower()
        there = self._usable(scheme)
        if not there:
            self._unknown(url, scheme, plugins)
        plugin, factory = there[-1]
        if len(there) > 1:
            others = ", ".join(other.whole_name for other, _ in there[:-1])
            raise plugin.error(PluginFault("scheme_twice", {"scheme": scheme, "other": others}))
        try:
            made = factory(url)
            check_made(self._what, made)
        except ReferralFlowError:
            raise
        except Unfit as unfit:
            detail = {**unfit.fault.detail, "scheme": scheme}
            raise plugin.error(PluginFault(unfit.fault.code, detail)) from None
        except RAISED as error:
            # Only the class is told: the words of a driver may hold a password.
            detail = {"scheme": scheme, "error": type(error).__name__}
            raise plugin.error(PluginFault("factory_raised", detail)) from error
        return made, plugin

    def _unknown(self, url: str, scheme: str, plugins: list[Plugin]) -> NoReturn:
        if self._what == "stores" and ":" not in url:
            raise WrongUrl(url=url, problem="no_kind")
        failed = (p for p in plugins if p.state in (PluginState.FAILED, PluginState.INCOMPATIBLE))
        raise UnknownScheme(
            scheme=scheme or url,
            known=self.known,
            near=nearest(scheme, self.known) or "",
            package=PACKAGES.get(scheme, ""),
            failed=tuple(plugin.error().data for plugin in failed),
        )


def _twice(scheme: str, other: Plugin) -> PluginFault:
    return PluginFault("scheme_twice", {"scheme": scheme, "other": other.whole_name})
