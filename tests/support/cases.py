"""Tables of refusals: one entry for each reason why a command may be refused."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from attrs import Factory, frozen

from referral_flow import Command, Desk
from referral_flow.engine import Lifecycle
from referral_flow.engine.command import name_of
from referral_flow.testing.tables import Written, rows, written
from tests.support.province import Province

__all__ = ["Asked", "Case", "Cases", "Written", "codes_of", "refusals_of", "rows", "written"]


@frozen
class Asked:
    """A command at a desk, and what its refusal says.

    `also` are codes that cannot be had without; `where` is the province, if it is not
    the one that was given.
    """

    desk: Desk
    command: Command[Any]
    data: Mapping[str, Any] = Factory(dict)
    missing: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    where: Province | None = None


Arrange = Callable[[Province], Asked]


@frozen
class Case:
    """One reason: the code, the command's class, and how it comes about."""

    code: str
    command: type[Command[Any]]
    arrange: Arrange

    def __str__(self) -> str:
        said = self.arrange.__name__.strip("_").replace("_", " ")
        return f"{self.code}: {name_of(self.command)} {said}"


class Cases:
    """A table that is written as functions; `reached` says what it covers."""

    def __init__(self) -> None:
        self.all: list[Case] = []

    def refuses(self, command: type[Command[Any]], code: str) -> Callable[[Arrange], Arrange]:
        def add(arrange: Arrange) -> Arrange:
            self.all.append(Case(code, command, arrange))
            return arrange

        return add

    @property
    def reached(self) -> set[tuple[str, str]]:
        """Give the pairs of command and code that the table reaches."""
        return {(name_of(case.command), case.code) for case in self.all}


def codes_of(*modules: ModuleType) -> dict[str, set[str]]:
    """Give the codes that each function of some modules can refuse with, by its name."""
    found: dict[str, set[str]] = {}
    for part in (part for module in modules for part in _parts(module)):
        for node in ast.walk(ast.parse(inspect.getsource(part))):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, set()).update(_codes_in(node))
    return {name: codes for name, codes in found.items() if codes}


def _parts(module: ModuleType) -> list[ModuleType]:
    """Give a module, or the modules of a package."""
    if not hasattr(module, "__path__"):
        return [module]
    names = (found.name for found in iter_modules(module.__path__, f"{module.__name__}."))
    return [import_module(name) for name in names]


def _codes_in(function: ast.FunctionDef) -> set[str]:
    return {
        str(node.args[0].value)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Refusal"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def refusals_of(
    lifecycle: Lifecycle, *modules: ModuleType, by_people: bool = True
) -> set[tuple[str, str]]:
    """Give every pair of command and code that the rows of a lifecycle can refuse with.

    Rows that only the system may use are left out; people never meet their guards.
    """
    known = codes_of(*modules)
    pairs: set[tuple[str, str]] = set()
    for row in lifecycle.rows:
        if by_people and all(party.role == "system" for party in row.by):
            continue
        for guard in (*row.guards, *row.given):
            pairs |= {(name_of(row.command), code) for code in known[guard.__name__]}
    return pairs
