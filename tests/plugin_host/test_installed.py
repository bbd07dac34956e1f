"""Installed plugins: found in one order, chosen by name, and each one's faults its own."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from referral_flow import ReferralFlow, hookimpl
from referral_flow.errors import PluginError, UnknownScheme
from referral_flow.plugin_host import Choice, Plugin, finding
from tests.support.distributions import Installer

NOTHING = "@hookimpl\ndef referral_flow_committed(record): pass\n"
SHELF = """
from referral_flow.stores.memory import MemoryStore

@hookimpl
def referral_flow_stores():
    return {"shelf": lambda url: MemoryStore()}
"""
GUARDS = """
from referral_flow.commands import Submit
from referral_flow.engine import GuardFor

def closed(state, command, at): ...

@hookimpl
def referral_flow_guards():
    return [GuardFor(Submit, closed)]
"""


def opened(**parts: Any) -> dict[str, Plugin]:
    """Open a flow and give its plugins by their whole name."""
    with ReferralFlow.open("memory:", **parts) as flow:
        return {plugin.whole_name: plugin for plugin in flow.plugins[1:]}


def states(**parts: Any) -> dict[str, str]:
    return {name: str(plugin.state) for name, plugin in opened(**parts).items()}


def test_they_are_in_the_order_of_their_names_and_then_of_their_distributions(
    install: Installer,
) -> None:
    install("zebra", NOTHING)
    install("ape", NOTHING, distribution="of-the-south")
    install("bear", NOTHING)
    install("ape", NOTHING, distribution="of-the-north")
    assert list(opened()) == [
        "ape (of-the-north)",
        "ape (of-the-south)",
        "bear (a-bear)",
        "zebra (a-zebra)",
    ]


def test_two_of_one_name_are_both_in_use(install: Installer) -> None:
    source = """
    import builtins
    @hookimpl
    def referral_flow_addresses(recipient): return [__name__]
    """
    install("book", source, distribution="of-the-south")
    install("book", source, distribution="of-the-north")
    with ReferralFlow.open("memory:") as flow:
        calls = flow._parts.host.calls("referral_flow_addresses")
        found = [call(recipient="member:m-1") for _, call in calls]
    assert found == [["rf_of_the_north"], ["rf_of_the_south"]]


def test_tryfirst_and_trylast_change_the_order_and_nothing_else(install: Installer) -> None:
    install("ape", "@hookimpl(trylast=True)\ndef referral_flow_addresses(recipient): return ['3']")
    install("bear", "@hookimpl\ndef referral_flow_addresses(): return ['2']")
    install("cat", "@hookimpl(tryfirst=True)\ndef referral_flow_addresses(): return ['1']")
    with ReferralFlow.open("memory:") as flow:
        calls = flow._parts.host.calls("referral_flow_addresses")
        assert [call(recipient="member:m-1") for _, call in calls] == [["1"], ["2"], ["3"]]


def test_they_are_chosen_by_name_blocked_or_left_out(install: Installer) -> None:
    install("ape", NOTHING)
    install("bear", NOTHING)
    ape, bear = "ape (a-ape)", "bear (a-bear)"
    assert states() == {ape: "ok", bear: "ok"}
    assert states(plugins=["bear"]) == states(plugins="bear") == {ape: "blocked", bear: "ok"}
    assert states(block=["bear"]) == states(block="bear") == {ape: "ok", bear: "blocked"}
    assert states(plugins=Choice.NONE) == states(plugins="none") == {}


def test_a_name_that_is_not_installed_is_an_error_with_the_near_match(install: Installer) -> None:
    install("bear", NOTHING)
    with pytest.raises(PluginError, match="did you mean “bear”") as error:
        opened(plugins=["baer"])
    assert (error.value.data["plugin"], error.value.data["problem"]) == ("baer", "not_installed")


def test_a_misspelt_name_to_block_is_an_error_and_an_absent_one_is_not(
    install: Installer,
) -> None:
    install("fridays", NOTHING)
    with pytest.raises(PluginError, match="did you mean “fridays”"):
        opened(block=["friday"])
    assert states(block=["of-another-place"]) == {"fridays (a-fridays)": "ok"}


def test_one_that_is_named_and_blocked_is_an_error(install: Installer) -> None:
    install("bear", NOTHING)
    with pytest.raises(PluginError, match="named and blocked"):
        opened(plugins=["bear"], block=["bear"])


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import sys; sys.exit(3)", "SystemExit(3)"),
        ("import no_such_module_here", "no_such_module_here"),
        ("raise RuntimeError('two\\nlines')", "two"),
        ("def broken(:", "SyntaxError"),
        ("from asyncio import CancelledError; raise CancelledError", "CancelledError"),
    ],
)
def test_one_that_cannot_be_imported_is_failed_and_the_others_go_on(
    install: Installer, source: str, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    install("ape", source)
    install("zebra", SHELF)
    with ReferralFlow.open("shelf:") as flow:
        _, ape, zebra = flow.plugins
    assert (ape.state, zebra.state) == ("failed", "ok")
    assert (ape.name, ape.distribution, ape.version) == ("ape", "a-ape", "1.0")
    assert problem in ape.problem
    assert "\n" not in ape.problem
    assert "plugin ape (a-ape) cannot be used" in caplog.text


def test_ctrl_c_while_plugins_are_imported_is_the_users_own(install: Installer) -> None:
    install("ape", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        opened()


@pytest.mark.parametrize("source", ["import sys; sys.exit(3)", "import no_such_module_here"])
def test_one_that_is_asked_for_by_name_must_be_imported(install: Installer, source: str) -> None:
    install("ape", source)
    with pytest.raises(PluginError) as error:
        opened(plugins=["ape"])
    assert (error.value.data["plugin"], error.value.data["distribution"]) == ("ape", "a-ape")


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"rf_a_rules/__init__.py": "", "rf_a_rules/inside.py": "import gone_now\n" + GUARDS},
    ],
)
def test_one_that_may_bring_guards_is_never_lost_because_it_cannot_be_imported(
    install: Installer, files: dict[str, str]
) -> None:
    module = "rf_a_rules.inside" if files else ""
    install("rules", "" if files else GUARDS, head="import gone_now\n", module=module, files=files)
    with pytest.raises(PluginError, match="may bring guards") as error:
        opened()
    assert error.value.data["problem"] == "may_decide"
    assert states(block=["rules"]) == {"rules (a-rules)": "blocked"}


def test_one_whose_source_is_not_to_be_found_may_bring_guards_too(install: Installer) -> None:
    module = install("gone", NOTHING)
    (install.folder / f"{module}.py").unlink()
    with pytest.raises(PluginError, match="may bring guards"):
        opened()


def test_one_whose_entry_point_is_no_name_may_bring_guards_too(install: Installer) -> None:
    install("odd", NOTHING)
    (install.folder / "a_odd-1.0.dist-info" / "entry_points.txt").write_text(
        "[referral_flow]\nodd = no name!\n", "utf-8"
    )
    (install.folder / "a_odd-1.0.dist-info" / "RECORD").write_text("", "utf-8")
    with pytest.raises(PluginError, match="may bring guards"):
        opened()


def test_of_a_namespace_only_the_part_of_the_plugin_is_searched(install: Installer) -> None:
    other = {"rf_shared/decides.py": "def referral_flow_guards(): ..."}
    broken = {"rf_shared/prints/plugin.py": "import gone_now"}
    install("prints", "", module="rf_shared.prints.plugin", files=broken)
    install("decides", NOTHING, files=other)
    assert states()["prints (a-prints)"] == "failed"


def test_one_written_for_other_hooks_is_set_aside_and_listed(install: Installer) -> None:
    install("newer", "REFERRAL_FLOW_HOOKS = 2\n" + SHELF)
    (newer,) = opened().values()
    assert (newer.state, newer.problem) == ("incompatible", "written for hooks 2, these are 1")
    with pytest.raises(UnknownScheme, match="written for hooks 2"):
        ReferralFlow.open("shelf:")


def test_one_with_guards_for_other_hooks_is_not_set_aside(install: Installer) -> None:
    install("newer", "REFERRAL_FLOW_HOOKS = 2\n" + GUARDS)
    with pytest.raises(PluginError, match="written for hooks 2"):
        opened()


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("@hookimpl\ndef referral_flow_notifier(): ...", "unknown_hook"),
        ("@hookimpl\nasync def referral_flow_hold(message): ...", "async_hook"),
        ("@hookimpl(wrapper=True)\ndef referral_flow_hold(message): yield", "wrapper_hook"),
        ("@hookimpl\ndef referral_flow_hold(msg): ...", "unknown_argument"),
        ("def referral_flow_hold(message): ...", "unmarked_hook"),
        ("x = 1", "no_hooks"),
    ],
)
def test_one_that_cannot_be_registered_is_failed_unless_it_was_asked_for(
    install: Installer, source: str, code: str
) -> None:
    install("ape", source)
    (ape,) = opened().values()
    assert ape.state == "failed"
    assert ape.fault is not None
    assert ape.fault.code == code
    with pytest.raises(PluginError) as error:
        opened(plugins=["ape"])
    assert error.value.data["problem"] == code


@pytest.mark.parametrize(
    "source",
    [
        "@hookimpl\ndef referral_flow_guard(): ...",
        "@hookimpl\nasync def referral_flow_guards(): ...",
        "@hookimpl\ndef referral_flow_rule_set(): ...",
        "def referral_flow_guards(): ...",
        SHELF + "@hookimpl\ndef referral_flow_holds(): ...\n" + GUARDS,
        SHELF.replace("{", "[").replace("}", "]").replace(": lambda", ", lambda") + GUARDS,
    ],
)
def test_one_that_means_to_decide_is_never_left_out_for_its_faults(
    install: Installer, source: str
) -> None:
    install("rules", source)
    with pytest.raises(PluginError) as error:
        opened()
    assert error.value.data["plugin"] == "rules"


def test_of_one_that_is_failed_nothing_is_used(install: Installer) -> None:
    install("half", SHELF + "@hookimpl\ndef referral_flow_notifiers(): return ['slips']\n")
    assert states() == {"half (a-half)": "failed"}
    with pytest.raises(UnknownScheme, match="half of a-half: “referral_flow_notifiers” gave list"):
        ReferralFlow.open("shelf:")


def test_the_same_object_under_two_names_is_used_once(install: Installer) -> None:
    module = install("ape", NOTHING)
    install("bear", NOTHING, module=module)
    ape, bear = opened().values()
    assert (ape.state, bear.state) == ("ok", "failed")


def test_a_slow_import_is_warned_of_and_its_time_is_told(
    install: Installer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    times = iter((10.0, 13.5, 20.0, 20.5))
    monkeypatch.setattr(finding, "perf_counter", lambda: next(times))
    install("ape", NOTHING)
    install("bear", NOTHING)
    caplog.set_level(logging.WARNING)
    ape, bear = opened().values()
    assert (ape.seconds, bear.seconds) == (3.5, 0.5)
    assert caplog.messages == ["plugin ape (a-ape) took 3.5 seconds to be imported"]


def test_the_hooks_of_opening_are_called_once_for_each_flow() -> None:
    class Counting:
        def __init__(self) -> None:
            self.called: list[str] = []

        @hookimpl
        def referral_flow_notifiers(self) -> dict[str, Any]:
            self.called.append("notifiers")
            return {}

        @hookimpl
        def referral_flow_stores(self) -> dict[str, Any]:
            self.called.append("stores")
            return {}

        @hookimpl
        def referral_flow_rule_sets(self) -> dict[str, str]:
            self.called.append("rule_sets")
            return {}

        @hookimpl
        def referral_flow_guards(self) -> list[Any]:
            self.called.append("guards")
            return []

    counting = Counting()
    with ReferralFlow.open("memory:", plugins=[counting]):
        assert counting.called == ["stores", "notifiers", "guards", "rule_sets"]
