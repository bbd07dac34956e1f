"""For each row of a referral: how its command is asked for, and how one comes to it."""

from __future__ import annotations

from collections.abc import Callable

from referral_flow import Command, Desk, Role
from referral_flow.commands import (
    Activate,
    Assign,
    Classify,
    End,
    Evaluate,
    Issue,
    OpenCycle,
    Reissue,
    Reopen,
    Resume,
    ReturnPaper,
    Submit,
    Suspend,
    Void,
)
from referral_flow.domain.referral.state import Referral
from tests.support.cases import Written
from tests.support.province import CRITERIA, NEW_YEAR, WHY, Province

Ask = Callable[[Province, str], Command[Referral]]


def issue(here: Province, _: str) -> Command[Referral]:
    return Issue(here.a_member(), "r-1", here.a_paper())


def submit(here: Province, referral: str) -> Command[Referral]:
    return Submit(referral, here.number_of(referral))


def return_paper(_: Province, referral: str) -> Command[Referral]:
    return ReturnPaper(referral, WHY)


def reissue(here: Province, referral: str) -> Command[Referral]:
    return Reissue(referral, here.a_paper())


def assign(here: Province, referral: str) -> Command[Referral]:
    return Assign(referral, here.a_group())


def activate(_: Province, referral: str) -> Command[Referral]:
    return Activate(referral)


def evaluate(_: Province, referral: str) -> Command[Referral]:
    return Evaluate(referral, "weak", CRITERIA, "Nhận xét.")


def classify(_: Province, referral: str) -> Command[Referral]:
    return Classify(referral, "completed", cycle=2013)


def reopen(_: Province, referral: str) -> Command[Referral]:
    return Reopen(referral, WHY)


def open_cycle(_: Province, referral: str) -> Command[Referral]:
    return OpenCycle(referral)


def suspend(_: Province, referral: str) -> Command[Referral]:
    return Suspend(referral, WHY)


def resume(_: Province, referral: str) -> Command[Referral]:
    return Resume(referral)


def end(_: Province, referral: str) -> Command[Referral]:
    return End(referral, "moved")


def void(_: Province, referral: str) -> Command[Referral]:
    return Void(referral, WHY)


ASK: dict[str, Ask] = {
    ask.__name__: ask
    for ask in (
        issue,
        submit,
        return_paper,
        reissue,
        assign,
        activate,
        evaluate,
        classify,
        reopen,
        open_cycle,
        suspend,
        resume,
        end,
        void,
    )
}


BACK = ("reopen", "open_cycle", "resume")
"""The commands that lead back to where the referral came from."""


def doer(row: Written) -> str:
    """Give the role that does it here, where several may."""
    return next(r for r in ("residence", "workplace", "superior") if r in row.roles)


def origin(row: Written) -> str:
    """Give a state from which the referral may have come into that of the row."""
    return row.ends[0] if row.command in BACK else "active"


def ready_for(here: Province, command: str, state: str | None, came_from: str = "active") -> str:
    """Bring a referral to the state, and the clock to the day, in which the row applies."""
    match command:
        case "issue":
            return ""
        case "activate":
            return assigned_and_was_there(here)
        case "classify" if state != "evaluated":
            return here.commented_last_year(str(state))
    referral = here.in_state(str(state), came_from)
    if command == "evaluate":
        here.go_to_the_window()
    if command == "open_cycle":
        here.clock.go_to(NEW_YEAR)
    return referral


def assigned_and_was_there(here: Province) -> str:
    """Give a member who was at a meeting while suspended, and is only assigned again."""
    referral = here.an_assigned()
    here.ward.execute(Suspend(referral, WHY))
    here.hold(here.group_of(referral), present=(here.member_of(referral),))
    here.ward.execute(Resume(referral))
    return referral


def desk_of(here: Province, role: str, referral: str) -> Desk:
    """Give the desk of the one in this role who has to do with the referral."""
    match role:
        case "workplace":
            return here.office
        case "residence":
            return here.ward
        case "superior":
            return here.superior
        case "member":
            return here.the_member(referral) if referral else here.desk(Role.MEMBER, person="m-1")
        case "auditor":
            return here.auditor
    return here.desk(role)
