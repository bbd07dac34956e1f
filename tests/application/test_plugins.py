"""Plugins: found, checked, kept apart, and only ever narrowing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


def test_a_misspelt_hook_is_an_error_with_the_near_match() -> None:
    class Misspelt:
        @hookimpl
        def referral_flow_store(self) -> Mapping[str, Any]:
            return {}

    with pytest.raises(PluginError, match="referral_flow_stores"):
        ReferralFlow.open("memory:", plugins=[Misspelt()])


def test_a_plugin_that_raises_while_giving_stores_fails_alone() -> None:
    class Broken:
        @hookimpl
        def referral_flow_stores(self) -> Mapping[str, Any]:
            raise RuntimeError("no driver")

    with ReferralFlow.open("memory:", plugins=[Broken()]) as flow:
        broken = next(plugin for plugin in flow.plugins if plugin.name.startswith("Broken"))
        assert (broken.state, broken.problem) == (
            PluginState.FAILED,
            "“referral_flow_stores” raised RuntimeError('no driver')",
        )


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
