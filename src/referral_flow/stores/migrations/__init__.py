"""The schema as numbered SQL files: which there are, and what is still to be done."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple


class Step(NamedTuple):
    """One migration: its version is the number that its file begins with."""

    version: int
    name: str
    sql: str


def steps(package: str = "referral_flow.stores.migrations") -> tuple[Step, ...]:
    """Give the migrations that lie in `package`, by version."""
    found = [file for file in files(package).iterdir() if file.name.endswith(".sql")]
    return tuple(
        sorted(
            Step(int(file.name[:4]), file.name.removesuffix(".sql"), file.read_text("utf-8"))
            for file in found
        )
    )


def statements(sql: str) -> Iterator[str]:
    """Split a file into statements; one ends where a line ends with a semicolon.

    `executescript` would commit the transaction that all of them must share.
    """
    lines: list[str] = []
    for line in sql.splitlines():
        if not line.strip() or line.lstrip().startswith("--"):
            continue
        lines.append(line)
        if line.rstrip().endswith(";"):
            yield "\n".join(lines)
            lines.clear()
    if lines:
        raise ValueError(f"this statement does not end with a semicolon: {lines[0]}")
