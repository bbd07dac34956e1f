"""The version of the contracts: a clause that is added later binds only who asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

CONTRACT_VERSION = 1
"""The newest version. A test that inherits a contract says in `contract_version` which it keeps.

A release of the library that adds a clause raises this number and marks the clause
`since` it; tests that say nothing go on with the first version, until their author has read
what is new and raises theirs.
"""

_Clause = TypeVar("_Clause", bound=Callable[..., Any])


def since(version: int) -> Callable[[_Clause], _Clause]:
    """Mark a clause that was added in this version of the contracts."""

    def mark(clause: _Clause) -> _Clause:
        clause.since = version  # type: ignore[attr-defined]
        return clause

    return mark


class Versioned:
    """Leave out the clauses that are newer than `contract_version`; pytest then sees none."""

    contract_version: ClassVar[int] = 1

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        if cls.contract_version > CONTRACT_VERSION:
            raise TypeError(
                f"{cls.__name__} keeps version {cls.contract_version} of the contracts,"
                f" and this library has {CONTRACT_VERSION}: install a newer one"
            )
        # Not where it is written: only who inherits it does without.
        for name in [name for name in dir(cls) if name.startswith("test_")]:
            if name in vars(cls):
                continue
            written = (vars(each).get(name) for each in cls.__mro__)
            added = [clause for clause in written if _since(clause) > 1]
            if added:
                kept = _since(added[0]) <= cls.contract_version
                setattr(cls, name, added[0] if kept else None)


def _since(clause: Any) -> int:
    return int(getattr(clause, "since", 1))
