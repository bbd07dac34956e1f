"""An environment for each peer, made once from its pinned versions."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

PINS = Path(__file__).parent / "peers" / "pins"
MADE = Path("build/benchmarks/environments")


def python_of(name: str | None) -> Path:
    """Give the interpreter of a peer's environment, made first where it is missing or old."""
    if name is None:
        return Path(sys.executable)
    pins = PINS / f"{name}.txt"
    folder = (MADE / name).absolute()
    python = folder / "bin" / "python"
    stamp = folder / "made-from.txt"
    if stamp.exists() and stamp.read_bytes() == pins.read_bytes():
        return python
    venv.create(folder, with_pip=True, clear=True)
    install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(pins)]
    subprocess.run(install, check=True)
    stamp.write_bytes(pins.read_bytes())
    return python
