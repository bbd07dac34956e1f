"""Run the contract over every host and print a table: `python -m tests.hosts.matrix`.

A cell says how many clauses were kept, and how many of them were not.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent


class Matrix:
    """Counts what became of each clause, by host and case."""

    def __init__(self) -> None:
        self.hosts: dict[str, None] = {}
        self.kept: Counter[tuple[str, str]] = Counter()
        self.broken: Counter[tuple[str, str]] = Counter()
        self._cells: dict[str, tuple[str, str]] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        assert isinstance(item, pytest.Function)
        host = item.cls.__name__.removeprefix("Test")
        case = item.function.__qualname__.partition("Clauses.")[0]
        self.hosts[host] = None
        self._cells[item.nodeid] = (host, case)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        cell = self._cells[report.nodeid]
        if report.outcome != "passed":
            self.broken[cell] += 1
        elif report.when == "call":
            self.kept[cell] += 1

    def lines(self) -> list[str]:
        """Give the table: a host a line, a case a column."""
        # Not before pytest has begun: it rewrites the asserts of what it is the first to import.
        from referral_flow.testing.hosts import HostContract

        cases = [clauses.__name__.removesuffix("Clauses") for clauses in HostContract.__bases__]
        first = max(map(len, self.hosts))
        lines = [" | ".join((f"{'':{first}}", *cases))]
        for host in self.hosts:
            cells = (self._cell(host, case).ljust(len(case)) for case in cases)
            lines.append(" | ".join((f"{host:{first}}", *cells)))
        return lines

    def _cell(self, host: str, case: str) -> str:
        broken = self.broken[host, case]
        kept = self.kept[host, case]
        return f"{kept} kept, {broken} BROKEN" if broken else f"{kept} kept"


def main() -> int:
    matrix = Matrix()
    files = [str(HERE / name) for name in ("test_sqlite.py", "test_postgresql.py")]
    code = pytest.main(["-q", "-p", "no:xdist", *files], plugins=[matrix])
    sys.stdout.write("\n".join((*matrix.lines(), "")))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
