"""Messages respect people: quiet hours, one digest a day, a cap, opting out (S57)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from referral_flow import ReferralFlow, hookimpl
from referral_flow.application.delivery import together
from referral_flow.application.policy import Policy
from referral_flow.commands import End, Submit
from referral_flow.domain.rules import packaged
from referral_flow.errors import ConfigurationError
from referral_flow.notifiers.recorder import RecordingNotifier
from referral_flow.ports import Drop, Message, Permanent, RetryAt
from tests.application.office import Office

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
RULES = packaged("directive-22-1999").messages
POLICY = Policy(RULES, HERE, frozenset({"recorder"}))


def at(day: int, hour: str, month: int = 3) -> datetime:
    """Give an hour of a day of 2013 as the clock on the wall shows it."""
    return datetime.fromisoformat(f"2013-{month:02}-{day:02}T{hour}").replace(tzinfo=HERE)


def respectful(url: str = "memory:", **parts: Any) -> Office:
    office = Office(url, **{"messages": "respectful", **parts})
    office.now = at(1, "09:00")
    return office


@pytest.fixture(params=["memory:", "sqlite:///{}/office.db"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    office = respectful(request.param.format(tmp_path))
    yield office
    office.flow.close()


def told(office: Office, recipient: str | None = None) -> list[str]:
    """Give the kinds that were sent since it was last asked, to all or to one."""
    sent, office.notifier.sent = office.notifier.sent, []
    return [m.kind for m, _ in sent if recipient in (None, m.recipient)]


def deliver(office: Office, now: datetime) -> list[str]:
    office.now = now
    office.flow.deliver()
    return told(office)


def overdue(office: Office, members: range) -> None:
    """Let the papers of members become overdue, with all that came before delivered."""
    for member in members:
        office.issued(member)
    for day in (2, 3):
        deliver(office, at(day, "07:00"))
    office.now = at(1, "09:00", 4)
    office.flow.tick()


# --- the hours


@pytest.mark.parametrize(
    ("hour", "until"),
    [
        ("20:59", None),
        ("21:00", at(2, "06:30")),
        ("23:59", at(2, "06:30")),
        ("00:00", at(1, "06:30")),
        ("06:29", at(1, "06:30")),
        ("06:30", None),
        ("12:00", None),
    ],
)
def test_quiet_hours_lie_over_midnight(hour: str, until: datetime | None) -> None:
    assert POLICY.quiet_until(at(1, hour).astimezone(UTC)) == until


@pytest.mark.parametrize(
    ("hour", "digest"),
    [("06:59", at(1, "07:00")), ("07:00", at(1, "07:00")), ("07:01", at(2, "07:00"))],
)
def test_a_digest_goes_out_once_a_day(hour: str, digest: datetime) -> None:
    assert POLICY.digest_at(at(1, hour).astimezone(UTC)) == digest


def test_what_cannot_wait_is_held_in_the_quiet_hours(office: Office) -> None:
    overdue(office, range(1, 2))
    assert deliver(office, at(1, "22:00", 4)) == []
    assert deliver(office, at(2, "06:29", 4)) == []
    assert deliver(office, at(2, "06:31", 4)) == ["paper_overdue"]


# --- the digest


def test_what_can_wait_waits_for_one_message(office: Office) -> None:
    for member in (1, 2, 3):
        office.issued(member)
    assert office.flow.deliver().held == 6
    assert deliver(office, at(1, "20:00")) == []
    office.now = at(2, "07:00")
    assert office.flow.deliver().accepted == 6
    (digest,) = (m for m, _ in office.notifier.sent if m.recipient == "committee:r-1")
    assert digest.kind == "digest"
    assert digest.params == {"count": 3, "kinds": {"paper_to_expect": 3}}
    members = [(m.recipient, m.kind) for m, _ in office.notifier.sent if m is not digest]
    assert sorted(members) == [(f"member:m-{n}", "paper_issued") for n in (1, 2, 3)]
    assert office.flow.check().waiting == 0


def test_what_comes_after_the_digest_waits_for_the_next(office: Office) -> None:
    office.issued(1)
    office.flow.deliver()
    assert len(deliver(office, at(2, "07:00"))) == 2
    office.now = at(2, "07:01")
    office.issued(2)
    assert deliver(office, at(2, "20:00")) == []
    assert len(deliver(office, at(3, "07:00"))) == 2


def test_a_digest_is_known_by_the_keys_of_its_parts() -> None:
    def part(key: str, kind: str = "paper_issued") -> Message:
        return Message(kind, {}, "member:m-1", "vi", key)

    one, other = together([part("a"), part("b")]), together([part("b"), part("a")])
    assert one == other
    assert one.key.startswith("digest/")
    assert together([part("a"), part("c")]).key != one.key
    assert together([part("a")]) == part("a")


def test_a_digest_that_was_not_taken_comes_again_under_the_same_key(office: Office) -> None:
    for member in (1, 2):
        office.submitted(member)
    office.flow.deliver()
    office.now = at(2, "07:00")
    office.notifier.outcomes = [RetryAt(None, "busy")]
    assert office.flow.deliver().retried == 2
    office.now += timedelta(minutes=2)
    assert office.flow.deliver().accepted == 2
    first, again = (message for message, _ in office.notifier.sent)
    assert first == again
    assert first.kind == "digest"


def test_a_digest_sent_and_not_settled_is_the_same_digest_again(office: Office) -> None:
    for member in (1, 2):
        office.submitted(member)
    office.flow.deliver()
    office.now = at(2, "07:00")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office.flow._parts.store, "settle_messages", lambda *asked: set())
        assert office.flow.deliver().lost == 2
    office.now += timedelta(minutes=2)
    assert office.flow.deliver().accepted == 2
    assert len({message.key for message, _ in office.notifier.sent}) == 1


def test_the_parts_of_a_digest_that_is_refused_are_dead_letters(office: Office) -> None:
    for member in (1, 2):
        office.submitted(member)
    office.flow.deliver()
    office.now = at(2, "07:00")
    office.notifier.outcomes = [Permanent("no such address")]
    assert office.flow.deliver().parked == 2
    assert [letter.reason for letter in office.flow.dead_letters()] == ["no such address"] * 2


def test_what_is_no_longer_due_is_in_no_digest(office: Office) -> None:
    ids = [office.issued(member) for member in (1, 2, 3)]
    office.flow.deliver()
    office.residence.execute(Submit(ids[0], "1/GT"))
    office.workplace.execute(End(ids[1], "died"))
    office.now = at(2, "07:00")
    office.flow.deliver()
    sent = {m.recipient: m for m, _ in office.notifier.sent}
    assert sent["committee:r-1"].params["kinds"] == {"paper_to_expect": 1, "referral_ended": 1}
    assert "member:m-1" not in sent
    assert "member:m-2" not in sent


# --- the cap


def test_no_more_than_a_few_a_day_reach_one_recipient(office: Office) -> None:
    """Seven papers overdue in one workplace: five in a day, and the rest as one."""
    overdue(office, range(1, 8))
    assert deliver(office, at(1, "09:00", 4)) == ["paper_overdue"] * 7
    office.now = at(8, "09:00", 4)
    office.flow.tick()
    office.flow.deliver()
    assert told(office, "committee:w-1") == ["paper_overdue"] * 5
    assert deliver(office, at(8, "20:00", 4)) == []
    assert deliver(office, at(9, "07:00", 4)) == ["digest"]
    assert office.flow.check().waiting == 0


def test_what_was_told_in_a_digest_counts_as_told(office: Office) -> None:
    """The superior hears fourteen days after the workplace did, in a digest or not."""
    overdue(office, range(1, 8))
    deliver(office, at(1, "09:00", 4))
    for day, hour in ((8, "09:00"), (9, "07:00")):
        office.now = at(day, hour, 4)
        office.flow.tick()
        office.flow.deliver()
    office.now = at(30, "09:00", 4)
    superior = [d for d in office.flow.tick(dry_run=True) if d.recipients == ("committee:p-1",)]
    assert sorted(d.due for d in superior) == [at(22, "09:00", 4)] * 5 + [at(23, "07:00", 4)] * 2


def test_what_was_not_taken_does_not_count(office: Office) -> None:
    overdue(office, range(1, 2))
    office.notifier.outcomes = [RetryAt(None, "busy")] * 6
    for _ in range(6):
        office.flow.deliver()
        office.now += timedelta(hours=1)
    assert deliver(office, at(1, "20:00", 4)) == ["paper_overdue"] * 7


# --- opting out


class OptedOut:
    """Somebody who wants no messages at all."""

    @hookimpl
    def referral_flow_hold(self, message: Message) -> Drop | None:
        return Drop("opted out") if message.recipient == "member:m-1" else None


@pytest.mark.parametrize("messages", ["respectful", "at once"])
def test_whoever_opts_out_hears_only_what_the_rule_compels(messages: str) -> None:
    office = respectful(plugins=[OptedOut()], messages=messages)
    overdue(office, range(1, 2))
    told(office)
    office.flow.deliver()
    assert told(office, "member:m-1") == ["paper_overdue"]
    assert office.flow.check().parked == 0


# --- whom it holds


class TellsPeople(RecordingNotifier):
    tells_people = True


@pytest.mark.parametrize(
    ("messages", "at_once"),
    [(None, ["program"]), ("at once", ["people", "program"]), ("respectful", [])],
)
def test_a_notifier_says_whether_it_tells_people(messages: str | None, at_once: list[str]) -> None:
    notifiers = {"people": TellsPeople(), "program": RecordingNotifier()}
    office = respectful(notifiers=notifiers, messages=messages)
    office.issued()
    office.flow.deliver()
    assert [name for name, notifier in notifiers.items() if notifier.sent] == at_once


def test_another_word_is_refused_when_the_flow_is_opened() -> None:
    with pytest.raises(ConfigurationError, match="'respectful', 'at once' or None"):
        ReferralFlow("memory:", messages="polite")


def test_each_channel_sends_its_own_digest() -> None:
    notifiers = {"mail": RecordingNotifier(), "sms": RecordingNotifier()}
    office = respectful(notifiers=notifiers)
    for member in (1, 2):
        office.submitted(member)
    office.flow.deliver()
    office.now = at(2, "07:00")
    assert office.flow.deliver().accepted == 4
    assert [[m.kind for m, _ in n.sent] for n in notifiers.values()] == [["digest"]] * 2


def test_what_was_put_aside_is_sent_when_the_policy_is_given_up(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/office.db"
    office = respectful(url)
    for member in (1, 2):
        office.submitted(member)
    office.flow.deliver()
    office.flow.close()
    again = Office(url, empty=False, messages="at once")
    again.now = at(2, "23:00")
    assert again.flow.deliver().accepted == 2
    assert told(again) == ["digest"]
