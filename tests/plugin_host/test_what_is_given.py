"""What plugins give: each wrong value is named, with the plugin and its distribution."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import pytest

from referral_flow import ReferralFlow, hookimpl
from referral_flow.commands import Submit
from referral_flow.engine import GuardFor, Refusal
from referral_flow.errors import ConfigurationError, PluginError, StoreMissing, UnknownScheme
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.stores.memory import MemoryStore
from tests.support.distributions import Installer

RULES = files("referral_flow.domain.rules").joinpath("directive-22-1999.toml").read_text("utf-8")


def giving(hook: str, value: Any) -> Any:
    """Make a plugin whose hook gives a value, or raises it."""

    def give() -> Any:
        if isinstance(value, BaseException):
            raise value
        return value() if isinstance(value, Late) else value

    return SimpleNamespace(**{f"referral_flow_{hook}": hookimpl(give)}, __name__="ours")


class Late:
    """A value that is made when the hook is called: a coroutine may be closed only once."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def __call__(self) -> Any:
        return self.make()


async def waited_for(url: str = "") -> Any: ...


def waiting_for(url: str) -> Any:
    return waited_for(url)


def no_url() -> Any: ...


def no_guard(state: Any, command: Any, at: Any) -> Refusal | None:
    return None


async def late_guard(state: Any, command: Any, at: Any) -> Refusal | None:
    return None


def two(state: Any, command: Any) -> Refusal | None:
    return None


@pytest.mark.parametrize("hook", ["stores", "notifiers"])
@pytest.mark.parametrize(
    ("value", "code", "found"),
    [
        ([("shelf", MemoryStore)], "wrong_type", "list"),
        (None, "wrong_type", "NoneType"),
        (Late(waited_for), "wrong_type", "coroutine"),
        ({7: MemoryStore}, "wrong_type", "int"),
        ({"": MemoryStore}, "wrong_type", "str"),
        ({"shelf": MemoryStore()}, "wrong_type", "MemoryStore"),
        ({"shelf": waited_for}, "async_factory", None),
        (OSError("no driver"), "raised", None),
        (SystemExit(1), "raised", None),
    ],
)
def test_a_plugin_that_gives_no_schemes_is_failed_and_the_flow_opens(
    hook: str, value: Any, code: str, found: str | None
) -> None:
    with ReferralFlow.open("memory:", plugins=[giving(hook, value)]) as flow:
        ours = flow.plugins[-1]
    assert ours.state == "failed"
    assert ours.fault is not None
    assert (ours.fault.code, ours.fault.detail.get("found")) == (code, found)
    assert ours.fault.detail["hook"] == f"referral_flow_{hook}"


@pytest.mark.parametrize(
    ("hook", "value", "code"),
    [
        ("guards", None, "wrong_type"),
        ("guards", "Submit", "wrong_type"),
        ("guards", Late(waited_for), "wrong_type"),
        ("guards", [no_guard], "wrong_type"),
        ("guards", [(Submit, no_guard)], "wrong_type"),
        ("guards", [GuardFor(Submit, lambda s, c, a: None)], "unfit_guard"),
        ("guards", [GuardFor(Submit, late_guard)], "unfit_guard"),  # type: ignore[arg-type]
        ("guards", [GuardFor(Submit, two)], "unfit_guard"),  # type: ignore[arg-type]
        ("guards", [GuardFor(Submit, None)], "unfit_guard"),  # type: ignore[arg-type]
        ("guards", [GuardFor("submit", no_guard)], "unfit_guard"),  # type: ignore[arg-type]
        ("guards", [GuardFor(Submit, no_guard, states=("isued",))], "unfit_guard"),
        ("guards", [GuardFor(Submit, no_guard, states=("ended",))], "unfit_guard"),
        ("guards", [GuardFor(Submit, no_guard, states=())], "unfit_guard"),
        ("guards", SystemExit(), "raised"),
        ("rule_sets", ["ours"], "wrong_type"),
        ("rule_sets", {"ours": RULES.encode()}, "wrong_type"),
        ("rule_sets", {"ours": "deadline = 3"}, "unfit_rule_set"),
        ("rule_sets", {"directive-22-1999": RULES}, "rule_set_twice"),
        ("rule_sets", LookupError(), "raised"),
    ],
)
def test_what_decides_and_is_not_as_it_must_be_stops_the_opening(
    hook: str, value: Any, code: str
) -> None:
    with pytest.raises(PluginError) as error:
        ReferralFlow.open("memory:", plugins=[giving(hook, value)])
    assert error.value.data["problem"] == code
    assert error.value.data["plugin"] == "ours#0"


def test_a_guard_that_fits_no_row_says_so() -> None:
    guard = GuardFor(Submit, no_guard, states=("ended",))
    with pytest.raises(PluginError) as error:
        ReferralFlow.open("memory:", plugins=[giving("guards", [guard])])
    assert "no_guard for Submit: there is no row for submit in ended" in str(error.value)


class Silent:
    """Something that a factory made, and that is no notifier or store."""


class Waiting:
    async def send(self, message: Any, addresses: Any) -> Any: ...


class Patient(RecordingNotifier):
    send_within = 3600


@pytest.mark.parametrize(
    ("factory", "code"),
    [
        (lambda url: None, "wrong_made"),
        (lambda url: Silent(), "wrong_made"),
        (waiting_for, "wrong_made"),
        (lambda url: Waiting(), "async_made"),
        (lambda url: Patient(), "send_within"),
        (no_url, "factory_raised"),
    ],
)
def test_a_factory_that_makes_no_notifier_is_an_error_of_its_plugin(
    factory: Any, code: str
) -> None:
    plugin = giving("notifiers", {"slips": factory})
    with pytest.raises(PluginError) as error:
        ReferralFlow.open("memory:", plugins=[plugin], notifiers=["slips:upper"])
    assert error.value.data["problem"] == code
    assert error.value.data["detail"]["scheme"] == "slips"


@pytest.mark.parametrize("made", [Silent(), Waiting(), Patient()])
def test_a_notifier_that_is_given_is_held_to_the_same(made: Any) -> None:
    with pytest.raises(ConfigurationError, match="the notifier 'slips'"):
        ReferralFlow.open("memory:", notifiers={"slips": made})


def test_a_factory_that_makes_no_store_says_what_it_lacks() -> None:
    plugin = giving("stores", {"shelf": lambda url: RecordingNotifier()})
    with pytest.raises(PluginError, match="RecordingNotifier where a store is due: it has no"):
        ReferralFlow.open("shelf:", plugins=[plugin])


def test_what_a_factory_raises_is_named_by_its_class_for_a_url_may_hold_a_password() -> None:
    def connect(url: str) -> Any:
        raise OSError(f"cannot reach {url}")

    with pytest.raises(PluginError) as error:
        ReferralFlow.open("shelf://me:secret@there", plugins=[giving("stores", {"shelf": connect})])
    assert "OSError" in str(error.value)
    assert "secret" not in str(error.value) + repr(error.value.data)


def test_an_error_of_the_library_reaches_the_caller_as_it_is() -> None:
    def missing(url: str) -> Any:
        raise StoreMissing(path="there")

    with pytest.raises(StoreMissing):
        ReferralFlow.open("shelf:", plugins=[giving("stores", {"shelf": missing})])


def test_a_scheme_of_two_plugins_is_nobodys_and_the_others_work(install: Installer) -> None:
    source = """
    from referral_flow.stores.memory import MemoryStore
    @hookimpl
    def referral_flow_stores():
        own = __name__.replace("_", "")
        return dict.fromkeys(("shelf", own), lambda url: MemoryStore())
    """
    install("shelves", source, distribution="of-the-south")
    install("shelves", source, distribution="of-the-north")
    for scheme in ("rfofthenorth", "rfofthesouth"):
        with ReferralFlow.open(f"{scheme}:") as flow:
            assert [plugin.state for plugin in flow.plugins] == ["ok"] * 3
            problems = [plugin.problem for plugin in flow.plugins[1:]]
    assert problems == [
        "the scheme “shelf” is also brought by shelves (of-the-south)",
        "the scheme “shelf” is also brought by shelves (of-the-north)",
    ]
    with pytest.raises(PluginError) as error:
        ReferralFlow.open("shelf:")
    assert "of-the-south" in str(error.value)
    assert "of-the-north" in str(error.value)


@pytest.mark.parametrize(
    ("what", "url", "package"),
    [
        ("store", "postgresql://here/db", "referral-flow-postgres"),
        ("notifier", "webhooks://here", "referral-flow-webhooks"),
        ("notifier", "https://here/hook", "referral-flow-webhooks"),
        ("notifier", "webhook+https://here/hook", "referral-flow-webhooks"),
        ("notifier", "tgram://token", "referral-flow-apprise"),
        ("store", "paper:", ""),
    ],
)
def test_a_scheme_that_nobody_brings_names_those_there_are_and_the_package(
    what: str, url: str, package: str
) -> None:
    parts: dict[str, Any] = {"store": url} if what == "store" else {"notifiers": [url]}
    with pytest.raises(UnknownScheme) as error:
        ReferralFlow(**{"store": "memory:", **parts})
    known = {"store": ("memory", "sqlite"), "notifier": ("log", "smtp")}[what]
    assert (error.value.data["known"], error.value.data["package"]) == (known, package)
    assert ("may bring it" in str(error.value)) is bool(package)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "(failed: fax[ of a-fax]: it cannot be imported: RuntimeError('no line'))"),
        ("vi", "(bị lỗi: fax[ của a-fax]: không nạp được: RuntimeError('no line'))"),
    ],
)
def test_a_scheme_that_a_broken_plugin_may_have_brought_names_it_on_one_line(
    install: Installer, language: str, said: str
) -> None:
    install("fax", "raise RuntimeError('no line')")
    with pytest.raises(UnknownScheme) as error:
        ReferralFlow.open("memory:", notifiers=["fax:7"])
    spoken = error.value.says(language)
    assert said.replace("[", "").replace("]", "") in spoken
    assert "\n" not in spoken


def test_two_notifiers_of_one_scheme_need_names() -> None:
    with pytest.raises(ConfigurationError, match="give them as a mapping of names"):
        ReferralFlow.open("memory:", notifiers=["log:", "log:again"])


@pytest.mark.parametrize("plugin", [type("Fridays", (), {}), giving("guardz", None)])
def test_a_plugin_that_is_given_must_be_one(plugin: Any) -> None:
    with pytest.raises(PluginError):
        ReferralFlow.open("memory:", plugins=[plugin])


def test_a_class_in_the_place_of_an_object_is_an_error() -> None:
    class Fridays:
        @hookimpl
        def referral_flow_guards(self) -> list[Any]:
            return []

    with pytest.raises(PluginError, match="it is a class"):
        ReferralFlow.open("memory:", plugins=[Fridays])


def test_a_plugin_error_speaks_both_languages_and_crosses_to_another_process() -> None:
    import pickle

    with pytest.raises(PluginError) as raised:
        ReferralFlow.open("memory:", plugins=[giving("guards", None)])
    error = pickle.loads(pickle.dumps(raised.value))
    assert "gave NoneType where a list of GuardFor is due" in error.says("en")
    assert "đưa ra NoneType, trong khi cần một danh sách GuardFor" in error.says("vi")
