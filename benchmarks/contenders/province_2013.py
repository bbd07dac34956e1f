"""examples/province_2013, run as its README says, in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contenders.measuring import COMPILED, Seen, main

_EXAMPLE = Path(__file__).parents[2] / "examples" / "province_2013" / "main.py"
# Linux tells it in kilobytes, macOS in bytes.
_UNIT = 1 if sys.platform == "darwin" else 1024


def whole(count: int) -> Seen:
    """Make and count it; the bytes are those that the process had in memory at most.

    It ends with 0 only where every number that is read back is the planned one.
    """
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(_EXAMPLE), "--store", f"sqlite:///{folder}/province.db"]
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=COMPILED)
        wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Seen(wall, used.ru_utime + used.ru_stime, 1, used.ru_maxrss * _UNIT)


if __name__ == "__main__":
    main({"whole": whole})
