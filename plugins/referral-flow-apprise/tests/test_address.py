"""The address for Apprise: what it may hold, and that what cannot work is said at once."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from apprise import Apprise
from referral_flow_apprise.address import from_address

from referral_flow import ReferralFlow
from referral_flow.errors import ConfigurationError
from referral_flow.ports import Accepted, Message

if TYPE_CHECKING:
    from tests.conftest import Receiver

PAPER = Message("paper_issued", {"deadline": "2013-12-31"}, "member:m-1", "vi", "13bf/2/0")


def test_an_apprise_url_stands_after_the_scheme(receiver: Receiver) -> None:
    notifier = from_address(f"apprise:json://127.0.0.1:{receiver.port}/a?-y=1&+X=2")
    assert notifier.send(PAPER, []) == Accepted()
    assert receiver.paths == ["/a?y=1"]


def test_the_url_may_come_from_a_variable_or_a_file(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOM", f" json://127.0.0.1:{receiver.port}/variable\n")
    file = tmp_path / "room"
    file.write_text(f"json://127.0.0.1:{receiver.port}/file\n")
    inline = quote(f"json://127.0.0.1:{receiver.port}/inline?-a=1&-b=2", safe="")
    for where in (
        "env:ROOM",
        f"file:{file}",
        "?url=env:ROOM",
        f"?url=file:{file}",
        f"?url={inline}",
    ):
        assert from_address(f"apprise:{where}").send(PAPER, []) == Accepted()
    assert receiver.paths == ["/variable", "/file", "/variable", "/file", "/inline?a=1&b=2"]


def test_the_options_are_those_of_the_notifier(receiver: Receiver) -> None:
    address = f"apprise:?url=json://127.0.0.1:{receiver.port}/{{address}}"
    notifier = from_address(f"{address}&form=ascii&seconds=5&zone=Europe/Paris")
    assert notifier.send(PAPER, ["m-1"]) == Accepted()
    assert receiver.paths == ["/m-1"]
    assert "Da cap giay gioi thieu ve noi cu tru" in receiver.requests[0].body


def test_addresses_that_are_urls_need_the_services_that_they_may_be_of(receiver: Receiver) -> None:
    notifier = from_address("apprise:?schemas=json,FORM")
    assert repr(notifier) == "AppriseNotifier('form, json')"
    assert notifier.send(PAPER, [f"form://127.0.0.1:{receiver.port}/1"]) == Accepted()


@pytest.mark.parametrize(
    "url",
    [
        "tgram://123456789:abcdefg_hijklmnop/{address}",
        "mailtos://clerk:word@example.org?to={address}",
        "twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@+84912345678/{address}",
        "matrixs://clerk:word@example.org/{address}",
    ],
)
def test_a_template_is_tried_with_addresses_of_every_form(url: str) -> None:
    assert repr(from_address(f"apprise:{url}")) == f"AppriseNotifier('{url.partition(':')[0]}')"


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("apprise:", "needs an Apprise URL, or schemas="),
        ("apprise:?url=", "needs an Apprise URL, or schemas="),
        ("apprise:?", "either one URL, or schemas="),
        ("apprise:?schemas=", "either one URL, or schemas="),
        ("apprise:?url=json://h/hidden&schemas=json", "either one URL, or schemas="),
        ("apprise:jsn://hidden", "did you mean json://"),
        ("apprise:?schemas=json,tgrm", "did you mean tgram://"),
        ("apprise:nosuchservice://hidden", "knows no service"),
        ("apprise:json://", "cannot be reached by such a URL"),
        ("apprise:tgram://hidden", "cannot be reached by such a URL"),
        ("apprise:tgram://hidden/{address}", "cannot be reached by such a URL"),
        ("apprise:hidden", "cannot be reached by such a URL"),
        ("apprise:env:NOT_SET_HERE", "not set"),
        ("apprise:env:", "not set"),
        ("apprise:file:/hidden", "cannot be read"),
        ("apprise:?url=json://h/hidden&from=full", "did you mean 'form'"),
        ("apprise:?url=json://h/hidden&form=long", "full, short, ascii"),
        ("apprise:?url=json://h/hidden&seconds=60", "up to 25"),
        ("apprise:?url=json://h/hidden&seconds=soon", "up to 25"),
        ("apprise:?url=json://h/hidden&zone=Mars/Base", "time zone"),
    ],
)
def test_an_address_that_cannot_work_is_refused_when_it_is_opened(
    address: str, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    with pytest.raises(ConfigurationError, match=problem) as refused:
        from_address(address)
    told = "".join(traceback.format_exception_only(refused.value)) + refused.value.says("vi")
    assert "hidden" not in told + repr(refused.value.data) + caplog.text


def test_a_library_that_is_missing_is_named() -> None:
    details = Apprise().details(show_requirements=True, show_disabled=True)["schemas"]
    missing = {
        schema: each["requirements"]["packages_required"]
        for each in details
        if not each["enabled"] and each["requirements"]["packages_required"]
        for schema in each["protocols"] or each["secure_protocols"]
    }
    assert missing
    for schema, packages in missing.items():
        with pytest.raises(ConfigurationError, match="Apprise cannot use") as refused:
            from_address(f"apprise:?schemas={schema}")
        assert f"it needs {', '.join(packages)}" in str(refused.value)


def test_a_flow_opens_it_by_its_scheme_and_holds_it_at_night() -> None:
    with ReferralFlow.open("memory:", notifiers=["apprise:json://127.0.0.1/hidden"]) as flow:
        (plugin,) = (p for p in flow.plugins if p.name == "apprise")
        assert (plugin.state, plugin.distribution) == ("ok", "referral-flow-apprise")
        assert "hidden" not in repr(flow.plugins)
        assert flow._parts.policy.channels == {"apprise"}


def test_a_flow_that_does_not_use_it_loads_nothing_of_it() -> None:
    code = (
        "import sys; from referral_flow import ReferralFlow; "
        "flow = ReferralFlow.open('memory:'); "
        "print([p.state for p in flow.plugins if p.name == 'apprise'], 'apprise' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[<PluginState.OK: 'ok'>] False"
