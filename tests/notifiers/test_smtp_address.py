"""The address of a mail server: what it may hold, and that its password is told to nobody."""

from __future__ import annotations

import logging
import traceback

import pytest

from referral_flow import ReferralFlow
from referral_flow.cli.plugins import plugins
from referral_flow.errors import ConfigurationError, UnknownScheme
from tests.notifiers.test_smtp import SIGNS_IN, TO, make, message
from tests.support.mail_server import PASSWORD, TRUSTED, USER, MailServer


def test_it_is_made_from_its_address() -> None:
    notifier = make(f"{SIGNS_IN}mail.example.org?from=a@example.org&zone=Europe/Paris")
    assert (notifier.host, notifier.port, notifier.tls) == ("mail.example.org", 587, "starttls")
    assert (notifier.user, notifier.password) == (USER, PASSWORD)
    assert str(notifier.zone) == "Europe/Paris"
    assert notifier.tells_people
    assert make("h?from=a@b&tls=implicit").port == 465
    assert make("h:2525?from=a@b&tls=none").port == 2525


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("{}mail.example.org", "from="),
        ("{}mail.example.org?from=nobody", "from="),
        ("{}?from=a@b", "host"),
        ("{}h:port?from=a@b", "port"),
        ("{}h?from=a@b&tls=ssl", "starttls, implicit, none"),
        ("{}h?from=a@b&tsl=none", "did you mean 'tls'"),
        ("{}h?from=a@b&tls=none", "in the clear"),
        ("{}h?from=a@b&seconds=600", "seconds"),
        ("{}h?from=a@b&seconds=soon", "seconds"),
        ("{}h?from=a@b&trusted=/nowhere.pem", "trusted="),
        ("{}h?from=a@b&zone=Mars/Base", "time zone"),
    ],
)
def test_an_address_that_cannot_work_is_refused_without_its_password(
    address: str, problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem) as refused:
        make(address.format("clerk:secret-word@"))
    told = "".join(traceback.format_exception_only(refused.value)) + refused.value.says("vi")
    assert "secret-word" not in told + repr(refused.value.data)


def test_the_password_is_in_no_log_repr_or_list_of_plugins(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with MailServer(tls="starttls", auth=True) as server:
        notifier = make(f"clerk:secret-word@{server.url(trusted=TRUSTED)}")
        outcome = notifier.send(message(), TO)
    plugins()
    printed = capsys.readouterr()
    said = (caplog.text, repr(notifier), str(notifier), repr(outcome), printed.out, printed.err)
    assert "secret-word" not in "".join(said)


def test_a_misspelt_scheme_tells_no_password() -> None:
    with pytest.raises(UnknownScheme, match="smtp") as refused:
        ReferralFlow("memory:", notifiers=["smpt://clerk:secret-word@h?from=a@b"])
    assert "secret-word" not in str(refused.value) + repr(refused.value.data)


def test_mail_is_respectful_unless_it_is_said_otherwise() -> None:
    for messages, kept in ((None, {"smtp"}), ("at once", set())):
        with ReferralFlow(
            "memory:", notifiers=["smtp://h?from=a@b", "log:"], messages=messages
        ) as flow:
            assert flow._parts.policy.channels == kept
