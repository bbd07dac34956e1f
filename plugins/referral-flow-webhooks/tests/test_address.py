"""The address of a webhook: what it may hold, and where its secrets come from."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from referral_flow_webhooks import new_secret, receive
from referral_flow_webhooks.address import from_address

from referral_flow import ReferralFlow
from referral_flow.errors import ConfigurationError
from referral_flow.ports import Accepted, Message

if TYPE_CHECKING:
    from tests.conftest import Receiver

SECRET, OLD = new_secret(), new_secret()
PAPER = Message("paper_issued", {"deadline": "2013-03-31"}, "member:m-1", "vi", "13bf/2/0")


@pytest.fixture(autouse=True)
def variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("WRONG", "hunter2-hunter2")
    monkeypatch.setenv("BLANK", " ")


def test_what_stands_before_the_options_is_the_receivers_own_url(receiver: Receiver) -> None:
    url = f"webhook+http://127.0.0.1:{receiver.port}/a%20b?x=1&secret=theirs"
    options = "secret=env:HOOK_SECRET&allow=127.0.0.1&source=urn:x&prefix=org.example."
    assert from_address(f"{url}#{options}&seconds=5&connect=2").send(PAPER, ()) == Accepted(
        PAPER.key
    )
    (request,) = receiver.requests
    assert request.path == "/a%20b?x=1&secret=theirs"
    event = receive(request.headers, request.body, SECRET)
    assert (event.source, event.type) == ("urn:x", "org.example.paper_issued")


def test_secrets_come_from_variables_and_files_and_all_of_them_sign(
    receiver: Receiver, tmp_path: Path
) -> None:
    older = new_secret()
    file = tmp_path / "secrets"
    file.write_text(f"{OLD}\n{older}\n")
    options = f"secret=env:HOOK_SECRET&secret=file:{file}&allow=127.0.0.1"
    from_address(f"webhook+http://127.0.0.1:{receiver.port}#{options}").send(PAPER, ())
    (request,) = receiver.requests
    assert request.path == "/"
    assert len(request.headers["webhook-signature"].split()) == 3
    for secret in (SECRET, OLD, older):
        assert receive(request.headers, request.body, secret).id == PAPER.key


def test_the_certificate_may_be_one_of_a_file(secured: Receiver) -> None:
    options = f"secret=env:HOOK_SECRET&trusted={secured.trusted}"
    assert repr(from_address(f"webhook+https://h.example.org:8443/x#{options}")) == (
        "WebhookNotifier('h.example.org:8443')"
    )


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("webhook+https://h/hidden", "needs #secret="),
        ("webhook+https://h/hidden?secret=env:HOOK_SECRET", "needs #secret="),
        ("webhook+https://h/hidden#secret=whsec_hidden", "never the secret itself"),
        ("webhook+https://h/hidden#secret=env:", "env:NAME or file:PATH"),
        ("webhook+https://h/hidden#secret=env:NOT_SET_HERE", "not set"),
        ("webhook+https://h/hidden#secret=env:BLANK", "not set"),
        ("webhook+https://h/hidden#secret=file:/nowhere", "cannot be read"),
        ("webhook+https://h/hidden#secret=file:/dev/null", "no secret"),
        ("webhook+https://h/hidden#secret=env:WRONG", "begin with whsec_"),
        ("webhook+https://h/hidden#{}&alow=10.0.0.0/8", "did you mean 'allow'"),
        ("webhook+https://h/hidden#{}&hidden=1", "unknown option"),
        ("webhook+https://h/hidden#{}&allow=hidden", "allow= has networks"),
        ("webhook+https://h/hidden#{}&allow=10.0.0.1/8", "allow= has networks"),
        ("webhook+https://h/hidden#{}&trusted=/hidden.pem", "trusted="),
        ("webhook+https://h/hidden#{}&trusted=/etc/passwd", "certificates"),
        ("webhook+https://h/hidden#{}&seconds=600", "up to 25"),
        ("webhook+https://h/hidden#{}&connect=soon", "up to 25"),
        ("webhook+https://h/hidden#{}&seconds=nan", "up to 25"),
        ("webhook+https://h/hidden#{}&source=", "source="),
        ("webhook+https://h/hidden#{}&prefix=a+b", "prefix="),
        ("webhook+https://clerk:hidden@h/#{}", "user or password"),
        ("webhook+https:///hidden#{}", "no host"),
        ("webhook+https://h:hidden/#{}", "host or port"),
        ("webhook+https://[::1/hidden#{}", "host or port"),
        ("webhook+https://h/hidden x#{}", "space or a letter beyond ASCII"),
        ("webhook+https://máy/hidden#{}", "space or a letter beyond ASCII"),
        ("webhook+https://h/hidden\r\nx#{}", "space or a letter beyond ASCII"),
        ("webhook+http://h/hidden#{}", "in the clear"),
        ("webhook+http://8.8.8.8/hidden#{}&allow=10.0.0.0/8", "which networks"),
        ("webhook+https://127.0.0.1/hidden#{}", "which networks"),
        ("webhook+https://[::ffff:10.0.0.1]/hidden#{}", "which networks"),
        ("webhook+https://169.254.169.254/hidden#{}", "which networks"),
        ("webhook+https:h/hidden#{}", "no host"),
        ("webhook+https://h/#{}&proxy=hidden:3128", "http://HOST:PORT"),
        ("webhook+https://h/#{}&proxy=http://hidden", "http://HOST:PORT"),
        ("webhook+https://h/#{}&proxy=http://clerk:hidden@h:3128", "http://HOST:PORT"),
        ("webhook+http://h/#{}&allow=10.0.0.0/8&proxy=http://hidden:3128", "for https only"),
    ],
)
def test_an_address_that_cannot_work_is_refused_when_it_is_opened(
    address: str, problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem) as refused:
        from_address(address.format("secret=env:HOOK_SECRET"))
    told = "".join(traceback.format_exception_only(refused.value)) + refused.value.says("vi")
    for hidden in ("hidden", "hunter", SECRET):
        assert hidden not in told + repr(refused.value.data)


def test_a_flow_opens_it_by_its_scheme() -> None:
    addresses = [
        "webhook+https://hooks.example.org/in#secret=env:HOOK_SECRET",
        "webhook+http://127.0.0.1/in#secret=env:HOOK_SECRET&allow=127.0.0.0/8",
    ]
    with ReferralFlow.open("memory:", notifiers=addresses) as flow:
        (plugin,) = (p for p in flow.plugins if p.name == "webhooks")
        assert (plugin.state, plugin.distribution) == ("ok", "referral-flow-webhooks")
        assert SECRET not in repr(flow.plugins)


def test_a_misspelt_scheme_tells_no_path() -> None:
    with pytest.raises(ConfigurationError, match=r"webhook\+https") as refused:
        ReferralFlow.open("memory:", notifiers=["webhok+https://h/hidden#secret=env:HOOK_SECRET"])
    assert "hidden" not in str(refused.value) + repr(refused.value.data)


def test_a_flow_that_does_not_use_it_loads_nothing_of_it() -> None:
    code = (
        "import sys; from referral_flow import ReferralFlow; "
        "flow = ReferralFlow.open('memory:'); "
        "print([p.state for p in flow.plugins if p.name == 'webhooks'], 'urllib3' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[<PluginState.OK: 'ok'>] False"
