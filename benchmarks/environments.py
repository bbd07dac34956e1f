"""An environment for each peer, and one to draw in, made once from pinned versions."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

_HERE = Path(__file__).parent
_PEERS = _HERE / "peers" / "pins"
_CHART = _HERE / "pins" / "chart.txt"
MADE = Path("build/benchmarks/environments")


def python_of(peer: str | None) -> Path:
    """Give the interpreter of a peer's environment; of None our own."""
    return Path(sys.executable) if peer is None else _made_from(_PEERS / f"{peer}.txt")


def python_to_draw() -> Path:
    """Give the interpreter that has what draws the chart."""
    return _made_from(_CHART)


def _made_from(pins: Path) -> Path:
    """Give the interpreter of an environment, made first where it is missing or old."""
    folder = (MADE / pins.stem).absolute()
    python = folder / "bin" / "python"
    stamp = folder / "made-from.txt"
    if stamp.exists() and stamp.read_bytes() == pins.read_bytes():
        return python
    venv.create(folder, with_pip=True, clear=True)
    install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(pins)]
    subprocess.run(install, check=True)
    stamp.write_bytes(pins.read_bytes())
    return python
