"""Let callers that arrive while a commit is under way share the next one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from referral_flow.application.asked import Asked
from referral_flow.engine.record import Entity

MOST = 64
"""How many commands share one transaction at most, so that the first does not wait long."""


def _held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


class _Caller(Entity):
    """Who asks for a command; waits at its gate until it is settled, or is to lead.

    One that is `gone`, since it was interrupted, waits no more.
    """

    asked: Asked
    gate: threading.Lock | None = None
    gone: bool = False

    def open(self) -> None:
        """Let it go on."""
        if self.gate is not None:
            self.gate.release()


class Together:
    """Carries out what several threads ask, one group after the other.

    Whoever finds nobody at work leads: it carries out its own with all that wait, and then
    lets the first of those that have come meanwhile lead. `carry_out` settles each of a
    group; where it raises, those that it left wait again: each is known by its id, so that
    none is done twice.
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
                if self._leader is None:
                    self._leader = caller
                else:
                    caller.gate = _held()
                    self._waiting.append(caller)
            if caller.gate is not None:
                caller.gate.acquire()
            while not asked.settled:
                self._lead(caller)
        finally:
            self._leave(caller)

    def _lead(self, leader: _Caller) -> None:
        group = [leader]
        if self._waiting:
            with self._mutex:
                most = min(MOST - 1, len(self._waiting))
                group += [self._waiting.popleft() for _ in range(most)]
        self._thread = threading.get_ident()
        try:
            self._carry_out([caller.asked for caller in group])
        finally:
            self._thread = None
            if len(group) > 1:
                self._let_go(group[1:])

    def _let_go(self, followers: Sequence[_Caller]) -> None:
        """Let those go that are settled; the others wait again, before all who came later."""
        for caller in followers:
            if caller.asked.settled:
                caller.open()
        if not all(caller.asked.settled for caller in followers):
            with self._mutex:
                left = [c for c in followers if not (c.asked.settled or c.gone)]
                self._waiting.extendleft(reversed(left))

    def _leave(self, caller: _Caller) -> None:
        """Go, also when interrupted: nothing of ours is begun later, and somebody else leads."""
        # Whoever is settled waits no more, and only those that wait are made to lead.
        if caller.asked.settled and self._leader is not caller:
            return
        with self._mutex:
            caller.gone = True
            # Not asked by `remove` alone: it writes the whole command into its error.
            if not caller.asked.settled and caller in self._waiting:
                self._waiting.remove(caller)
            if self._leader is caller:
                self._leader = self._waiting.popleft() if self._waiting else None
                if self._leader is not None:
                    self._leader.open()
