"""The contract has teeth: each broken store is caught by the clause that it names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from referral_flow.stores.memory import MemoryStore
from referral_flow.testing.broken_stores import BROKEN_STORES

BROKEN_CONTRACT = Path(__file__).with_name("broken_contract.py")
Failures = dict[str, set[str]]


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Failures:
    """Run the contract over all of them; give the clauses that failed, by store."""
    report = tmp_path_factory.mktemp("contract") / "report.xml"
    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={report}"]
    subprocess.run([sys.executable, "-m", "pytest", *quiet, str(BROKEN_CONTRACT)], check=False)
    found: Failures = {}
    for case in ET.parse(report).iter("testcase"):
        store = case.attrib["classname"].rpartition(".Test")[2]
        failed = found.setdefault(store, set())
        if case.find("failure") is not None:
            failed.add(case.attrib["name"].partition("[")[0])
    return found


def test_an_honest_store_keeps_the_contract(failures: Failures) -> None:
    assert failures[MemoryStore.__name__] == set()


@pytest.mark.parametrize("store", BROKEN_STORES)
def test_a_broken_store_is_caught(failures: Failures, store: type[MemoryStore]) -> None:
    assert store.__doc__
    assert vars(store)["caught_by"] in failures[store.__name__]


def test_every_broken_store_is_tried(failures: Failures) -> None:
    broken = {each.__name__ for each in vars(sys.modules[BROKEN_STORES[0].__module__]).values()
              if isinstance(each, type) and issubclass(each, MemoryStore)}  # fmt: skip
    assert set(failures) == broken
