"""Facts: what a row must know of others, asked for as data and loaded by the application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from referral_flow.engine.at import At
from referral_flow.engine.decision import Claim
from referral_flow.engine.record import Record, field


class Needs(Record):
    """What to load: streams by id, and entries of the register of people and committees.

    The register is read as of the day of the command, or as of `on`.
    """

    streams: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    committees: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    on: date | None = None


class Loaded(Record):
    """What was loaded, by id; what does not exist is not in it.

    `rules` holds the rule set of each stream in `streams`. `above` gives the superiors of
    a committee, the nearest first. `holders` gives the stream that holds a claim.
    """

    streams: Mapping[str, Any] = field(factory=dict)
    rules: Mapping[str, Any] = field(factory=dict)
    members: Mapping[str, Any] = field(factory=dict)
    committees: Mapping[str, Any] = field(factory=dict)
    above: Mapping[str, tuple[str, ...]] = field(factory=dict)
    venues: Mapping[str, Any] = field(factory=dict)
    holders: Mapping[Claim, str] = field(factory=dict)


class Facts(Protocol):
    """A class of facts: what it needs, and itself made of what was loaded; both pure."""

    @classmethod
    def needs(cls, state: Any, command: Any, at: At[Any, Any]) -> Needs:
        """Say what to load for this command."""
        ...

    @classmethod
    def of(cls, loaded: Loaded, state: Any, command: Any, at: At[Any, Any]) -> Any:
        """Make the facts from what was loaded."""
        ...
