"""Hold a plugin to the contract of what it brings: pytest runs it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree as ET

from referral_flow.cli.failing import DONE, FOUND, complain
from referral_flow.cli.output import Column, Output
from referral_flow.cli.usage import WrongUsage, chosen
from referral_flow.plugin_host import Plugin, PluginHost, PluginState

INSTALL = "pip install 'referral-flow[testing]'"
NAME, URL = "REFERRAL_FLOW_CHECK_NAME", "REFERRAL_FLOW_CHECK_URL"
"""How the process that checks is told what to check: a URL may hold a password."""

_OPEN = """\
import os
from uuid import uuid4
import pytest
from referral_flow.plugin_host import PluginHost
from referral_flow.testing.contracts import {contract}

URL = os.environ["REFERRAL_FLOW_CHECK_URL"]
NAME = os.environ["REFERRAL_FLOW_CHECK_NAME"]

def opened(url):
    host = PluginHost(() if NAME == "built-in" else (NAME,))
    host.must_stand()
    return host.make("{what}", url)[0]
"""
_STORE = """
class TestStore(StoreContract):
    @pytest.fixture
    def make_store(self):
        test = uuid4().hex[:12]
        def make(where):
            store = opened(URL.replace("{where}", f"{test}_{where}"))
            if store.check().schema != store.check().wanted:
                store.migrate()
            return store
        return make
"""
_NOTIFIER = """
class TestNotifier(NotifierContract):
    @pytest.fixture
    def make_notifier(self):
        return lambda: opened(URL)
"""
_CONTRACTS = {"stores": ("StoreContract", _STORE), "notifiers": ("NotifierContract", _NOTIFIER)}
_SHOWN = 20
"""Clauses that are shown; a store that does nothing breaks them all."""
_CANNOT_RUN = 2
"""pytest gives more than 1 where it could not do what was asked."""


class Broken(NamedTuple):
    """A clause that is not kept, and what was seen."""

    clause: str
    problem: str


def check(plugin: Plugin, host: PluginHost, url: str | None, out: Output) -> int:
    """Say whether a plugin keeps the contract of its store or notifier at a URL.

    Raises WrongUsage where a URL is missing, is of none of its schemes, or names only one
    store where each clause needs an empty one.
    """
    if plugin.state is not PluginState.OK or plugin.fault is not None:
        complain(
            out.word("plugin_bad", "trouble", plugin=plugin.whole_name, problem=_why(plugin, out))
        )
        return FOUND
    schemes = {s: what for what, one in host.schemes.items() for s in one.of(plugin)}
    if not schemes and url is None:
        return _nothing_to_run(plugin, out)
    if url is None:
        raise WrongUsage("check_needs_url", plugin=plugin.name, known=tuple(schemes))
    what = schemes[chosen(url.partition(":")[0].lower(), schemes, "--url")]
    kind, _, place = url.partition(":")
    if what == "stores" and place and "{where}" not in url:
        raise WrongUsage("check_needs_where", given=kind)
    if find_spec("pytest") is None:
        raise WrongUsage("check_needs_pytest", install=INSTALL)
    # What cannot be opened at all is one error, not one for each clause.
    made, _ = host.make(what, url.replace("{where}", "opened"))
    if what == "stores":
        made.close()
    return _run(plugin, what, url, out)


def _why(plugin: Plugin, out: Output) -> str:
    if plugin.fault is not None:
        return plugin.fault.says(out.language)
    return out.word(f"plugin_{plugin.state}")


def _nothing_to_run(plugin: Plugin, out: Output) -> int:
    if out.as_json:
        out.json({"plugin": plugin.name, "contract": None, "kept": 0, "broken": []})
    else:
        out.line(out.word("check_nothing", plugin=plugin.name))
    return DONE


def _run(plugin: Plugin, what: str, url: str, out: Output) -> int:
    contract, body = _CONTRACTS[what]
    with TemporaryDirectory() as folder:
        here = Path(folder)
        text = _OPEN.format(contract=contract, what=what) + body
        (here / "test_contract.py").write_text(text, "utf-8")
        (here / "pytest.ini").write_text("[pytest]\n", "utf-8")
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--tb=line", "--junitxml=report.xml", "."],
            cwd=here,
            env={**_environment(), NAME: plugin.name, URL: url},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
        )
        report = here / "report.xml"
        if ran.returncode >= _CANNOT_RUN or not report.exists():
            complain(out.word("check_could_not_run", plugin=plugin.name))
            complain((ran.stdout + ran.stderr).replace(url, "URL").strip()[-2000:])
            return FOUND
        kept, broken = _read(report, url)
    return _tell(plugin, contract, kept, broken, out)


def _environment() -> dict[str, str]:
    """Give the environment without what is meant for another run of pytest."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}


def _read(report: Path, url: str) -> tuple[int, list[Broken]]:
    """Give how many clauses are kept, and those that are not; the URL stays out of it."""
    kept, broken = 0, []
    for case in ET.parse(report).iter("testcase"):
        faults = [part for part in case if part.tag in ("failure", "error")]
        if not faults:
            kept += 1
            continue
        said = (faults[0].get("message") or "").strip().splitlines() or [""]
        broken.append(Broken(case.get("name") or "", said[0].replace(url, "URL")))
    return kept, broken


def _tell(plugin: Plugin, contract: str, kept: int, broken: list[Broken], out: Output) -> int:
    if out.as_json:
        told = [one._asdict() for one in broken]
        out.json({"plugin": plugin.name, "contract": contract, "kept": kept, "broken": told})
    else:
        if broken:
            columns = [Column(out.word(f"column_{c}")) for c in ("clause", "problem")]
            out.table(columns, broken[:_SHOWN])
            if len(broken) > _SHOWN:
                out.line("…")
        said = "check_broken" if broken else "check_kept"
        out.line(
            out.word(said, plugin=plugin.name, contract=contract, kept=kept, broken=len(broken))
        )
    return FOUND if broken else DONE
