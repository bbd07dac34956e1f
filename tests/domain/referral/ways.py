"""For each row of a referral: how its command is asked for, and how one comes to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from attrs import frozen

from referral_flow import Command, CommitteeKind, Desk, Role
from referral_flow.commands import (
    Activate,
    AddCommittee,
    AddMember,
    Amend,
    AnswerRecommendation,
    AnswerRequest,
    AnswerUnknown,
    AnswerView,
    Assign,
    Classify,
    CorrectEvaluation,
    Countersign,
    End,
    Evaluate,
    Exempt,
    HandOver,
    Issue,
    LiftExemption,
    MoveMember,
    OpenCycle,
    Reassign,
    Reconcile,
    Reissue,
    Reopen,
    RequestComment,
    Resume,
    ReturnPaper,
    StateView,
    Submit,
    Suspend,
    Transfer,
    Void,
)
from referral_flow.domain.referral.state import Referral
from tests.support.cases import Written
from tests.support.province import CRITERIA, NEW_YEAR, WHY, Province
from tests.support.rule_sets import GROUNDS, OURS

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


def answer_unknown(_: Province, referral: str) -> Command[Referral]:
    return AnswerUnknown(referral)


def reassign(here: Province, referral: str) -> Command[Referral]:
    return Reassign(referral, here.a_group())


def countersign(_: Province, referral: str) -> Command[Referral]:
    return Countersign(referral)


def correct_evaluation(_: Province, referral: str) -> Command[Referral]:
    return CorrectEvaluation(referral, "fair", CRITERIA, "Nhận xét lại.", WHY, reason=WHY)


def reconcile(_: Province, referral: str) -> Command[Referral]:
    return Reconcile(referral, "completed", WHY)


def state_view(_: Province, referral: str) -> Command[Referral]:
    return StateView(referral, "Ý kiến của tôi.")


def answer_view(_: Province, referral: str) -> Command[Referral]:
    return AnswerView(referral, "Trả lời.")


def exempt(here: Province, referral: str) -> Command[Referral]:
    return Exempt(referral, GROUNDS[0], here.today + timedelta(days=300))


def answer_request(_: Province, referral: str) -> Command[Referral]:
    return AnswerRequest(referral, "bổ nhiệm", "Nhận xét.")


def lift_exemption(_: Province, referral: str) -> Command[Referral]:
    return LiftExemption(referral)


def amend(here: Province, referral: str) -> Command[Referral]:
    deadline = here.superior.get(referral).timeline.deadline
    return Amend(referral, WHY, deadline=deadline + timedelta(days=3))


def hand_over(_: Province, referral: str) -> Command[Referral]:
    return HandOver(referral)


def transfer(here: Province, referral: str) -> Command[Referral]:
    return Transfer(referral, "r-2", here.a_paper())


def request_comment(here: Province, referral: str) -> Command[Referral]:
    return RequestComment(referral, "appointment", here.today + timedelta(days=14))


def answer_recommendation(_: Province, referral: str) -> Command[Referral]:
    return AnswerRecommendation(referral, "Đã biểu dương.")


def end(_: Province, referral: str) -> Command[Referral]:
    return End(referral, "moved")


def void(_: Province, referral: str) -> Command[Referral]:
    return Void(referral, WHY)


ASK: dict[str, Ask] = {
    ask.__name__: ask
    for ask in (
        issue,
        submit,
        answer_unknown,
        return_paper,
        reissue,
        assign,
        reassign,
        activate,
        evaluate,
        countersign,
        correct_evaluation,
        classify,
        reconcile,
        state_view,
        answer_view,
        reopen,
        open_cycle,
        suspend,
        resume,
        exempt,
        answer_request,
        lift_exemption,
        amend,
        hand_over,
        end,
        transfer,
        void,
        request_comment,
        answer_recommendation,
    )
}


BACK = ("reopen", "open_cycle", "resume")
"""The commands that lead back to where the referral came from."""


ON_A_COMMENT = (
    "countersign",
    "correct_evaluation",
    "classify",
    "reconcile",
    "state_view",
    "answer_view",
    "answer_recommendation",
)
"""The commands that follow a comment, in whatever state."""

UNDER_OURS = ("countersign", "exempt", "answer_request", "lift_exemption")
"""The commands that the rules of 1999 do not have."""

COME_TO = "workplace that the member has come to"

FIRST_HERE = {name: {"residence"} for name in ("reopen", "correct_evaluation", "answer_view")}
"""Who may here, of those whom the row names: there is no class yet; the view is to the ward."""


def doer(row: Written) -> str:
    """Give the role that does it here, where several may."""
    if row.command == "amend":
        return "workplace"  # the deadline is its own
    if row.command == "hand_over":
        return COME_TO
    several = ("residence", "workplace", "superior", "member")
    return next(role for role in several if role in row.roles)


def origin(row: Written) -> str:
    """Give a state from which the referral may have come into that of the row."""
    return row.ends[0] if row.command in BACK else "active"


def ready_for(here: Province, command: str, state: str | None, came_from: str = "active") -> str:
    """Bring a referral to the state, and the clock to the day, in which the row applies."""
    rule_set = OURS if command in UNDER_OURS else None
    if command == "issue":
        return ""
    if command == "activate":
        return assigned_and_was_there(here)
    if command == "transfer":
        return moved(here)
    if command in ON_A_COMMENT:
        return commented(here, command, str(state), rule_set)
    referral = here.in_state(str(state), came_from, rule_set=rule_set)
    match command:
        case "evaluate":
            here.go_to_the_window()
        case "open_cycle":
            here.clock.go_to(NEW_YEAR)
        case "hand_over":
            here.operator.execute(MoveMember(here.member_of(referral), "w-2"))
        case "answer_unknown":
            here.office.execute(request_comment(here, referral))
    return referral


def commented(here: Province, command: str, state: str, rule_set: str | None) -> str:
    """Give a referral in this state whose comment waits for what the command does."""
    referral = here.commented_last_year(state, rule_set=rule_set, recommendation="commend")
    match command:
        case "reconcile":
            here.a_conflict(referral)
        case "answer_view":
            here.the_member(referral).execute(StateView(referral, "Ý kiến của tôi."))
    return referral


@frozen
class District:
    """A conflict between two sides of which the district is above one only; p is above both."""

    referral: str
    office: Desk
    ward: Desk
    district: Desk


def a_district(here: Province, side: str) -> District:
    """Put a district above a new workplace or a new residence, and open a conflict there."""
    workplace, residence = ("w-9", "r-1") if side == "workplace" else ("w-1", "r-9")
    for id, kind, above in (
        ("d-1", CommitteeKind.SUPERIOR, "p"),
        ("w-9", CommitteeKind.WORKPLACE, "d-1"),
        ("r-9", CommitteeKind.RESIDENCE, "d-1"),
    ):
        if id in ("d-1", workplace, residence):
            here.operator.execute(AddCommittee(id, kind, "Cấp ủy", above))
    here.operator.execute(AddMember("q-1", workplace, "Một người"))
    office = here.desk(Role.WORKPLACE, workplace)
    ward = here.desk(Role.RESIDENCE, residence)
    paper = here.a_paper()
    referral = office.execute(Issue("q-1", residence, paper)).stream
    ward.execute(Submit(referral, paper.number))
    here.go_to_the_window()
    ward.execute(evaluate(here, referral))
    office.execute(Classify(referral, "excellent", propose=True))
    return District(referral, office, ward, here.desk(Role.SUPERIOR, "d-1"))


def moved(here: Province) -> str:
    """Give a referral that ended because the member moved."""
    referral = here.an_active()
    here.office.execute(End(referral, "moved"))
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
        case "workplace that the member has come to":
            return here.other_office
        case "residence":
            return here.ward
        case "superior":
            return here.superior
        case "member":
            return here.the_member(referral) if referral else here.desk(Role.MEMBER, person="m-1")
        case "auditor":
            return here.auditor
    return here.desk(role)
