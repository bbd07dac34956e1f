"""The notifier against real receivers: what people read, where it goes, what is made of answers."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from referral_flow_apprise import AppriseNotifier, Form

from referral_flow.ports import Accepted, Message, Outcome, Permanent, RetryAt

if TYPE_CHECKING:
    from tests.conftest import MailBox, Receiver

PERSONAL = {
    "name": "Đồng chí số 9",
    "rating": "weak",
    "classification": "not_completed",
    "comment": "hay cãi nhau",
    "reason": "ngại va chạm",
}
NOT_TAKEN = RetryAt(None, "the service did not take it")


def message(kind: str = "paper_issued", language: str = "vi", **params: Any) -> Message:
    return Message(kind, params or {"deadline": "2013-12-31"}, "member:m-1", language, "13bf/2/0")


def send(receiver: Receiver, told: Message, *addresses: str, **options: Any) -> Outcome:
    """Send by the service json:// at the receiver, each address a path of its own."""
    url = f"json://127.0.0.1:{receiver.port}/{{address}}?secret=hidden"
    return AppriseNotifier(url, **options).send(told, addresses or ("m-1",))


def said(receiver: Receiver) -> tuple[str, str]:
    """Give title and text of the last request."""
    body = json.loads(receiver.requests[-1].body)
    return body["title"], body["message"]


# --- what people read


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "vi",
            "Giấy giới thiệu chưa được nộp",
            "Giấy giới thiệu chưa được nộp; hạn nộp là ngày 31/12/2013.",
        ),
        (
            "en",
            "An introduction paper was not handed in",
            "The introduction paper was not handed in; it was due by 2013-12-31.",
        ),
    ],
)
def test_a_message_has_a_title_and_a_text_in_the_recipients_language(
    receiver: Receiver, language: str, title: str, text: str
) -> None:
    assert send(receiver, message("paper_overdue", language)) == Accepted()
    assert said(receiver) == (title, text)


def test_a_digest_has_a_line_for_each_kind(receiver: Receiver) -> None:
    kinds = {"paper_to_expect": 2, "a_kind_of_theirs": 1}
    send(receiver, message("digest", count=3, kinds=kinds))
    assert said(receiver) == (
        "Đồng chí có 3 việc cần xem",
        "Những việc đang chờ đồng chí:\n- giấy giới thiệu sẽ nộp đến: 2\n- việc khác cần xem: 1",
    )


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Form.SHORT, "Mời dự sinh hoạt nhóm"),
        (Form.ASCII, "Moi du sinh hoat nhom"),
    ],
)
def test_the_short_forms_are_one_line_without_a_title(
    receiver: Receiver, form: Form, text: str
) -> None:
    send(receiver, message("meeting_called", starts_at="2013-12-31T12:30:00Z"), form=form)
    assert said(receiver) == ("", text)


def test_a_kind_without_marks_loses_no_letter(receiver: Receiver) -> None:
    send(receiver, message("paper_overdue"), form=Form.ASCII)
    assert said(receiver) == ("", "Giay gioi thieu chua duoc nop")
    send(receiver, message("assigned_to_group"), form=Form.ASCII)
    assert said(receiver) == ("", "Dong chi da duoc phan nhom")


def test_times_are_those_of_the_zone(receiver: Receiver) -> None:
    called = message("meeting_called", starts_at="2013-12-31T12:30:00Z")
    send(receiver, called)
    assert "lúc 19:30 ngày 31/12/2013" in said(receiver)[1]
    send(receiver, called, zone=ZoneInfo("Europe/Paris"))
    assert "lúc 13:30 ngày 31/12/2013" in said(receiver)[1]


@pytest.mark.parametrize("kind", ["comment_given", "class_given", "a_kind_of_their_own"])
@pytest.mark.parametrize("form", Form)
def test_nobodys_name_rating_or_words_are_sent(receiver: Receiver, kind: str, form: Form) -> None:
    assert send(receiver, message(kind, **PERSONAL), form=form) == Accepted()
    sent = " ".join((receiver.requests[-1].body, *said(receiver)))
    for value in PERSONAL.values():
        assert value not in sent


@pytest.mark.parametrize("place", ["v-1\\nx", "v-1 ${HOME}", "v-1 &lt;b&gt; :smile:", "v-1 <b>"])
def test_what_stands_in_a_message_is_text_and_nothing_else(receiver: Receiver, place: str) -> None:
    send(receiver, message("meeting_called", place=place))
    assert said(receiver)[1].endswith(f"tại {place}.")


def test_nothing_of_apprises_own_is_in_what_is_sent(receiver: Receiver, mail_box: MailBox) -> None:
    send(receiver, message())
    url = f"mailto://127.0.0.1:{mail_box.port}?from=a@example.org&to={{address}}&mode=insecure"
    AppriseNotifier(url).send(message(), ["m-1@example.org"])
    sent = receiver.requests[0].body + mail_box.mails[0].as_string()
    assert "apprise" not in sent.casefold()


def test_a_language_without_words_is_given_up(receiver: Receiver) -> None:
    assert isinstance(send(receiver, message(language="fr")), Permanent)
    assert receiver.requests == []


def test_people_are_behind_it() -> None:
    assert AppriseNotifier.tells_people


# --- where it goes


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ("json", "application/json"),
        ("xml", "application/xml"),
        ("form", "application/x-www-form-urlencoded"),
    ],
)
def test_any_service_of_apprise_can_be_used(receiver: Receiver, schema: str, kind: str) -> None:
    notifier = AppriseNotifier(f"{schema}://127.0.0.1:{receiver.port}/room")
    assert notifier.send(message(), []) == Accepted()
    (request,) = receiver.requests
    assert (request.path, request.kind) == ("/room", kind)


def test_a_url_without_a_place_for_an_address_gets_every_message_once(receiver: Receiver) -> None:
    notifier = AppriseNotifier(f"form://127.0.0.1:{receiver.port}/room")
    for addresses in ([], ["m-1"], ["m-1", "m-2"]):
        assert notifier.send(message(), addresses) == Accepted()
    assert receiver.paths == ["/room"] * 3
    title = parse_qs(receiver.requests[0].body)["title"]
    assert title == ["Đã cấp giấy giới thiệu về nơi cư trú"]


def test_each_address_is_filled_in_and_repeated_ones_once(receiver: Receiver) -> None:
    assert send(receiver, message(), "m-1", "m-2", "m-1") == Accepted()
    assert receiver.paths == ["/m-1", "/m-2"]


def test_a_mail_goes_to_each_address_alone(mail_box: MailBox) -> None:
    url = f"mailto://127.0.0.1:{mail_box.port}?from=a@example.org&to={{address}}&mode=insecure"
    to = ["m-1+rf@example.org", "m-2@example.org"]
    assert AppriseNotifier(url).send(message(), to) == Accepted()
    assert mail_box.recipients == [[address] for address in to]
    assert mail_box.mails[0]["Subject"] == "Đã cấp giấy giới thiệu về nơi cư trú"
    assert "31/12/2013" in mail_box.mails[0].get_content()


@pytest.mark.parametrize(
    "address", ["x?method=PUT", "x@127.0.0.1:9/", "../x", "x&+Cookie=1", "x#y"]
)
def test_no_sign_of_an_address_is_read_as_a_part_of_the_url(
    receiver: Receiver, address: str
) -> None:
    assert send(receiver, message(), address) == Accepted()
    (request,) = receiver.requests
    assert request.path.startswith("/")
    assert len(receiver.requests) == 1


def test_addresses_may_be_urls_themselves_of_the_services_that_are_allowed(
    receiver: Receiver,
) -> None:
    here = f"://127.0.0.1:{receiver.port}/"
    notifier = AppriseNotifier(schemas=["json", "form"])
    assert notifier.send(message(), [f"json{here}1", f"FORM{here}2", f"xml{here}3"]) == Accepted()
    assert receiver.paths == ["/1", "/2"]


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        ([], "no address"),
        (["syslog://", "m-1@example.org", "", "json"], "no address that can be written to"),
        (["json://", "json://:port/"], "no address that can be written to"),
    ],
)
def test_without_an_address_that_can_be_used_it_is_given_up(
    addresses: list[str], reason: str
) -> None:
    assert AppriseNotifier(schemas=["json"]).send(message(), addresses) == Permanent(reason)


def test_a_template_without_addresses_is_given_up(receiver: Receiver) -> None:
    url = f"json://127.0.0.1:{receiver.port}/{{address}}"
    assert AppriseNotifier(url).send(message(), []) == Permanent("no address")


# --- what is made of the answers


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 429, 500, 503])
def test_what_the_service_did_not_take_is_tried_again(receiver: Receiver, status: int) -> None:
    receiver.answers["/m-1"] = status
    assert send(receiver, message()) == NOT_TAKEN
    assert receiver.paths == ["/m-1"]  # once, and no redirect was followed
    del receiver.answers["/m-1"]
    assert send(receiver, message()) == Accepted()


@pytest.mark.parametrize("failing", ["/m-1", "/m-2"])
def test_one_address_that_took_it_is_enough(receiver: Receiver, failing: str) -> None:
    receiver.answers[failing] = 500
    assert send(receiver, message(), "m-1", "m-2") == Accepted()
    assert receiver.paths == ["/m-1", "/m-2"]


def test_nobody_at_the_port_is_tried_again(free_port: int) -> None:
    notifier = AppriseNotifier(f"json://127.0.0.1:{free_port}/")
    assert notifier.send(message(), []) == NOT_TAKEN


def test_a_service_that_hangs_is_left_and_the_next_address_has_its_share(
    receiver: Receiver,
) -> None:
    receiver.hangs.add("/m-1")
    began = time.monotonic()
    assert send(receiver, message(), "m-1", "m-2", seconds=1.0) == Accepted()
    assert receiver.paths == ["/m-1", "/m-2"]
    assert send(receiver, message(), "m-1", seconds=0.3) == RetryAt(None, "no answer in time")
    assert time.monotonic() - began < 10


# --- what is told of it


def test_no_address_or_token_is_in_any_log_or_repr(
    receiver: Receiver, mail_box: MailBox, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    receiver.answers = {"/refusing-room": 500}
    told: list[object] = []
    for url in (
        f"json://clerk:hidden@127.0.0.1:{receiver.port}/secret-room/{{address}}?x=hidden",
        f"json://127.0.0.1:{free_port}/secret-room/{{address}}",
        f"mailto://127.0.0.1:{mail_box.port}?from=secret@example.org&to={{address}}&mode=insecure",
    ):
        notifier = AppriseNotifier(url)
        told += [notifier, notifier.send(message(), ["m-1@example.org", "not a secret address"])]
    each = AppriseNotifier(schemas=["json"])
    told.append(
        each.send(message(), [f"json://clerk:hidden@127.0.0.1:{receiver.port}/refusing-room"])
    )
    assert receiver.requests
    assert mail_box.mails
    written = "".join(r.getMessage() for r in caplog.records if r.name != "mail.log")
    for hidden in ("hidden", "secret", "room", "example.org", "127.0.0.1"):
        assert hidden not in "".join(map(repr, told))
        assert hidden not in written


def test_what_others_log_by_the_same_libraries_is_left_alone(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    send(receiver, message())
    with caplog.at_level(logging.INFO):
        logging.getLogger("apprise").info("theirs")
        logging.getLogger("urllib3.connectionpool").info("theirs as well")
    assert caplog.messages[-2:] == ["theirs", "theirs as well"]
