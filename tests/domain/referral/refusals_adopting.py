"""Every reason for which a referral is not adopted, or an adoption not undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from referral_flow import Role
from referral_flow.commands import (
    Adopt,
    CloseGroup,
    Exemption,
    GroupKind,
    Issue,
    KnownPaper,
    MarkNotIntroduced,
    OpenBatch,
    PastEvaluation,
    State,
    UndoAdoption,
)
from tests.domain.referral.ways import adopted
from tests.support.cases import Asked, Cases
from tests.support.province import Province
from tests.support.rule_sets import GROUNDS, NAME, OURS

ADOPTING = Cases()
refuses = ADOPTING.refuses

NO_STREAM = "01890a5d-ac96-774b-bcce-b302099a8057"
OPEN = ["issued", "submitted", "returned", "assigned", "active", "evaluated", "exempt", "suspended"]
TAKING_PART = ("submitted", "assigned", "active")


def _adopts(here: Province, data: dict[str, Any], **given: Any) -> Asked:
    """Ask to adopt m-1 of w-1 at r-1, who is active, but for what is given."""
    said = {"member": "m-1", "workplace": "w-1", "residence": "r-1", "state": State.ACTIVE}
    return Asked(here.operator, Adopt(**{**said, **given}), data)


@refuses(Adopt, "already_adopted")
def a_row_twice(here: Province) -> Asked:
    batch = here.operator.execute(OpenBatch("Đợt 1")).stream
    adopted(here, "active", member="m-2", batch=batch, row="7")
    return _adopts(here, {"value": "7"}, batch=batch, row="7")


@refuses(Adopt, "unknown_member")
def whom_nobody_knows(here: Province) -> Asked:
    return _adopts(here, {"member": "m-0"}, member="m-0")


@refuses(Adopt, "not_own_member")
def for_a_workplace_that_is_another(here: Province) -> Asked:
    return _adopts(here, {"member": "n-1"}, member="n-1")


@refuses(Adopt, "not_to_be_introduced")
def who_is_marked(here: Province) -> Asked:
    here.office.execute(MarkNotIntroduced("m-1"))
    return _adopts(here, {"member": "m-1"})


@refuses(Adopt, "open_referral_exists")
def who_is_introduced_already(here: Province) -> Asked:
    referral = here.an_issued("m-1")
    return _adopts(here, {"member": "m-1", "referral": referral})


@refuses(Adopt, "unknown_committee")
def at_a_residence_that_nobody_knows(here: Province) -> Asked:
    return _adopts(here, {"committee": "r-9"}, residence="r-9")


@refuses(Adopt, "not_own_member")
def of_a_workplace_that_nobody_knows(here: Province) -> Asked:
    asked = _adopts(here, {"member": "m-1"}, workplace="w-9")
    return Asked(asked.desk, asked.command, asked.data, also=("unknown_committee",))


@refuses(Adopt, "not_a_residence_committee")
def at_a_workplace(here: Province) -> Asked:
    return _adopts(here, {"committee": "w-2"}, residence="w-2")


@refuses(Adopt, "duplicate_paper")
def with_a_paper_that_was_used(here: Province) -> Asked:
    paper = here.a_paper("15/GT")
    here.office.execute(Issue("m-2", "r-1", paper))
    known = KnownPaper.of(paper)
    return _adopts(here, {"number": "15/GT", "year": "2013"}, paper=known)


@refuses(Adopt, "unknown_state")
def that_is_over(here: Province) -> Asked:
    return _adopts(here, {"state": "ended", "known": (*OPEN,)}, state=State.ENDED)


@refuses(Adopt, "unknown_state")
def suspended_out_of_nowhere(here: Province) -> Asked:
    data = {"state": "returned", "known": TAKING_PART}
    return _adopts(here, data, state=State.SUSPENDED, came_from=State.RETURNED)


@refuses(Adopt, "not_for_state")
def with_what_its_state_does_not_have(here: Province) -> Asked:
    exemption = Exemption(GROUNDS[0])
    there = Province(rule_set=OURS)
    data = {"state": "submitted", "fields": ("came_from", "group", "exemption")}
    group = there.a_group()
    beside = {"came_from": State.ACTIVE, "group": group, "exemption": exemption}
    asked = _adopts(there, data, state=State.SUBMITTED, **beside)
    return Asked(asked.desk, asked.command, data, where=there)


@refuses(Adopt, "not_for_state")
def suspended_with_a_group_before_it_had_one(here: Province) -> Asked:
    data = {"state": "suspended", "fields": ("group",)}
    given = {"state": State.SUSPENDED, "came_from": State.SUBMITTED, "group": here.a_group()}
    return _adopts(here, data, **given)


@refuses(Adopt, "before_paper")
def in_a_state_before_its_paper(here: Province) -> Asked:
    on = here.today - timedelta(days=9)
    paper = KnownPaper(date=here.today)
    return _adopts(here, {"on": on, "paper": here.today}, paper=paper, on=on)


@refuses(Adopt, "cycle_in_future")
def commented_next_year(here: Province) -> Asked:
    return _adopts(here, {"cycle": "2014"}, evaluation=PastEvaluation(2014, "good"))


@refuses(Adopt, "unknown_rating")
def rated_as_nobody_is(here: Province) -> Asked:
    data = {"rating": "great", "known": ("good", "fair", "weak")}
    return _adopts(here, data, evaluation=PastEvaluation(2012, "great"))


@refuses(Adopt, "unknown_group")
def in_a_group_that_is_not_there(here: Province) -> Asked:
    return _adopts(here, {"group": NO_STREAM}, group=NO_STREAM)


@refuses(Adopt, "group_elsewhere")
def in_a_group_of_another_ward(here: Province) -> Asked:
    group = here.a_group(residence="r-2")
    return _adopts(here, {"group": group}, group=group)


@refuses(Adopt, "merged_into_cell")
def in_the_cell(here: Province) -> Asked:
    group = here.a_group(kind=GroupKind.CELL)
    return _adopts(here, {"group": group}, group=group)


@refuses(Adopt, "group_full")
def in_a_group_that_is_full(here: Province) -> Asked:
    group, _ = here.a_group_of(15)
    return _adopts(here, {"group": group, "limit": 15}, member="m-20", group=group)


@refuses(Adopt, "group_closed")
def in_a_group_that_was_closed(here: Province) -> Asked:
    group = here.a_group()
    here.ward.execute(CloseGroup(group))
    return _adopts(here, {"group": group}, group=group)


@refuses(Adopt, "not_in_rule_set")
def exempt_on_a_ground_under_the_rules_of_1999(here: Province) -> Asked:
    given = {"state": State.EXEMPT, "exemption": Exemption(GROUNDS[0])}
    return _adopts(here, {"rule_set": NAME}, **given)


@refuses(Adopt, "unknown_ground")
def exempt_on_a_ground_that_is_none(_: Province) -> Asked:
    there = Province(rule_set=OURS)
    given = {"state": State.EXEMPT, "exemption": Exemption("lazy")}
    asked = _adopts(there, {"ground": "lazy", "known": GROUNDS}, **given)
    return Asked(asked.desk, asked.command, asked.data, where=there)


@refuses(Adopt, "unknown_batch")
def in_a_batch_that_is_not_there(here: Province) -> Asked:
    return _adopts(here, {"batch": NO_STREAM}, batch=NO_STREAM, row="1")


@refuses(Adopt, "unknown_batch")
def in_a_batch_of_somebody_else(here: Province) -> Asked:
    batch = here.desk(Role.SUPERIOR, "p-9").execute(OpenBatch("Của nơi khác")).stream
    asked = _adopts(here, {"batch": batch}, batch=batch, row="1")
    return Asked(here.superior, asked.command, asked.data)


# --- undo


@refuses(UndoAdoption, "not_adopted")
def what_began_with_a_paper(here: Province) -> Asked:
    return Asked(here.superior, UndoAdoption(here.an_issued()))


@refuses(UndoAdoption, "touched_since_adoption")
def what_was_gone_on_with(here: Province) -> Asked:
    referral = adopted(here, "submitted", member="m-1")
    here.brought(referral, "assigned")
    return Asked(here.superior, UndoAdoption(referral), {"member": "m-1"})


@refuses(UndoAdoption, "undo_from_the_start")
def from_a_later_day_on(here: Province) -> Asked:
    since = here.today - timedelta(days=9)
    referral = adopted(here, "active", on=since)
    data = {"on": here.today, "first": since}
    return Asked(here.superior, UndoAdoption(referral), data)
