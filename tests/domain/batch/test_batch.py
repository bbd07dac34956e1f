"""A batch of adopted referrals: its name, who sees it, and what its history lists (S56)."""

from __future__ import annotations

from referral_flow import Role
from referral_flow.commands import Adopt, OpenBatch, State, UndoAdoption
from referral_flow.domain.batch.lifecycle import BATCH
from referral_flow.roster.adopting import batch_named
from referral_flow.roster.undoing import standing
from tests.support.cases import rows, written
from tests.support.looking import codes, refused
from tests.support.province import Province

ROWS = rows(
    """
    open_batch   | -    | open      | operator superior
    note_adopted | open | unchanged | system
    note_undone  | open | unchanged | system
    """
)


def test_the_rows_are_those_of_the_domain() -> None:
    assert written(BATCH) == {*ROWS}


def test_a_name_is_one_batchs(anywhere: Province) -> None:
    here = anywhere
    here.operator.execute(OpenBatch("Đợt 1"))
    (refusal,) = refused(here, here.superior, OpenBatch("Đợt 1"))
    assert (refusal.code, refusal.data) == ("batch_exists", {"value": "Đợt 1"})
    assert here.superior.execute(OpenBatch("Đợt 2")).version == 1


def test_it_is_found_by_its_name_and_lists_what_stands(anywhere: Province) -> None:
    here = anywhere
    batch = here.operator.execute(OpenBatch("Đợt 1")).stream
    adopts = [Adopt(f"m-{n}", "w-1", "r-1", State.ACTIVE, batch=batch) for n in (1, 2, 3)]
    assert here.operator.execute_many(adopts).done == 3
    first, second, third = standing(here.operator, batch)
    here.operator.execute(UndoAdoption(second))
    assert standing(here.operator, batch) == {first: here.today, third: here.today}
    found = batch_named(here.operator, "Đợt 1")
    assert found is not None
    assert (found.id, found.adopted, found.undone, found.standing) == (batch, 3, 1, 2)
    assert here.superior.get(first).adoption.batch == batch


def test_a_superior_sees_its_own_and_the_operator_every_one(here: Province) -> None:
    here.superior.execute(OpenBatch("Của tỉnh"))
    stranger = here.desk(Role.SUPERIOR, "p-9")
    stranger.execute(OpenBatch("Của nơi khác"))
    seen = {
        desk.actor.committee: {batch.name for batch in desk.find(kind="batch")}
        for desk in (here.superior, stranger, here.operator)
    }
    assert seen == {
        "p": {"Của tỉnh"},
        "p-9": {"Của nơi khác"},
        None: {"Của tỉnh", "Của nơi khác"},
    }
    assert codes(refused(here, here.office, OpenBatch("Của ta"))) == ("not_permitted",)
