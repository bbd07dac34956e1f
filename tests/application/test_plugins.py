"""Plugins: found, checked, kept apart, and only ever narrowing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import Any

import pytest

from referral_flow import ReferralFlow, Refused, hookimpl
from referral_flow.commands import Assign, Submit
from referral_flow.engine import GuardFor, Refusal
from referral_flow.errors import ConfigurationError, PluginError, UnknownScheme
from referral_flow.plugin_host import Choice, PluginState
from referral_flow.stores.memory import MemoryStore
from tests.application.office import Office


class Shelf:
    """Brings a store under the scheme `shelf`."""

    @hookimpl
    def referral_flow_stores(self) -> Mapping[str, Callable[[str], Any]]:
        return {"shelf": lambda url: MemoryStore()}


def no_fridays(state: Any, command: Any, at: Any) -> Refusal | None:
    return Refusal("closed_on_fridays") if at.today.weekday() == 4 else None


class Fridays:
    @hookimpl
    def referral_flow_guards(self) -> Iterable[GuardFor]:
        return [GuardFor(Submit, no_fridays)]


def test_a_store_of_a_plugin_is_opened_by_its_scheme() -> None:
    with ReferralFlow.open("shelf:", plugins=[Shelf()]) as flow:
        assert flow.check().streams == 0
        shelf = next(plugin for plugin in flow.plugins if plugin.name.startswith("Shelf"))
        assert (shelf.state, shelf.hooks) == (PluginState.OK, ("referral_flow_stores",))


def test_an_unknown_scheme_names_those_there_are_and_the_near_match() -> None:
    with pytest.raises(UnknownScheme) as error:
        ReferralFlow.open("sqllite:///x.db", plugins=Choice.NONE)
    assert error.value.data["known"] == ("memory", "sqlite")
    assert error.value.data["near"] == "sqlite"
    with pytest.raises(UnknownScheme, match="referral-flow-postgres"):
        ReferralFlow.open("postgres://host/db", plugins=Choice.NONE)


def test_a_scheme_claimed_twice_names_both_and_chooses_neither() -> None:
    with pytest.raises(PluginError) as error:
        ReferralFlow.open("memory:", plugins=[Shelf(), Shelf()])
    assert "Shelf#0" in error.value.data["problem"]
    assert error.value.data["plugin"] == "Shelf#1"


def test_a_misspelt_hook_is_an_error_with_the_near_match() -> None:
    class Misspelt:
        @hookimpl
        def referral_flow_store(self) -> Mapping[str, Any]:
            return {}

    with pytest.raises(PluginError, match="referral_flow_stores"):
        ReferralFlow.open("memory:", plugins=[Misspelt()])


def test_a_coroutine_where_a_value_is_due_is_an_error() -> None:
    class Slow:
        @hookimpl
        async def referral_flow_stores(self) -> Mapping[str, Any]:
            return {}

    with pytest.raises(PluginError, match="async"):
        ReferralFlow.open("memory:", plugins=[Slow()])


def test_a_plugin_for_other_hooks_is_set_aside_and_listed() -> None:
    class Newer(Shelf):
        REFERRAL_FLOW_HOOKS = 2

    with ReferralFlow.open("memory:", plugins=[Newer()]) as flow:
        newer = next(plugin for plugin in flow.plugins if plugin.name.startswith("Newer"))
        assert newer.state is PluginState.INCOMPATIBLE
        assert newer.problem == "written for hooks 2, these are 1"


def test_a_plugin_that_raises_while_giving_stores_fails_alone() -> None:
    class Broken:
        @hookimpl
        def referral_flow_stores(self) -> Mapping[str, Any]:
            raise RuntimeError("no driver")

    with ReferralFlow.open("memory:", plugins=[Broken()]) as flow:
        broken = next(plugin for plugin in flow.plugins if plugin.name.startswith("Broken"))
        assert (broken.state, broken.problem) == (PluginState.FAILED, "RuntimeError('no driver')")


def test_a_guard_is_never_lost_in_silence() -> None:
    class Broken:
        @hookimpl
        def referral_flow_guards(self) -> Iterable[GuardFor]:
            raise RuntimeError("no table")

    with pytest.raises(PluginError, match="no table"):
        ReferralFlow.open("memory:", plugins=[Broken()])


def test_a_guard_for_a_command_that_no_process_has_is_an_error() -> None:
    class Stray:
        @hookimpl
        def referral_flow_guards(self) -> Iterable[GuardFor]:
            from tests.application.health import SendBack

            return [GuardFor(SendBack, no_fridays)]

    with pytest.raises(ConfigurationError, match="SendBack"):
        ReferralFlow.open("memory:", plugins=[Stray()])


def test_a_guard_of_a_plugin_narrows_and_is_named() -> None:
    office = Office("memory:", plugins=[Fridays()])
    id = office.issued()
    assert office.flow._parts.day(office.now).weekday() == 4
    with pytest.raises(Refused) as refused:
        office.residence.execute(Submit(id, "falsch"))
    assert refused.value.codes == ("paper_mismatch", "closed_on_fridays")
    assert refused.value.refusals[1].guard == "no_fridays"
    assert "closed_on_fridays" in str(refused.value)


def test_a_guard_that_crashes_neither_refuses_nor_allows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def crashes(state: Any, command: Any, at: Any) -> Refusal | None:
        raise LookupError("m-1 lives at home")

    class Crashing:
        @hookimpl
        def referral_flow_guards(self) -> Iterable[GuardFor]:
            return [GuardFor(Assign, crashes)]

    office = Office("memory:", plugins=[Crashing()])
    id, group = office.submitted(), office.group()
    with pytest.raises(Refused) as refused:
        office.residence.execute(Assign(id, group))
    (refusal,) = refused.value.refusals
    assert (refusal.code, refusal.kind, refusal.data["error"]) == (
        "guard_crashed",
        "crashed",
        "LookupError",
    )
    assert "guard crashes of assign crashed" in caplog.text
    assert "lives at home" not in caplog.text


def test_a_rule_set_of_a_plugin_is_used_and_kept_by_the_referral() -> None:
    from importlib.resources import files

    text = files("referral_flow.domain.rules").joinpath("directive-22-1999.toml").read_text("utf-8")
    stricter = text.replace('name = "directive-22-1999"', 'name = "stricter"').replace(
        "value = 30, unit", "value = 10, unit"
    )

    class Stricter:
        @hookimpl
        def referral_flow_rule_sets(self) -> Mapping[str, str]:
            return {"stricter": stricter}

    office = Office("memory:", plugins=[Stricter()], rule_set="stricter")
    referral = office.workplace.get(office.issued())
    assert referral.rule_set == "stricter"
    assert (referral.timeline.deadline - referral.timeline.issued_on).days == 10


def _installed(monkeypatch: pytest.MonkeyPatch, **loads: Any) -> None:
    class Point:
        def __init__(self, name: str, load: Any) -> None:
            self.name = name
            self.dist = SimpleNamespace(name=f"dist-{name}", version="1.0")
            self._load = load

        def load(self) -> Any:
            if isinstance(self._load, BaseException):
                raise self._load
            return self._load

    points: list[EntryPoint | Point] = [Point(name, load) for name, load in loads.items()]
    monkeypatch.setattr("referral_flow.plugin_host.entry_points", lambda group: points)


def test_installed_plugins_are_found_in_order_and_one_that_exits_does_not_end_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _installed(monkeypatch, zebra=Shelf(), ape=SystemExit(3), bear=ImportError("no module"))
    with ReferralFlow.open("shelf:") as flow:
        states = [(p.name, p.state.value, p.distribution) for p in flow.plugins]
    assert states == [
        ("built-in", "ok", "referral-flow"),
        ("ape", "failed", "dist-ape"),
        ("bear", "failed", "dist-bear"),
        ("zebra", "ok", "dist-zebra"),
    ]


def test_plugins_are_chosen_by_name_blocked_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(monkeypatch, zebra=Shelf(), bear=Fridays())

    def states(**choice: Any) -> dict[str, str]:
        with ReferralFlow.open("memory:", **choice) as flow:
            return {p.name: p.state.value for p in flow.plugins if p.name != "built-in"}

    assert states() == {"bear": "ok", "zebra": "ok"}
    assert states(plugins=["zebra"]) == {"bear": "blocked", "zebra": "ok"}
    assert states(block=["zebra"]) == {"bear": "ok", "zebra": "blocked"}
    assert states(plugins=Choice.NONE) == {}
    with pytest.raises(PluginError, match="zebra"):
        states(plugins=["zebr"])


def test_a_plugin_asked_for_by_name_must_work(monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(monkeypatch, ape=ImportError("no module"))
    with pytest.raises(PluginError, match="no module"):
        ReferralFlow.open("memory:", plugins=["ape"])
