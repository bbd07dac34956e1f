"""Hold a plugin to the contract of what it brings: pytest runs it, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
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
from referral_flow.testing.contracts import {imports}

URL = os.environ["REFERRAL_FLOW_CHECK_URL"]
NAME = os.environ["REFERRAL_FLOW_CHECK_NAME"]

def opened(url):
    host = PluginHost(() if NAME == "built-in" else (NAME,))
    host.must_stand()
    return host.make("{what}", url)[0]
"""
_STORE = """
class Empty:
    def __init__(self):
        self.test = uuid4().hex[:12]

    def __call__(self, where):
        store = opened(URL.replace("{where}", self.test + "_" + where))
        if store.check().schema != store.check().wanted:
            store.migrate()
        return store

class TestStore(BASES):
    unproved = frozenset(UNPROVED)

    @pytest.fixture
    def make_store(self):
        return Empty()
"""
_NOTIFIER = """
class TestNotifier(BASES):
    @pytest.fixture
    def make_notifier(self):
        return lambda: opened(URL)
"""
_PROVED = {"durable": "DurableClauses", "processes": "ProcessClauses"}
"""The clauses of what a store says that it can; to join a host takes a host."""
_SHOWN = 20
"""Clauses that are shown; a store that does nothing breaks them all."""
_CANNOT_RUN = 2
"""pytest gives more than 1 where it could not do what was asked."""


class Contract(NamedTuple):
    """What a plugin is held to: the test classes, what they leave out, and the test itself."""

    plugin: str
    bases: list[str]
    unproved: list[str]
    text: str


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
    return _run(_contract_of(plugin.name, what, made), url, out)


def _contract_of(plugin: str, what: str, made: Any) -> Contract:
    """Give what a notifier is held to, or a store by what it says that it can."""
    if what == "notifiers":
        bases, body, unproved = ["NotifierContract"], _NOTIFIER, list[str]()
    else:
        can = sorted(made.capabilities)
        made.close()
        bases = ["StoreContract", *(_PROVED[one] for one in can if one in _PROVED)]
        unproved = [one for one in can if one not in _PROVED]
        body = _STORE.replace("UNPROVED", repr(unproved))
    text = _OPEN.format(imports=", ".join(bases), what=what)
    return Contract(plugin, bases, unproved, text + body)


def _why(plugin: Plugin, out: Output) -> str:
    if plugin.fault is not None:
        return plugin.fault.says(out.language)
    return out.word(f"plugin_{plugin.state}")


def _nothing_to_run(plugin: Plugin, out: Output) -> int:
    if out.as_json:
        out.json({"plugin": plugin.name, "contract": (), "kept": 0, "broken": [], "unproved": ()})
    else:
        out.line(out.word("check_nothing", plugin=plugin.name))
    return DONE


def _run(contract: Contract, url: str, out: Output) -> int:
    if out.on_terminal:
        complain(out.word("check_runs"))
    with TemporaryDirectory() as folder:
        here = Path(folder)
        text = contract.text.replace("BASES", ", ".join(contract.bases))
        (here / "test_contract.py").write_text(text, "utf-8")
        settings, report = here / "pytest.ini", here / "report.xml"
        settings.write_text("[pytest]\n", "utf-8")
        # From the folder where it was typed, since the address may be relative to it.
        ran = subprocess.run(
            [
                *(
                    sys.executable,
                    "-P",
                    "-m",
                    "pytest",
                    "-q",
                    "--tb=line",
                    "-p",
                    "no:cacheprovider",
                ),
                *("-c", str(settings), f"--junitxml={report}", str(here)),
            ],
            env={**_environment(), NAME: contract.plugin, URL: url},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
        )
        if ran.returncode >= _CANNOT_RUN or not report.exists():
            complain(out.word("check_could_not_run", plugin=contract.plugin))
            complain((ran.stdout + ran.stderr).replace(url, "URL").strip()[-2000:])
            return FOUND
        kept, broken = _read(report, url)
    return _tell(contract, kept, broken, out)


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


def _tell(contract: Contract, kept: int, broken: list[Broken], out: Output) -> int:
    if out.as_json:
        told = {"plugin": contract.plugin, "contract": contract.bases, "kept": kept}
        told |= {"broken": [one._asdict() for one in broken], "unproved": contract.unproved}
        out.json(told)
        return FOUND if broken else DONE
    if broken:
        columns = [Column(out.word(f"column_{c}")) for c in ("clause", "problem")]
        out.table(columns, broken[:_SHOWN])
        if len(broken) > _SHOWN:
            out.line("…")
    said = "check_broken" if broken else "check_kept"
    data = {"plugin": contract.plugin, "contract": contract.bases, "unproved": contract.unproved}
    out.line(out.word(said, kept=kept, broken=len(broken), **data))
    return FOUND if broken else DONE
