"""The example of a host's own member table runs, and no name is in the store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_register.py"


def test_it_runs_on_the_hosts_own_table_and_stores_no_name(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, EXAMPLE], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    refused, found, figures, names = ran.stdout.splitlines()
    assert "s-2" in refused
    assert found == "s-1 Nhân viên mẫu A submitted"
    assert figures == "2 1 1"
    assert names == "a name in the store: False"
    assert ran.stderr == ""
