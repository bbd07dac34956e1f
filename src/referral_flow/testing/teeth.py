"""Show that the contracts have teeth: which clause catches what is broken on purpose.

    python -m referral_flow.testing.teeth

prints a line for each store and notifier that is broken on purpose, and gives 1 if one of
them is not caught or an honest one is.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

from referral_flow.stores.memory import MemoryStore
from referral_flow.testing.broken_notifiers import BROKEN_NOTIFIERS, HonestNotifier
from referral_flow.testing.broken_stores import BROKEN_STORES

BROKEN: tuple[type[Any], ...] = (*BROKEN_STORES, *BROKEN_NOTIFIERS)
HONEST: tuple[type[Any], ...] = (MemoryStore, HonestNotifier)
CONTRACT = Path(__file__).with_name("broken_contract.py")


def failures() -> Mapping[str, set[str]]:
    """Run the contracts over all of them; give the clauses that failed, by class."""
    found: dict[str, set[str]] = {}
    with TemporaryDirectory() as folder:
        report, settings = Path(folder) / "report.xml", Path(folder) / "pytest.ini"
        settings.write_text("[pytest]\n", "utf-8")
        # Outside any project: its settings of pytest are for its own tests.
        options = ["-q", "-p", "no:cacheprovider", "-c", str(settings), f"--junitxml={report}"]
        options += [f"--rootdir={folder}", "--import-mode=importlib"]
        run = [sys.executable, "-m", "pytest", *options, str(CONTRACT)]
        ran = subprocess.run(run, check=False, capture_output=True, text=True)
        if not report.exists():
            raise RuntimeError(ran.stdout + ran.stderr)
        for case in ET.parse(report).iter("testcase"):
            failed = found.setdefault(case.attrib["classname"].rpartition(".Test")[2], set())
            if case.find("failure") is not None or case.find("error") is not None:
                failed.add(case.attrib["name"].partition("[")[0])
    return found


def main() -> int:
    """Print the table; give how many are not as they should be, at most 1."""
    found = failures()
    width = max(len(each.__name__) for each in BROKEN)
    missed = [each for each in BROKEN if each.caught_by not in found[each.__name__]]
    missed += [each for each in HONEST if found[each.__name__]]
    for each in BROKEN:
        caught = "NOT CAUGHT BY" if each in missed else "caught by"
        print(f"{each.__name__:{width}}  {caught} {each.caught_by}")  # noqa: T201
    print(f"{len(BROKEN)} are broken on purpose, {len(missed)} are not as they should be")  # noqa: T201
    return min(len(missed), 1)


if __name__ == "__main__":
    raise SystemExit(main())
