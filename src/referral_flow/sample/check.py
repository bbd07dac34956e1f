"""Read a made province back, and compare it with its plan number by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from attrs import frozen

from referral_flow.application.desk import Desk
from referral_flow.application.flow import ReferralFlow
from referral_flow.domain.people import Role
from referral_flow.domain.referral.decide.parts import REMIND, TELL_SUPERIOR, TELL_WORKPLACE
from referral_flow.domain.referral.state import Referral, State
from referral_flow.engine.actor import Actor
from referral_flow.sample.build import Built
from referral_flow.sample.places import PROVINCE
from referral_flow.sample.plan import RATED, Fate, Late, Plan

_PAGE = 500
_LATE = {
    REMIND: Late.REMINDED,
    TELL_WORKPLACE: Late.WORKPLACE_TOLD,
    TELL_SUPERIOR: Late.SUPERIOR_TOLD,
}
_TRIED = {
    "into_cell": "merged_into_cell",
    "flattered": "unsupported_rating",
    "classed_early": "residence_not_consulted",
}


@frozen
class Number:
    """One number of the plan beside what was counted.

    `code` is a figure, or a field of the plan where `by` is "referral" or "refusal".
    """

    code: str
    by: str
    planned: int
    found: int

    @property
    def agrees(self) -> bool:
        """Say whether both are the same."""
        return self.planned == self.found


def checked(flow: ReferralFlow, built: Built) -> Iterator[Number]:
    """Compare the figures, then the referrals one by one, then what was refused."""
    figures = flow.acting_as(Actor("u-operator", Role.OPERATOR)).figures()
    shown = {"members": figures.members, "eligible": figures.eligible, **figures.counts}
    for code, planned in figures_of(built.plan).items():
        yield Number(code, "figure", planned, shown[code])
    found = counted(flow.acting_as(Actor("u-superior", Role.SUPERIOR, PROVINCE)))
    for code in (*Fate, *Late, "reissued", "entered_in_error"):
        yield Number(str(code), "referral", getattr(built.plan, code), found[code])
    for code, refusal in _TRIED.items():
        planned = getattr(built.plan, code)
        yield Number(code, "refusal", planned, built.refused.get(refusal, 0))


def figures_of(plan: Plan) -> Mapping[str, int]:
    """Give the figures that a plan must lead to, by code."""
    rated: Counter[str] = Counter()
    for fate, rating in RATED.items():
        rated[rating] += plan.fates[fate]
    return {
        "members": plan.members,
        "eligible": plan.members - plan.not_introduced,
        "referred": plan.referred,
        "late": sum(plan.late.values()),
        "acts_well": rated["good"],
        "rated_fair": rated["fair"],
        "rated_weak": rated["weak"],
    }


def counted(desk: Desk) -> Counter[str]:
    """Count the referrals that a desk sees by what they tell of themselves."""
    found: Counter[str] = Counter()
    after = None
    while True:
        page = desk.find(after=after, limit=_PAGE)
        for referral in page:
            found.update(_tells(desk, referral))
        after = page.after
        if after is None:
            return found


def _tells(desk: Desk, referral: Referral) -> Iterator[str]:
    if referral.state is State.VOID:
        yield "entered_in_error"
        return
    yield _fate(desk, referral)
    if referral.timeline.late_by:
        yield _LATE.get(str(referral.timeline.told), "late_and_not_reminded")
    day, issued_on = referral.paper.date, referral.timeline.issued_on
    if day is not None and issued_on is not None and day > issued_on:
        yield "reissued"


def _fate(desk: Desk, referral: Referral) -> Fate:
    """Tell from a referral alone how its year ended."""
    match referral.state:
        case State.EVALUATED:
            return _by_rating(referral)
        case State.ENDED:
            ended = desk.history(referral.id)[-1].event
            return Fate(ended.reason)
        case State.ISSUED:
            return Fate.NEVER_SUBMITTED
        case State.SUBMITTED:
            return Fate.UNGROUPED
        case State.ACTIVE:
            return Fate.UNCOMMENTED
        case state:
            return Fate(state.value)


def _by_rating(referral: Referral) -> Fate:
    if referral.rating == "fair":
        return Fate.IRREGULAR if referral.taking_part.contributions else Fate.PASSIVE
    return Fate.GOOD if referral.rating == "good" else Fate.NEVER_CAME
