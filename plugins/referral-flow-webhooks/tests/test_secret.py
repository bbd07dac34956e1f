"""Secrets: how they are written, what they sign, and that they are shown nowhere."""

from __future__ import annotations

import traceback
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from referral_flow_webhooks import Secret, new_secret
from referral_flow_webhooks.secret import secrets_of
from standardwebhooks import Webhook

from referral_flow.errors import ConfigurationError

KEYS = st.binary(min_size=24, max_size=64)
IDS = st.text("abcdef0123456789/-", min_size=1)


@given(KEYS, IDS, st.integers(0, 4_000_000_000), st.text())
def test_a_signature_is_that_of_the_standard(key: bytes, id: str, at: int, body: str) -> None:
    text = f"whsec_{b64encode(key).decode()}"
    # Only a time in UTC: it signs others wrongly.
    expected = Webhook(text).sign(id, datetime.fromtimestamp(at, UTC), body)
    assert Secret.read(text).signature(id, at, body.encode()) == expected


def test_a_secret_may_lack_the_padding_of_base64() -> None:
    key = bytes(range(25))
    text = f"whsec_{b64encode(key).decode()}"
    assert Secret.read(text.rstrip("=")).key == Secret.read(text).key == key


def test_every_new_secret_is_another() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(Secret.read(first).key) == 32


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hunter2-hunter2", "begin with whsec_"),
        ("whsk_hunter2-hunter2", "begin with whsec_"),
        ("whsec_hunter2!hunter2", "comes base64"),
        ("whsec_hunter2é", "comes base64"),
        ("whsec_hunter2A", "has 6 bytes, not 24 to 64"),
        ("whsec_" + "hunter2A" * 11, "has 66 bytes"),
        ("", "begin with whsec_"),
    ],
)
def test_a_secret_that_cannot_be_used_is_refused_and_not_repeated(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as refused:
        Secret.read(text)
    told = traceback.format_exception_only(refused.value)
    assert "hunter" not in "".join(told) + refused.value.says("vi") + repr(refused.value.data)
    assert refused.value.__suppress_context__


def test_several_secrets_stand_in_one_text() -> None:
    texts = [new_secret() for _ in range(3)]
    keys = [Secret.read(text).key for text in texts]
    assert [secret.key for secret in secrets_of(f"{texts[0]}\n{texts[1]}  {texts[2]}\n")] == keys
    assert [secret.key for secret in secrets_of(texts)] == keys


@pytest.mark.parametrize("given", ["", " \n", []])
def test_without_a_secret_nothing_is_signed(given: str | list[str]) -> None:
    with pytest.raises(ConfigurationError, match="no secret"):
        secrets_of(given)


def test_a_secret_shows_nothing_of_itself() -> None:
    secret = Secret.read("whsec_" + b64encode(b"correct-horse-battery-staple").decode())
    assert repr(secret) == str(secret) == "Secret()"
