"""The kinds of streams that there are, without a store."""

from __future__ import annotations

from typing import Any

from referral_flow.application.flow import PROCESSES
from referral_flow.cli.usage import chosen
from referral_flow.domain.register.process import REGISTER_PROCESSES
from referral_flow.engine.process import Process

KINDS: dict[str, Process] = {p.kind: p for p in (*PROCESSES, *REGISTER_PROCESSES)}


def process_of(kind: str, option: str) -> Process:
    """Give a process by its kind; raises WrongUsage with the near match."""
    return KINDS[chosen(kind, KINDS, option)]


def kind_of(state: Any) -> str:
    """Give the kind of a stream by what it is."""
    return next(kind for kind, process in KINDS.items() if isinstance(state, process.snapshot))


def states_of(process: Process) -> tuple[str, ...]:
    """Give the states of a kind."""
    return tuple(map(str, process.lifecycle.states))
