"""Every reason for which a comment, a class or what is said to them is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from referral_flow import Desk
from referral_flow.commands import (
    AnswerRecommendation,
    AnswerUnknown,
    AnswerView,
    Classify,
    CorrectEvaluation,
    Countersign,
    Evaluate,
    OpenCycle,
    Reconcile,
    Reopen,
    RequestComment,
    StateView,
)
from referral_flow.domain.referral.commands import TellConflict
from referral_flow.engine.record import change
from tests.domain.referral.ways import a_district
from tests.support.cases import Asked, Cases
from tests.support.province import CRITERIA, IN_THE_WINDOW, NEW_YEAR, WHY, Province
from tests.support.rule_sets import DERIVING, NAME, OURS

YEAR_END = Cases()
refuses = YEAR_END.refuses

RATINGS = ("good", "fair", "weak")
CLASSES = ("excellent", "good", "completed", "not_completed")
KNOWN = tuple(CRITERIA)
RECOMMENDATIONS = ("commend", "nothing", "consider_handling")
OCCASIONS = ("year_end", "self_criticism", "appointment", "reward", "discipline")

# --- the comment


def _comment(referral: str, rating: str = "weak", **levels: str) -> Evaluate:
    return Evaluate(referral, rating, {**CRITERIA, **levels}, "Nhận xét.")


@refuses(Evaluate, "outside_window")
def the_day_before_the_window(here: Province) -> Asked:
    referral = here.an_active()
    here.clock.go_to(IN_THE_WINDOW.replace(month=10, day=31))
    return _outside(here, referral)


@refuses(Evaluate, "outside_window")
def the_day_after_the_window(here: Province) -> Asked:
    referral = here.an_active()
    here.clock.go_to(IN_THE_WINDOW.replace(month=12, day=16))
    return _outside(here, referral)


def _outside(here: Province, referral: str) -> Asked:
    first, last = IN_THE_WINDOW.replace(day=1), IN_THE_WINDOW.replace(month=12, day=15)
    data = {"on": here.today, "first": first, "last": last}
    return Asked(here.ward, _comment(referral), data)


@refuses(Evaluate, "already_evaluated")
def for_a_cycle_that_has_its_comment(here: Province) -> Asked:
    referral = here.an_evaluated()
    here.clock.go_to(NEW_YEAR)
    here.flow.tick()
    command = change(_comment(referral), on=NEW_YEAR - timedelta(days=20))
    return Asked(here.ward, command, {"cycle": "2013"}, also=("before_last_step",))


@refuses(Evaluate, "unknown_rating")
def with_a_rating_that_is_none(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    return Asked(here.ward, _comment(referral, "best"), {"rating": "best", "known": RATINGS})


@refuses(Evaluate, "missing_criterion")
def without_two_of_the_criteria(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    some = {name: CRITERIA[name] for name in ("attendance", "duties", "household")}
    command = Evaluate(referral, "weak", some, "Nhận xét.")
    missing = ("contributions", "trust")
    return Asked(here.ward, command, {"levels": ("good", "fair", "low")}, missing)


@refuses(Evaluate, "missing_criterion")
def with_a_level_that_is_none(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    command = _comment(referral, trust="high")
    return Asked(here.ward, command, {"levels": ("good", "fair", "low")}, ("trust",))


@refuses(Evaluate, "unknown_criterion")
def by_a_criterion_of_ones_own(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    return Asked(here.ward, _comment(referral, zeal="good"), {"count": 1, "known": KNOWN})


@refuses(Evaluate, "unsupported_rating")
def of_one_who_never_took_part(here: Province) -> Asked:
    referral = here.an_assigned()
    here.go_to_the_window()
    missing = ("attendance", "contributions_or_duties")
    return Asked(here.ward, _comment(referral, "good"), {"rating": "good"}, missing)


@refuses(Evaluate, "unsupported_rating")
def of_one_who_only_attends(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    missing = ("contributions_or_duties",)
    return Asked(here.ward, _comment(referral, "good"), {"rating": "good"}, missing)


@refuses(Evaluate, "unsupported_rating")
def of_one_whom_the_residents_do_not_trust(here: Province) -> Asked:
    referral = here.an_active()
    member, group = here.member_of(referral), here.group_of(referral)
    here.contribute(group, here.hold(group, present=(member,)), member)
    here.go_to_the_window()
    command = _comment(referral, "good", trust="low", household="low", duties="low")
    return Asked(here.ward, command, {"rating": "good"}, ("trust", "household"))


@refuses(Evaluate, "rating_is_derived")
def with_a_rating_where_the_rules_derive_it(here: Province) -> Asked:
    referral = here.a_submitted(rule_set=DERIVING)
    here.go_to_the_window()
    return Asked(here.ward, change(_comment(referral), front="Đồng ý."))


@refuses(Evaluate, "unknown_rating")
def without_a_rating_where_the_rules_ask_for_it(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    command = Evaluate(referral, None, CRITERIA, "Nhận xét.")
    return Asked(here.ward, command, {"rating": None, "known": RATINGS})


@refuses(Evaluate, "front_not_consulted")
def without_asking_the_front(here: Province) -> Asked:
    referral = here.a_submitted(rule_set=DERIVING)
    here.go_to_the_window()
    command = Evaluate(referral, None, CRITERIA, "Nhận xét.", front=" ")
    return Asked(here.ward, command, missing=("front",))


@refuses(Evaluate, "unknown_recommendation")
def recommending_what_is_none(here: Province) -> Asked:
    referral = here.an_active()
    here.go_to_the_window()
    command = change(_comment(referral), recommendation="a medal")
    data = {"recommendation": "a medal", "known": RECOMMENDATIONS}
    return Asked(here.ward, command, data)


# --- correcting and signing it


def _correction(referral: str, rating: str = "weak", why: str = WHY) -> CorrectEvaluation:
    return CorrectEvaluation(referral, rating, CRITERIA, "Nhận xét lại.", why)


@refuses(CorrectEvaluation, "not_evaluated")
def where_there_is_none(here: Province) -> Asked:
    return Asked(here.ward, _correction(here.an_active()))


@refuses(CorrectEvaluation, "not_evaluated")
def where_it_was_taken_back(here: Province) -> Asked:
    referral = here.an_evaluated()
    here.ward.execute(Reopen(referral, WHY))
    return Asked(here.ward, _correction(referral))


@refuses(CorrectEvaluation, "reason_required")
def without_saying_why_it_is_corrected(here: Province) -> Asked:
    command = _correction(here.an_evaluated(), why=" ")
    return Asked(here.ward, command, missing=("why",))


@refuses(CorrectEvaluation, "unknown_rating")
def to_a_rating_that_is_none(here: Province) -> Asked:
    command = _correction(here.an_evaluated(), "best")
    return Asked(here.ward, command, {"rating": "best", "known": RATINGS})


@refuses(CorrectEvaluation, "rating_is_derived")
def to_a_rating_that_the_rules_derive(here: Province) -> Asked:
    referral = here.a_submitted(rule_set=DERIVING)
    here.go_to_the_window()
    here.ward.execute(Evaluate(referral, None, CRITERIA, "Nhận xét.", front="Đồng ý."))
    return Asked(here.ward, _correction(referral))


@refuses(CorrectEvaluation, "missing_criterion")
def leaving_a_criterion_out(here: Province) -> Asked:
    some = {name: level for name, level in CRITERIA.items() if name != "trust"}
    command = change(_correction(here.an_evaluated()), criteria=some)
    return Asked(here.ward, command, {"levels": ("good", "fair", "low")}, ("trust",))


@refuses(CorrectEvaluation, "unknown_criterion")
def by_two_criteria_that_are_none(here: Province) -> Asked:
    more = {**CRITERIA, "zeal": "good", "wealth": "low"}
    command = change(_correction(here.an_evaluated()), criteria=more)
    return Asked(here.ward, command, {"count": 2, "known": KNOWN})


@refuses(CorrectEvaluation, "unsupported_rating")
def above_what_the_facts_bear(here: Province) -> Asked:
    command = _correction(here.an_evaluated(came_from="assigned"), "fair")
    return Asked(here.ward, command, {"rating": "fair"}, ("attendance",))


@refuses(Countersign, "not_in_rule_set")
def under_the_rules_of_1999(here: Province) -> Asked:
    return Asked(here.superior, Countersign(here.an_evaluated()), {"rule_set": NAME})


@refuses(Countersign, "not_evaluated")
def what_nobody_wrote(here: Province) -> Asked:
    return Asked(here.superior, Countersign(here.in_state("active", rule_set=OURS)))


@refuses(Countersign, "already_countersigned")
def what_is_signed(here: Province) -> Asked:
    referral = here.in_state("evaluated", rule_set=OURS)
    here.superior.execute(Countersign(referral))
    return Asked(here.superior, Countersign(referral))


# --- asking for it, and answering


@refuses(RequestComment, "unknown_occasion")
def for_no_known_occasion(here: Province) -> Asked:
    command = RequestComment(here.an_active(), "birthday", here.today)
    return Asked(here.office, command, {"occasion": "birthday", "known": OCCASIONS})


@refuses(RequestComment, "due_in_the_past")
def by_a_day_that_is_over(here: Province) -> Asked:
    yesterday = here.today - timedelta(days=1)
    command = RequestComment(here.an_active(), "reward", yesterday)
    return Asked(here.office, command, {"due": yesterday})


@refuses(AnswerUnknown, "not_requested")
def where_nobody_asked(here: Province) -> Asked:
    return Asked(here.ward, AnswerUnknown(here.an_issued()))


@refuses(AnswerUnknown, "not_requested")
def for_the_second_time(here: Province) -> Asked:
    referral = here.an_issued()
    here.office.execute(RequestComment(referral, "year_end", here.today))
    here.ward.execute(AnswerUnknown(referral))
    return Asked(here.ward, AnswerUnknown(referral))


@refuses(AnswerRecommendation, "no_open_recommendation")
def where_nothing_was_said(here: Province) -> Asked:
    return Asked(here.office, AnswerRecommendation(here.an_evaluated(), "Đã biểu dương."))


@refuses(AnswerRecommendation, "no_open_recommendation")
def where_nothing_was_recommended(here: Province) -> Asked:
    return Asked(here.office, AnswerRecommendation(_recommended(here, "nothing"), "Đã rõ."))


@refuses(AnswerRecommendation, "no_open_recommendation")
def what_was_answered_already(here: Province) -> Asked:
    command = AnswerRecommendation(_recommended(here, "commend"), "Đã biểu dương.")
    here.office.execute(command)
    return Asked(here.office, command)


@refuses(AnswerRecommendation, "reason_required")
def without_a_word(here: Province) -> Asked:
    command = AnswerRecommendation(_recommended(here, "commend"), " ")
    return Asked(here.office, command, missing=("words",))


def _recommended(here: Province, recommendation: str) -> str:
    referral = here.an_active()
    here.evaluate(referral, recommendation=recommendation)
    return referral


# --- the class


@refuses(Classify, "unknown_class")
def with_a_class_that_is_none(here: Province) -> Asked:
    command = Classify(here.an_evaluated(), "best")
    return Asked(here.office, command, {"class": "best", "known": CLASSES})


@refuses(Classify, "residence_not_consulted")
def before_the_comment(here: Province) -> Asked:
    command = Classify(here.an_active(), "completed")
    return Asked(here.office, command, {"cycle": "2013"})


@refuses(Classify, "residence_not_consulted")
def after_the_comment_was_taken_back(here: Province) -> Asked:
    referral = here.an_evaluated()
    here.ward.execute(Reopen(referral, WHY))
    return Asked(here.office, Classify(referral, "completed"), {"cycle": "2013"})


@refuses(Classify, "residence_not_consulted")
def for_a_year_before_the_comment(here: Province) -> Asked:
    command = Classify(here.an_evaluated(), "completed", cycle=2012)
    return Asked(here.office, command, {"cycle": "2012"})


@refuses(Classify, "already_classified")
def a_second_time(here: Province) -> Asked:
    referral = here.an_evaluated()
    here.classify(referral)
    return Asked(here.office, Classify(referral, "completed"), {"cycle": "2013"})


@refuses(Classify, "conflicting_evaluation")
def excellent_at_work_and_weak_at_home(here: Province) -> Asked:
    return _conflicting(here, "weak", "excellent", ("good",))


@refuses(Classify, "conflicting_evaluation")
def excellent_at_work_and_fair_at_home(here: Province) -> Asked:
    return _conflicting(here, "fair", "excellent", ("good",))


@refuses(Classify, "conflicting_evaluation")
def good_at_work_and_weak_at_home(here: Province) -> Asked:
    return _conflicting(here, "weak", "good", ("good", "fair"))


def _conflicting(here: Province, rating: str, proposed: str, needs: tuple[str, ...]) -> Asked:
    referral = here.an_active()
    here.evaluate(referral, rating, reason=WHY)
    data = {"class": proposed, "rating": rating, "needs": needs}
    return Asked(here.office, Classify(referral, proposed), data)


# --- settling a conflict


def _settles(here: Province, desk: Desk, reason: str = WHY, **said: Any) -> Asked:
    """Ask to settle a conflict that was opened today."""
    referral = here.a_conflict(here.an_evaluated())
    here.clock.pass_days(said.pop("days", 0))
    return Asked(desk, Reconcile(referral, said.pop("to", "completed"), reason), **said)


@refuses(Reconcile, "no_conflict")
def where_nobody_disagrees(here: Province) -> Asked:
    return Asked(here.ward, Reconcile(here.an_evaluated(), "completed", WHY))


@refuses(Reconcile, "no_conflict")
def what_another_class_has_closed(here: Province) -> Asked:
    referral = here.a_conflict(here.an_evaluated())
    here.classify(referral)
    return Asked(here.ward, Reconcile(referral, "completed", WHY))


@refuses(Reconcile, "reason_required")
def without_saying_why_it_is_settled(here: Province) -> Asked:
    return _settles(here, here.ward, " ", missing=("reason",))


@refuses(Reconcile, "unknown_class")
def by_a_class_that_is_none(here: Province) -> Asked:
    return _settles(here, here.ward, to="best", data={"class": "best", "known": CLASSES})


@refuses(Reconcile, "same_party_twice")
def by_the_side_that_has_offered(here: Province) -> Asked:
    asked = _settles(here, here.office)
    here.office.execute(asked.command)
    return asked


@refuses(Reconcile, "still_for_the_two")
def by_the_superior_on_the_last_day_of_the_two(here: Province) -> Asked:
    until = IN_THE_WINDOW + timedelta(days=15)
    return _settles(here, here.superior, days=15, data={"until": until})


@refuses(Reconcile, "not_common_superior")
def by_the_superior_of_the_workplace_alone(here: Province) -> Asked:
    return _one_sided(here, "workplace")


@refuses(Reconcile, "not_common_superior")
def by_the_superior_of_the_residence_alone(here: Province) -> Asked:
    return _one_sided(here, "residence")


def _one_sided(here: Province, side: str) -> Asked:
    """Give the superior of one side only, when the two have had their time."""
    conflict = a_district(here, side)
    here.clock.pass_days(30)
    return Asked(conflict.district, Reconcile(conflict.referral, "completed", WHY))


@refuses(TellConflict, "no_conflict")
def by_a_timer_when_nobody_disagrees(here: Province) -> Asked:
    return Asked(here.system, TellConflict(here.an_evaluated()))


# --- the member's own view


@refuses(StateView, "nothing_told_yet")
def before_there_is_anything(here: Province) -> Asked:
    referral = here.an_active()
    return Asked(here.the_member(referral), StateView(referral, "Ý kiến."))


@refuses(StateView, "reason_required")
def of_a_member_without_a_word(here: Province) -> Asked:
    referral = here.an_evaluated()
    return Asked(here.the_member(referral), StateView(referral, "\n"), missing=("words",))


@refuses(AnswerView, "no_view_stated")
def to_a_member_who_said_nothing(here: Province) -> Asked:
    return Asked(here.ward, AnswerView(here.an_evaluated(), "Trả lời."))


@refuses(AnswerView, "no_view_stated")
def to_a_member_who_was_answered(here: Province) -> Asked:
    command = AnswerView(_viewed(here), "Trả lời.")
    here.ward.execute(command)
    return Asked(here.ward, command)


@refuses(AnswerView, "reason_required")
def to_a_member_without_a_word(here: Province) -> Asked:
    return Asked(here.ward, AnswerView(_viewed(here), ""), missing=("words",))


def _viewed(here: Province) -> str:
    referral = here.an_evaluated()
    here.the_member(referral).execute(StateView(referral, "Ý kiến."))
    return referral


# --- the next cycle


@refuses(Reopen, "reason_required")
def without_saying_why_it_is_taken_back(here: Province) -> Asked:
    return Asked(here.ward, Reopen(here.an_evaluated(), ""), missing=("reason",))


@refuses(OpenCycle, "cycle_not_over")
def on_the_last_day_of_the_year(here: Province) -> Asked:
    referral = here.an_evaluated()
    last = NEW_YEAR - timedelta(days=1)
    here.clock.go_to(last)
    return Asked(here.superior, OpenCycle(referral), {"last": last})
