"""The engine: what a process of any kind is written with. It knows no rule of any."""

from referral_flow.engine.actor import Actor
from referral_flow.engine.at import At
from referral_flow.engine.command import Command
from referral_flow.engine.decision import EVERYTHING, Claim, Decision, Said, Tell
from referral_flow.engine.facts import Loaded, Needs
from referral_flow.engine.lifecycle import GuardFor, Lifecycle
from referral_flow.engine.process import Figure, Finding, Labels, Process, Step
from referral_flow.engine.record import Record, change, field
from referral_flow.engine.refusal import Refusal, RefusalKind
from referral_flow.engine.rows import UNCHANGED, Back, OneOf, Party, Transition, any_but

__all__ = [
    "EVERYTHING",
    "UNCHANGED",
    "Actor",
    "At",
    "Back",
    "Claim",
    "Command",
    "Decision",
    "Figure",
    "Finding",
    "GuardFor",
    "Labels",
    "Lifecycle",
    "Loaded",
    "Needs",
    "OneOf",
    "Party",
    "Process",
    "Record",
    "Refusal",
    "RefusalKind",
    "Said",
    "Step",
    "Tell",
    "Transition",
    "any_but",
    "change",
    "field",
]
