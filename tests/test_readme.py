"""The README shows what is there: the example whole, the lifecycle as it is drawn today."""

from __future__ import annotations

from pathlib import Path

import pytest

from referral_flow.domain.referral.lifecycle import REFERRAL
from referral_flow.engine.machine import draw

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    return README.split(f"```{language}\n")[number + 1].split("\n```")[0]


def test_the_example_is_shown_whole() -> None:
    example = (ROOT / "examples" / "embed.py").read_text(encoding="utf-8")
    assert block("python") == example.rstrip()


def test_the_lifecycle_is_drawn_as_it_is() -> None:
    assert block("mermaid") == draw(REFERRAL, "mermaid", language="en").rstrip()


def test_the_demo_prints_what_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    from referral_flow.cli import main

    assert main(["demo"]) == 0
    shown = block("text").removesuffix("\n…")
    assert shown in capfd.readouterr().out


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_every_link_to_a_file_leads_somewhere(page: str) -> None:
    import re

    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), target


def test_every_rule_that_is_cited_is_a_line_of_the_page() -> None:
    import re

    rooms = (ROOT / room for room in ("src", "examples", "tests"))
    files = (file for room in rooms for kind in ("py", "toml") for file in room.rglob(f"*.{kind}"))
    cited = {rule for file in files for rule in re.findall(r"\bS\d+\b", file.read_text("utf-8"))}
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert cited <= set(re.findall(r"^\| (S\d+) \|", page, re.MULTILINE))
