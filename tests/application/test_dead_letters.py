"""Dead letters: seen, sent again or given up; by id, and never in silence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from referral_flow import Refused
from referral_flow.commands import End, Submit
from referral_flow.ports import Permanent
from tests.application.office import START, Office


@pytest.fixture(params=["memory:", "sqlite:///{}/office.db"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    office = Office(request.param.format(tmp_path))
    yield office
    office.flow.close()


def given_up(office: Office, members: int = 1) -> list[str]:
    """Let every message about some papers be refused for good; give their referrals."""
    ids = [office.issued(member) for member in range(1, members + 1)]
    office.notifier.outcomes = [Permanent("no address")] * (2 * members)
    office.flow.deliver()
    office.notifier.sent.clear()
    return ids


def test_a_dead_letter_says_to_whom_by_what_why_and_since_when(office: Office) -> None:
    (id,) = given_up(office)
    issued, expected = sorted(office.flow.dead_letters(), key=lambda letter: letter.kind)
    assert (issued.kind, issued.recipient) == ("paper_issued", "member:m-1")
    assert (expected.kind, expected.recipient) == ("paper_to_expect", "committee:r-1")
    assert (issued.notifier, issued.reason, issued.tries) == ("recorder", "no address", 1)
    assert (issued.stream, issued.queued) == (id, START)
    assert issued.key.startswith(id)


def test_dead_letters_come_in_pages(office: Office) -> None:
    given_up(office, members=3)
    first = office.flow.dead_letters(limit=4)
    rest = office.flow.dead_letters(after=first.after, limit=4)
    assert (len(first), len(rest), rest.after) == (4, 2, None)
    assert len({letter.id for letter in (*first, *rest)}) == 6
    assert office.flow.dead_letters(limit=6).after is None


def test_a_dead_letter_is_sent_again_under_its_key(office: Office) -> None:
    given_up(office)
    letter, _ = office.flow.dead_letters()
    office.flow.send_again(letter.id)
    assert office.flow.deliver().accepted == 1
    ((message, _),) = office.notifier.sent
    assert (message.kind, message.key) == (letter.kind, letter.key)
    assert office.flow.check().parked == 1


def test_a_dead_letter_is_given_up_for_a_reason(office: Office) -> None:
    given_up(office)
    letter, other = office.flow.dead_letters()
    office.flow.drop(letter.id, "the mailbox is closed")
    assert office.flow.dead_letters().items == (other,)
    assert office.flow.deliver().accepted == 0
    with pytest.raises(Refused) as refused:
        office.flow.drop(other.id, " ")
    assert refused.value.codes == ("reason_required",)


@pytest.mark.parametrize("id", ["nothing", "013bf933-0000-7000-8000-000000000000"])
def test_what_is_no_dead_letter_is_not_found(office: Office, id: str) -> None:
    given_up(office)
    letter, _ = office.flow.dead_letters()
    office.flow.send_again(letter.id)
    for wrong in (id, letter.id):
        with pytest.raises(Refused) as refused:
            office.flow.send_again(wrong)
        assert refused.value.codes == ("not_found",)
        with pytest.raises(Refused) as refused:
            office.flow.drop(wrong, "a slip")
        assert refused.value.codes == ("not_found",)


def test_a_dead_letter_whose_cause_is_gone_cannot_be_sent_again(office: Office) -> None:
    """The address is mended after the paper came: nobody is told of what is no longer so."""
    first, second = given_up(office, members=2)
    office.residence.execute(Submit(first, "1/GT"))
    office.workplace.execute(End(second, "died"))
    assert office.flow.dead_letters().items == ()


def test_the_steps_go_on_after_a_dead_letter(office: Office) -> None:
    """A member without an address does not keep the workplace from hearing (S4)."""
    id = office.issued()
    office.flow.deliver()
    office.now = START + timedelta(days=31)
    office.flow.tick()
    office.notifier.outcomes = [Permanent("no address")]
    assert office.flow.deliver().parked == 1
    office.now += timedelta(days=7)
    assert [due.timer for due in office.flow.tick(dry_run=True)] == ["tell_workplace"]
    assert [letter.stream for letter in office.flow.dead_letters()] == [id]
