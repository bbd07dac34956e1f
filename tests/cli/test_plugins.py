"""Plugins on the command line: what each brings, how it stands, and whether it keeps its word."""

from __future__ import annotations

from pathlib import Path

import pytest

from referral_flow import __version__
from tests.cli.conftest import Run
from tests.support.distributions import Installer

SLIPS = """
from referral_flow.ports import Accepted, Permanent

class Printer:
    def send(self, message, addresses):
        return Accepted(message.key) if addresses else Permanent("no address")

@hookimpl
def referral_flow_notifiers():
    return {"slips": lambda url: Printer()}
"""
FRIDAYS = """
from referral_flow.commands import Submit
from referral_flow.engine import GuardFor

def office_open(state, command, at):
    return None

@hookimpl
def referral_flow_guards():
    return [GuardFor(Submit, office_open, states=("issued",)), GuardFor(Submit, office_open)]
"""
SHELF = """
from referral_flow.stores.memory import MemoryStore

@hookimpl
def referral_flow_stores():
    return {"shelf": lambda url: MemoryStore(), "torn": Torn}

class Torn(MemoryStore):
    capabilities = frozenset({"join"})

    def __init__(self, url):
        super().__init__()

    def holders(self, claims):
        return {}
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    """Install distributions that are gone after the test."""
    return Installer(tmp_path, monkeypatch)


def test_what_is_built_in_is_listed_as_a_plugin(run: Run, install: Installer) -> None:
    told = run("plugins", now=None)
    assert told.code == 0
    assert told.rows[1][:4] == ["built-in", "referral-flow", __version__, "dùng được"]
    (plugin,) = run("plugins", "--json", now=None).json["plugins"]
    assert plugin == {
        "name": "built-in",
        "distribution": "referral-flow",
        "version": __version__,
        "hooks": ["referral_flow_notifiers", "referral_flow_stores"],
        "schemes": {"stores": ["memory", "sqlite"], "notifiers": ["log", "smtp"]},
        "guards": [],
        "state": "ok",
        "problem": "",
        "code": None,
        "stops_opening": False,
        "import_seconds": 0.0,
    }


def test_a_plugin_is_listed_with_what_its_guards_narrow(run: Run, install: Installer) -> None:
    install("fridays", FRIDAYS)
    told = run("plugins", "--lang", "en", now=None)
    assert told.code == 0
    assert ["fridays", "a-fridays", "1.0", "in use", "guards"] in told.rows
    assert ["office_open: Receive the paper (Paper issued, to be handed in)"] in told.rows
    (_, plugin) = run("plugins", "--json", now=None).json["plugins"]
    assert plugin["guards"] == [
        {"command": "submit", "states": ["issued"], "guard": "office_open"},
        {"command": "submit", "states": None, "guard": "office_open"},
    ]


@pytest.mark.parametrize(
    ("language", "state", "problem"),
    [
        ("en", "failed", "it cannot be imported: ModuleNotFoundError"),
        ("vi", "bị lỗi", "không nạp được: ModuleNotFoundError"),
    ],
)
def test_a_plugin_that_fails_is_listed_with_its_problem_and_makes_the_code_1(
    run: Run, install: Installer, language: str, state: str, problem: str
) -> None:
    install("fax", "import no_such_line", head="")
    install("slips", SLIPS)
    told = run("plugins", "--lang", language, now=None)
    assert told.code == 1
    (row,) = (row for row in told.rows if row[0] == "fax")
    assert row[3] == state
    assert row[-1].startswith(problem)
    listed = run("plugins", "--json", now=None).json["plugins"]
    assert [(one["name"], one["state"], one["code"]) for one in listed] == [
        ("built-in", "ok", None),
        ("fax", "failed", "not_imported"),
        ("slips", "ok", None),
    ]


def test_a_plugin_without_which_no_flow_opens_is_said_apart(run: Run, install: Installer) -> None:
    install("fridays", FRIDAYS.replace('"issued"', '"isued"'))
    told = run("plugins", "--lang", "en", now=None)
    assert told.code == 1
    assert "unknown state 'isued'; did you mean 'issued'?" in told.out
    assert told.err == (
        "No flow can be opened while fridays (a-fridays) stands so: mend it, or take it away.\n"
    )
    opening = run("list", "--store", "memory:", "--as", "operator", "--lang", "en")
    assert opening.code == 2
    assert opening.line.startswith("wrong_plugin: The plugin “fridays” of a-fridays cannot be used")


def test_a_plugin_for_other_hooks_makes_the_code_1(run: Run, install: Installer) -> None:
    install("slips", "REFERRAL_FLOW_HOOKS = 2\n" + SLIPS)
    told = run("plugins", "--json", now=None)
    assert (told.code, told.json["plugins"][1]["state"]) == (1, "incompatible")


def test_a_scheme_of_two_is_shown_with_both(run: Run, install: Installer) -> None:
    install("slips", SLIPS)
    install("strips", SLIPS)
    told = run("plugins", "--lang", "en", now=None)
    assert told.code == 0
    assert "also brought by slips (a-slips)" in told.out
    assert "also brought by strips (a-strips)" in told.out


# --- check


def test_a_notifier_that_keeps_its_contract(run: Run, install: Installer) -> None:
    install("slips", SLIPS)
    told = run("plugins", "check", "slips", "--url", "slips:upper", "--lang", "en", now=None)
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("“slips” keeps NotifierContract, clauses: ")


def test_a_relative_address_means_the_folder_where_it_is_typed(
    run: Run, install: Installer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = "import os\n" + SLIPS.replace("lambda url: Printer()", "lambda url: found(url)")
    install("slips", here + "\n\ndef found(url):\n    os.stat(url[6:])\n    return Printer()\n")
    (tmp_path / "tray").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run("plugins", "check", "slips", "--url", "slips:tray", now=None).code == 0
    assert run("plugins", "check", "slips", "--url", "slips:gone", now=None).code == 2


def test_a_notifier_that_does_not(run: Run, install: Installer) -> None:
    install("slips", SLIPS.replace('Permanent("no address")', "None"))
    asked = ("plugins", "check", "slips", "--url", "slips://me:secret@here")
    told = run(*asked, "--json", now=None)
    assert told.code == 1
    assert told.json["broken"]
    assert all("gave None" in one["problem"] for one in told.json["broken"])
    assert told.json["kept"] > 0
    assert "secret" not in told.out


def test_a_store_is_held_to_its_contract(run: Run, install: Installer) -> None:
    install("shelf", SHELF)
    told = run("plugins", "check", "shelf", "--url", "shelf:", "--json", now=None)
    assert (told.code, told.json["broken"]) == (0, [])
    assert (told.json["contract"], told.json["kept"] > 100) == (["StoreContract"], True)
    told = run("plugins", "check", "shelf", "--url", "torn:{where}", "--lang", "en", now=None)
    assert told.code == 1
    assert "does not keep StoreContract: broken " in told.out
    assert told.out.endswith("Not tried here: join.\n")


def test_a_plugin_with_guards_alone_has_no_contract(run: Run, install: Installer) -> None:
    install("fridays", FRIDAYS)
    told = run("plugins", "check", "fridays", "--lang", "en", now=None)
    assert (told.code, told.err) == (0, "")
    assert "there is no contract to run" in told.out


def test_a_plugin_that_cannot_be_used_keeps_no_contract(run: Run, install: Installer) -> None:
    install("slips", "import sys; sys.exit()")
    told = run("plugins", "check", "slips", "--url", "slips:", "--lang", "en", now=None)
    assert told.code == 1
    assert told.line.startswith("The plugin slips (a-slips) cannot be used: it cannot be imported")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (["check"], "value_needed"),
        (["check", "slip"], "wrong_choice"),
        (["check", "slips"], "check_needs_url"),
        (["check", "slips", "--url", "shelf:"], "wrong_choice"),
        (["check", "shelf", "--url", "shelf:here"], "check_needs_where"),
        (["chekc", "slips"], "wrong_choice"),
        (["list", "slips"], "too_many"),
        (["--url", "slips:"], "too_many"),
    ],
)
def test_what_cannot_be_checked(run: Run, install: Installer, asked: list[str], code: str) -> None:
    install("slips", SLIPS)
    install("shelf", SHELF)
    told = run("plugins", *asked, now=None)
    assert (told.code, told.line.partition(":")[0]) == (2, code)


def test_a_url_that_cannot_be_opened_is_one_error(run: Run, install: Installer) -> None:
    told = run("plugins", "check", "built-in", "--url", "memory:{where}", now=None)
    assert (told.code, told.line.partition(":")[0]) == (3, "wrong_url")


def test_without_pytest_it_says_how_to_install_it(
    run: Run, install: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referral_flow.cli.plugin_check.find_spec", lambda name: None)
    told = run("plugins", "check", "built-in", "--url", "log:", now=None)
    assert told.code == 2
    assert told.line.endswith("pip install 'referral-flow[testing]'")
