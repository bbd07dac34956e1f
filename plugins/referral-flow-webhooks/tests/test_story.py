"""Whole stories: a command, `deliver`, and a receiver that checks what comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from referral_flow_webhooks import WebhookNotifier, new_secret, receive

from referral_flow import Actor, CommitteeKind, Paper, ReferralFlow, Role
from referral_flow.commands import AddCommittee, AddMember, Issue
from referral_flow.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.conftest import Receiver

SECRET = new_secret()
TOLD = {
    "member:m-1": "referral-flow.paper_issued",
    "committee:r-7": "referral-flow.paper_to_expect",
}


class Here:
    """A flow that tells a receiver, at a time that passes when it is told to."""

    def __init__(self, receiver: Receiver) -> None:
        self.now = datetime(2013, 3, 1, 2, tzinfo=UTC)
        self.receiver = receiver
        self.seen = 0
        self.store = MemoryStore()
        url = f"http://127.0.0.1:{receiver.port}/in"
        hook = WebhookNotifier(url, SECRET, allow="127.0.0.0/8", clock=lambda: self.now)
        self.flow = ReferralFlow(self.store, notifiers={"hook": hook}, clock=lambda: self.now)

    def issue(self) -> None:
        register = self.flow.acting_as(Actor("u-0", Role.OPERATOR))
        register.execute(AddCommittee("w-2", CommitteeKind.WORKPLACE, "Trường Chính trị"))
        register.execute(AddCommittee("r-7", CommitteeKind.RESIDENCE, "Phường Bến Thủy"))
        register.execute(AddMember("m-1", "w-2", "Đồng chí số 1"))
        office = self.flow.acting_as(Actor("u-1", Role.WORKPLACE, "w-2"))
        office.execute(Issue("m-1", "r-7", Paper("15/GT", self.now.date())))

    @property
    def waiting(self) -> int:
        return self.store.check().waiting

    def received(self) -> dict[str | None, str]:
        """Give the types of what came since it was last asked, by recipient, all checked."""
        came = self.receiver.requests[self.seen :]
        self.seen += len(came)
        events = [receive(each.headers, each.body, SECRET, now=self.now) for each in came]
        return {event.subject: event.type for event in events}

    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.receiver.requests]


@pytest.fixture
def here(receiver: Receiver) -> Iterator[Here]:
    here = Here(receiver)
    here.issue()
    yield here
    here.flow.close()


def test_what_was_queued_with_a_command_reaches_the_receiver_and_leaves_the_queue(
    here: Here,
) -> None:
    assert (here.waiting, here.receiver.requests) == (2, [])
    assert here.flow.deliver().accepted == 2
    assert here.received() == TOLD
    assert len(set(here.ids())) == 2
    assert (here.waiting, here.flow.deliver().accepted) == (0, 0)


def test_no_name_is_in_what_is_sent(here: Here) -> None:
    here.flow.deliver()
    sent = b"".join(request.body for request in here.receiver.requests).decode()
    for name in ("Đồng chí", "Trường", "Phường", "15/GT"):
        assert name not in sent


def test_what_failed_is_sent_again_under_the_same_id(here: Here) -> None:
    here.receiver.answer(500)
    first = here.flow.deliver()
    assert (first.accepted, here.waiting) == (0, 2)  # in order: the second waits for the first
    here.now += timedelta(minutes=2)
    assert here.flow.deliver().accepted == 2
    assert here.ids()[0] == here.ids()[1] != here.ids()[2]
    assert here.waiting == 0


def test_a_receiver_that_asks_for_a_pause_is_left_alone_for_so_long(here: Here) -> None:
    here.receiver.answer(429, Retry_After="3600")
    here.flow.deliver()
    assert (len(here.received()), here.waiting) == (1, 2)
    here.now += timedelta(minutes=59)
    here.flow.deliver()
    assert here.received() == {}
    here.now += timedelta(minutes=2)
    assert here.flow.deliver().accepted == 2
    assert here.received() == TOLD


def test_what_is_refused_for_good_is_a_dead_letter_that_can_be_sent_again(here: Here) -> None:
    here.receiver.answer(410)
    delivered = here.flow.deliver()
    assert (delivered.parked, delivered.accepted) == (1, 1)
    (letter,) = here.flow.dead_letters()
    assert letter.reason == "the receiver answered 410"
    here.flow.send_again(letter.id)
    assert here.flow.deliver().accepted == 1
    assert here.received() == TOLD
