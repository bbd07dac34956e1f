"""Let callers that arrive while a commit is under way share the next one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from referral_flow.application.asked import Asked
from referral_flow.engine.record import Entity, field

MOST = 64
"""How many commands share one transaction at most, so that the first does not wait long."""


def _held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


class _Caller(Entity):
    """Who waits for a command: let go when it is settled, or when it is to lead."""

    asked: Asked
    gate: threading.Lock = field(factory=_held)


class Together:
    """Carries out what several threads ask, one group after the other.

    Whoever finds nobody at work leads: it carries out all that wait, its own among them,
    and then lets the first of those that have come meanwhile lead. `carry_out` settles
    each of a group; where it raises, those that it left wait again: each is known by its
    id, so that none is done twice.
    """

    def __init__(self, carry_out: Callable[[list[Asked]], None]) -> None:
        self._carry_out = carry_out
        self._waiting: deque[_Caller] = deque()
        self._mutex = threading.Lock()
        self._leader: _Caller | None = None
        self._thread: int | None = None

    def ask(self, asked: Asked) -> None:
        """Wait until `asked` is settled; raises what carrying it out raised."""
        if self._thread == threading.get_ident():
            # A guard or a register that asks for a command while one is decided.
            self._carry_out([asked])
            return
        caller = _Caller(asked)
        try:
            with self._mutex:
                self._waiting.append(caller)
                if self._leader is None:
                    self._leader = caller
            if self._leader is not caller:
                caller.gate.acquire()
            while not asked.settled:
                self._lead()
        finally:
            self._leave(caller)

    def _lead(self) -> None:
        with self._mutex:
            group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        self._thread = threading.get_ident()
        try:
            self._carry_out([caller.asked for caller in group])
        finally:
            self._thread = None
            self._let_go(group)

    def _let_go(self, group: Iterable[_Caller]) -> None:
        """Let those go that are settled; the others wait again, before all who came later."""
        left = [caller for caller in group if not caller.asked.settled]
        for caller in group:
            if caller is not self._leader and caller.asked.settled:
                caller.gate.release()
        if left:
            with self._mutex:
                self._waiting.extendleft(reversed(left))

    def _leave(self, caller: _Caller) -> None:
        """Go, also when interrupted: nothing of ours is begun later, and somebody else leads."""
        # Whoever is settled waits no more, and only those that wait are made to lead.
        if caller.asked.settled and self._leader is not caller:
            return
        with self._mutex:
            # Not asked by `remove` alone: it writes the whole command into its error.
            if not caller.asked.settled and caller in self._waiting:
                self._waiting.remove(caller)
            if self._leader is caller:
                self._leader = self._waiting[0] if self._waiting else None
                if self._leader is not None:
                    self._leader.gate.release()
