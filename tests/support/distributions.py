"""Distributions that are installed for a test: real entry points in a folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from textwrap import dedent

import pytest

HEAD = "from referral_flow import hookimpl\n"
"""How the source of a plugin begins."""


def _of_folder(folder: str, group: str) -> list[EntryPoint]:
    found = (point for one in distributions(path=[folder]) for point in one.entry_points)
    return [point for point in found if point.group == group]


class Installer:
    """Installs plugins into one folder, which is on the path as long as the test runs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._patch = monkeypatch
        monkeypatch.syspath_prepend(str(folder))
        # What else is installed here is another's matter.
        found = partial(_of_folder, str(folder))
        monkeypatch.setattr("importlib.metadata.entry_points", found)
        # For what runs in a process of its own.
        monkeypatch.setenv("PYTHONPATH", str(folder))

    def __call__(
        self,
        name: str,
        source: str,
        *,
        distribution: str = "",
        module: str = "",
        head: str = HEAD,
        files: Mapping[str, str] | None = None,
    ) -> str:
        """Install a plugin `name` whose module has this source; gives the module's name."""
        distribution = distribution or f"a-{name}"
        module = module or f"rf_{distribution.replace('-', '_')}"
        written = {f"{module}.py": head + dedent(source), **(files or {})}
        for path, text in written.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, "utf-8")
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", "utf-8"
        )
        (info / "entry_points.txt").write_text(f"[referral_flow]\n{name} = {module}\n", "utf-8")
        (info / "RECORD").write_text("".join(f"{path},,\n" for path in written), "utf-8")
        self._patch.delitem(sys.modules, module, raising=False)
        self._patch.syspath_prepend(str(self.folder))
        return module
