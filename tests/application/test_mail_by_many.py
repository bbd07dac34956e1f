"""Several processes deliver by one mail server that fails now and then, and one dies."""

from __future__ import annotations

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from referral_flow import ReferralFlow
from referral_flow.notifiers.mail import message_id
from referral_flow.notifiers.smtp_address import from_address
from referral_flow.ports import Message
from tests.application.office import START, Office
from tests.support.mail_server import MailServer

PROCESSES, ROUNDS = 4, 40
GROUPED, ISSUED = range(1, 5), range(5, 10)
SENDER = "committee@example.org"


def addresses(recipient: str) -> Sequence[str]:
    return [f"{recipient.replace(':', '-')}@example.org"]


def opened(url: str, address: str, now: list[datetime]) -> ReferralFlow:
    parts: dict[str, Any] = {"addresses": addresses, "messages": "at once"}
    notifiers = {"smtp": from_address(address)}
    return ReferralFlow(url, notifiers=notifiers, clock=lambda: now[0], **parts)


def _deliver(url: str, address: str, start: float, barrier: Barrier) -> None:
    """Deliver round by round, all processes at the same time of the same clock."""
    now = [datetime.fromtimestamp(start, START.tzinfo)]
    with opened(url, address, now) as flow:
        for _ in range(ROUNDS):
            barrier.wait(60)
            flow.deliver()
            barrier.wait(60)
            waiting = flow.check().waiting
            barrier.wait(60)
            if not waiting:
                break
            now[0] += timedelta(hours=2)


def _die(url: str, address: str, start: float) -> None:
    """Send, and die as the power fails: before anything is settled."""
    now = [datetime.fromtimestamp(start, START.tzinfo)]
    flow = opened(url, address, now)
    flow._parts.store.settle_messages = lambda *asked: os._exit(9)  # type: ignore[method-assign]
    flow.deliver()


def queued(url: str) -> tuple[Office, dict[bytes, list[str]]]:
    """Fill a store with messages; give their Message-IDs for each referral, in order."""
    office = Office(url, notifiers={"smtp": from_address("smtp://h?tls=none&from=" + SENDER)})
    office.assigned(office.group(), GROUPED)
    for member in ISSUED:
        office.issued(member)
    rows = office.flow._parts.store._rows(  # type: ignore[attr-defined]
        "SELECT stream, kind, recipient, key FROM rf_outbox WHERE state = 'waiting'"
        " ORDER BY stream, version, position",
        (),
    )
    expected: dict[bytes, list[str]] = defaultdict(list)
    for stream, kind, recipient, key in rows:
        message = Message(kind, {}, recipient, "vi", key)
        expected[stream].append(message_id(message, SENDER))
    return office, expected


def every_fifth_fails() -> Iterator[str | None]:
    return ("451 try later" if n % 5 == 0 else None for n in count(1))


def test_four_processes_send_each_mail_once_and_in_order(tmp_path: Path) -> None:
    """To a server that fails one in five."""
    url = f"sqlite:///{tmp_path}/office.db"
    office, expected = queued(url)
    assert [len(mails) for mails in expected.values()] == [2] * 9
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    with MailServer(answers={"DATA": every_fifth_fails()}) as server:
        asked = (url, f"smtp://{server.url()}", office.now.timestamp(), barrier)
        workers = [context.Process(target=_deliver, args=asked) for _ in range(PROCESSES)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    arrived = [mail["Message-ID"] for mail in server.mails]
    for mails in expected.values():
        assert [id for id in arrived if id in mails] == mails
    assert len(arrived) == 18
    assert server.refused >= 4
    state = office.flow.check()
    assert (state.waiting, state.parked) == (0, 0)


def test_a_process_that_dies_repeats_a_mail_under_its_message_id_only(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/office.db"
    office, expected = queued(url)
    context = multiprocessing.get_context("spawn")
    with MailServer() as server:
        address = f"smtp://{server.url()}"
        worker = context.Process(target=_die, args=(url, address, office.now.timestamp()))
        worker.start()
        worker.join(60)
        assert worker.exitcode == 9
        before = len(server.mails)
        later = [office.now + timedelta(minutes=2)]
        with opened(url, address, later) as flow:
            assert flow.deliver().accepted == 18
    arrived = [mail["Message-ID"] for mail in server.mails]
    assert 0 < before == len(arrived) - 18
    assert set(arrived) == {id for mails in expected.values() for id in mails}
    for mails in expected.values():
        firsts = list(dict.fromkeys(id for id in arrived if id in mails))
        assert firsts == mails
