"""The application knows no rule: another lifecycle is stored, explained, timed and delivered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from referral_flow import Actor, ReferralFlow, Refused
from referral_flow.notifiers.recorder import RecordingNotifier
from tests.application.health import HEALTH, Patient, S, Send, SendBack


class Hospital:
    """A health post, a hospital and the flow between them."""

    def __init__(self, url: str) -> None:
        self.now = datetime(2026, 3, 1, 8, tzinfo=UTC)
        self.notifier = RecordingNotifier()
        self.flow = ReferralFlow(
            url,
            processes=(HEALTH,),
            clock=lambda: self.now,
            notifiers={"recorder": self.notifier},
        )
        self.post = self.flow.acting_as(Actor("nurse", "post", "post-1"))
        self.hospital = self.flow.acting_as(Actor("doctor", "hospital", "hospital-1"))


@pytest.fixture(params=["memory:", "sqlite:///{}/health.db"])
def health(request: pytest.FixtureRequest, tmp_path: Path) -> Hospital:
    return Hospital(request.param.format(tmp_path))


def test_it_is_stored_with_its_history_and_words(health: Hospital) -> None:
    patient = health.post.execute(Send("hospital-1")).value
    health.hospital.execute(SendBack(patient.id, "healed"))
    stored = health.post.get(patient.id)
    assert stored == Patient(patient.id, S.BACK, "post-1", "hospital-1")
    history = health.post.history(patient.id)
    assert [(entry.name, entry.now) for entry in history] == [
        ("health.moved@1", "sent"),
        ("health.moved@1", "back"),
    ]
    assert history[-1].words == {"outcome": "healed"}
    assert health.flow.verify().faults == ()


def test_it_is_explained_before_anybody_tries(health: Hospital) -> None:
    patient = health.post.execute(Send("hospital-1")).value
    (possible,) = health.hospital.explain(patient.id).possibilities
    assert (possible.command, possible.verdict) == ("send_back", "depends")
    assert possible.depends_on == ("outcome",)
    verdict = health.hospital.explain(SendBack(patient.id, ""))
    assert [refusal.code for refusal in verdict.refusals] == ["outcome_required"]
    assert health.hospital.explain(SendBack(patient.id, "healed")).allowed


def test_it_is_timed_and_delivered(health: Hospital) -> None:
    patient = health.post.execute(Send("hospital-1")).value
    health.now += timedelta(days=3)
    assert health.flow.tick().fired == 1
    assert health.flow.deliver().accepted == 1
    (message, _), *rest = health.notifier.sent
    assert (message.kind, message.recipient, rest) == ("patient_waits", "post:post-1", [])
    assert health.flow.tick().fired == 0
    assert health.post.get(patient.id).state is S.SENT


def test_a_patient_who_is_back_is_not_reminded_of(health: Hospital) -> None:
    patient = health.post.execute(Send("hospital-1")).value
    health.hospital.execute(SendBack(patient.id, "healed"))
    health.now += timedelta(days=30)
    assert health.flow.tick().fired == 0
    assert health.flow.deliver().accepted == 0


def test_a_stranger_finds_nothing(health: Hospital) -> None:
    patient = health.post.execute(Send("hospital-1")).value
    other = health.flow.acting_as(Actor("doctor", "hospital", "hospital-2"))
    for ask in (
        other.get,
        other.history,
        other.explain,
        lambda id: other.execute(SendBack(id, "x")),
    ):
        with pytest.raises(Refused) as refused:
            ask(patient.id)
        assert refused.value.codes == ("not_found",)
    assert other.find(kind="patient").items == ()


def test_two_lifecycles_share_one_store(tmp_path: Path) -> None:
    from referral_flow.application.flow import PROCESSES

    url = f"sqlite:///{tmp_path}/both.db"
    flow = ReferralFlow(url, processes=(*PROCESSES, HEALTH))
    patient = flow.acting_as(Actor("nurse", "post", "p")).execute(Send("h")).value
    assert flow.acting_as(Actor("nurse", "post", "p")).get(patient.id).hospital == "h"
    assert {process.kind for process in flow.processes.values()} >= {"patient", "referral"}
