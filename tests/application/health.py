"""A second lifecycle, whole: a patient is sent from a health post to a hospital and back."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from attrs import evolve, frozen

from referral_flow import engine as e

At = e.At[None, Any]


class S(StrEnum):
    SENT, BACK = "sent", "back"


@frozen
class Patient:
    id: str
    state: S
    post: str
    hospital: str


class Send(e.Command[Patient]):
    hospital: str


class OfPatient(e.Command[Patient]):
    patient: str

    @property
    def stream(self) -> str:
        return self.patient


class Remind(OfPatient): ...


class SendBack(OfPatient):
    outcome: str


@frozen
class Moved:
    hospital: str = ""


def outcome_given(state: Patient, command: SendBack, at: At) -> e.Refusal | None:
    return None if command.outcome else e.Refusal("outcome_required", missing=("outcome",))


def send(state: None, command: Send, at: At) -> e.Decision:
    timers = {"remind": at.now + timedelta(days=3)}
    return e.Decision((Moved(command.hospital),), timers=timers)


def remind(state: Patient, command: Remind, at: At) -> e.Decision:
    return e.Decision((Moved(),), messages=(e.Tell("patient_waits", f"post:{state.post}"),))


def send_back(state: Patient, command: SendBack, at: At) -> e.Decision:
    return e.Decision((e.Said(Moved(), {"outcome": command.outcome}),), cancel=e.EVERYTHING)


def evolved(state: Patient | None, event: Moved, step: e.Step) -> Patient:
    state = state or Patient(step.stream, S.SENT, str(step.actor.committee), event.hospital)
    return evolve(state, state=S(step.now))


def labels(state: Patient) -> e.Labels:
    return e.Labels(state.post, state.hospital)


POST = e.Party("post", lambda state, command, actor: (state.post,))
HOSPITAL = e.Party("hospital", lambda state, command, actor: (state.hospital,))
ROWS = (
    e.Transition(Send, None, S.SENT, by=(e.Party("post"),)),
    e.Transition(Remind, S.SENT, e.UNCHANGED, by=(e.Party("system"),)),
    e.Transition(SendBack, S.SENT, S.BACK, by=(HOSPITAL,), guards=(outcome_given,)),
)
LIFECYCLE = e.Lifecycle("patient", S, ROWS, closed=(S.BACK,))
DECIDE = {Send: send, Remind: remind, SendBack: send_back}
EVENTS = {"health.moved@1": Moved}
TIMERS = {"remind": Remind}
HEALTH = e.Process(
    "patient", LIFECYCLE, Patient, EVENTS, DECIDE, evolved, labels, (POST, HOSPITAL), timers=TIMERS
)
