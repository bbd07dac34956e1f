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
