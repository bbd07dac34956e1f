"""The check of a webhook: what is taken for one, and what each refusal says."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files

import pytest
from referral_flow_webhooks import (
    NoEvent,
    NotVerified,
    OutOfTime,
    Secret,
    WrongHeader,
    WrongSignature,
    new_secret,
    receive,
)
from referral_flow_webhooks.errors import WORDS
from standardwebhooks import Webhook

from referral_flow.errors import ConfigurationError

SECRET, OLD, OTHER = new_secret(), new_secret(), new_secret()
NOW = datetime(2013, 3, 1, 2, tzinfo=UTC)
BODY = b'{"specversion":"1.0","id":"k/2/0","source":"rf","type":"rf.paper_issued","data":{"n":1}}'


def headers(
    body: bytes = BODY, *secrets: str, at: datetime = NOW, id: str = "k/2/0"
) -> dict[str, str]:
    seconds = int(at.timestamp())
    signatures = [Secret.read(s).signature(id, seconds, body) for s in secrets or (SECRET,)]
    return {
        "Webhook-Id": id,
        "Webhook-Timestamp": str(seconds),
        "Webhook-Signature": " ".join(signatures),
    }


def test_a_signed_event_is_given_with_the_id_by_which_a_repetition_is_known() -> None:
    event = receive(headers(), BODY, SECRET, now=NOW)
    assert (event.id, event.type, event.source) == ("k/2/0", "rf.paper_issued", "rf")
    assert (event.data, event.subject) == ({"n": 1}, None)


def test_what_the_standards_own_library_signs_is_taken() -> None:
    now = datetime.now(UTC)
    signed = {
        "webhook-id": "k",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("k", now, BODY.decode()),
    }
    assert receive(signed, BODY, SECRET).id == "k/2/0"


def test_any_signature_may_fit_any_secret_while_secrets_are_changed() -> None:
    assert receive(headers(BODY, SECRET, OLD), BODY, [OLD], now=NOW).id == "k/2/0"
    assert receive(headers(BODY, OLD), BODY, [SECRET, OLD], now=NOW).id == "k/2/0"
    assert receive(headers(BODY, OLD), BODY, f"{SECRET} {OLD}", now=NOW).id == "k/2/0"
    with pytest.raises(WrongSignature):
        receive(headers(BODY, OLD), BODY, [SECRET], now=NOW)


def test_signatures_of_other_versions_are_passed_over() -> None:
    signed = headers()
    signed["Webhook-Signature"] = f"v1a,xyz v1,notbase64 v2 {signed['Webhook-Signature']} v1,"
    assert receive(signed, BODY, SECRET, now=NOW).id == "k/2/0"


@pytest.mark.parametrize("header", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
@pytest.mark.parametrize("value", [None, "", "\u0661"])
def test_a_header_that_is_missing_or_unreadable_is_named(header: str, value: str | None) -> None:
    signed = headers()
    del signed[header]
    if value is not None:
        signed[header] = value
    with pytest.raises(WrongHeader, match=header.lower()):
        receive(signed, BODY, SECRET, now=NOW)


@pytest.mark.parametrize("text", ["-5", "1.5", "1e9", "soon", " 1", "1" * 13])
def test_a_time_is_whole_seconds(text: str) -> None:
    with pytest.raises(WrongHeader, match="webhook-timestamp"):
        receive(headers() | {"Webhook-Timestamp": text}, BODY, SECRET, now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"Webhook-Id": "k/3/0"},
        {"Webhook-Timestamp": str(int(NOW.timestamp()) + 1)},
        {"Webhook-Signature": "v1,AAAA"},
        {"Webhook-Signature": headers(BODY, OTHER)["Webhook-Signature"]},
        {"Webhook-Signature": headers()["Webhook-Signature"].replace("v1,", "v2,")},
    ],
)
def test_what_was_changed_on_the_way_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(WrongSignature):
        receive(headers() | changed, BODY, SECRET, now=NOW)


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(WrongSignature):
        receive(headers(), BODY + b" ", SECRET, now=NOW)


@pytest.mark.parametrize("off", [-300, 0, 300])
def test_clocks_may_differ_a_little(off: int) -> None:
    assert receive(headers(), BODY, SECRET, now=NOW + timedelta(seconds=off)).id == "k/2/0"


@pytest.mark.parametrize("off", [-301, 301, 86_400])
def test_an_old_webhook_is_taken_for_a_replay_and_so_is_one_of_the_future(off: int) -> None:
    with pytest.raises(OutOfTime, match=r"and 300 are allowed") as refused:
        receive(headers(), BODY, SECRET, now=NOW + timedelta(seconds=off))
    assert refused.value.data == {"off": abs(off), "tolerance": 300}


def test_the_tolerance_and_the_zone_of_now_are_the_callers() -> None:
    later = (NOW + timedelta(hours=1)).astimezone(timezone(timedelta(hours=7)))
    assert receive(headers(), BODY, SECRET, now=later, tolerance=timedelta(hours=2)).id == "k/2/0"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        BODY.replace(b'"1.0"', b'"0.3"'),
        BODY.replace(b'"k/2/0"', b"7"),
        BODY.replace(b'"k/2/0"', b'""'),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(NoEvent):
        receive(headers(body), body, SECRET, now=NOW)


def test_without_a_secret_nothing_is_taken() -> None:
    with pytest.raises(ConfigurationError):
        receive(headers(), BODY, "", now=NOW)


def test_every_refusal_is_said_in_both_languages_with_the_same_fields() -> None:
    said = {
        language: tomllib.loads(files(WORDS).joinpath(f"{language}.toml").read_text("utf-8"))
        for language in ("vi", "en")
    }
    classes = (NotVerified, WrongHeader, WrongSignature, OutOfTime, NoEvent)
    assert said["vi"]["error"].keys() == said["en"]["error"].keys() == {c.code for c in classes}
    for cls in classes:
        error = cls(header="webhook-id", off=301, tolerance=300)
        assert error.says("vi") != error.says("en") == str(error)
        assert not set("{}[]") & set(error.says("vi") + error.says("en"))
