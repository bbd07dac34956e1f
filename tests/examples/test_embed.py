"""The example that the README shows: it runs, and it stays short."""

from __future__ import annotations

import ast
import subprocess
import sys
import tokenize
from pathlib import Path

EMBED = Path(__file__).parents[2] / "examples" / "embed.py"


def test_it_runs_from_the_paper_to_the_comment(tmp_path: Path) -> None:
    for url in ("memory:", f"sqlite:///{tmp_path}/referrals.db"):
        ran = subprocess.run(
            [sys.executable, EMBED, url], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        *_, last = ran.stdout.splitlines()
        assert last == "evaluated"
        assert "referral.classified" in ran.stdout
        assert ran.stderr == ""


def test_it_has_at_most_forty_lines_of_code() -> None:
    lines: set[int] = set()
    with EMBED.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type not in {
                tokenize.COMMENT,
                tokenize.NL,
                tokenize.NEWLINE,
                tokenize.ENCODING,
                tokenize.INDENT,
                tokenize.DEDENT,
                tokenize.ENDMARKER,
            }:
                lines.update(range(token.start[0], token.end[0] + 1))
    docstring = ast.parse(EMBED.read_text(encoding="utf-8")).body[0]
    lines -= set(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    assert len(lines) <= 40
