"""The pages that build a plugin show the worked examples, file by file, and end green."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {"write-a-notifier": "notifier_plugin", "write-a-store": "store_plugin"}
_SHOWN = re.compile(r"^`(\S+)`:\n\n```\w+\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


def shown(page: str) -> dict[str, str]:
    """Give the files that a page shows, by their paths."""
    return dict(_SHOWN.findall((ROOT / "docs" / f"{page}.md").read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_every_file_of_its_example(page: str) -> None:
    example = ROOT / "examples" / PAGES[page]
    there = [*example.glob("src/*/*.py"), *example.glob("tests/*.py"), example / "pyproject.toml"]
    assert shown(page) == {
        str(file.relative_to(example)): file.read_text("utf-8").rstrip() for file in there
    }


@pytest.mark.parametrize("page", [pytest.param(p, marks=pytest.mark.slow) for p in PAGES])
def test_who_follows_a_page_ends_with_the_contract_green(page: str, tmp_path: Path) -> None:
    for name, content in shown(page).items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{content}\n", "utf-8")
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        run,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout
