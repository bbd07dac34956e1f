"""What a command line said, and what there is to ask it about."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from attrs import frozen


@frozen
class Told:
    """The exit code of a command, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Give the answer, which must be JSON and nothing else."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[list[str]]:
        """Give the cells of each line."""
        return [re.split(r" {2,}", line.strip()) for line in self.out.splitlines()]

    @property
    def refused_json(self) -> Any:
        """Give the error, which must be one line of JSON while nothing else is said."""
        assert self.out == ""
        assert len(self.err.splitlines()) == 1
        return json.loads(self.err)

    @property
    def line(self) -> str:
        """Give the only line that was said, while there is no answer."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


@frozen
class Story:
    """A store, and three referrals in it: a paper overdue, one received, one commented on."""

    url: str
    file: Path
    waiting: str
    received: str
    commented: str
    group: str

    def by(self, role: str) -> tuple[str, ...]:
        """Give the arguments for this store and this role."""
        return ("--store", self.url, "--as", role)
