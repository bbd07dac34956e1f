"""THE page: every row of a batch, who may do it, and what may refuse it."""

from typing import Any

from referral_flow.domain.at import At
from referral_flow.domain.batch.commands import NoteAdopted, NoteUndone, OpenBatch
from referral_flow.domain.batch.facts import NameFacts
from referral_flow.domain.batch.state import AdoptionBatch
from referral_flow.domain.batch.state import BatchState as S
from referral_flow.domain.dates import ON_EVERY_ROW
from referral_flow.domain.people import Role
from referral_flow.engine import UNCHANGED, Lifecycle, Party, Refusal, Transition


def name_is_new(_: None, command: OpenBatch, at: At[NameFacts]) -> Refusal | None:
    """Refuse a name that another batch bears."""
    return None if at.facts.holder is None else Refusal("batch_exists", {"value": command.name})


def the_opener(state: AdoptionBatch, _command: Any, _actor: Any) -> tuple[str | None]:
    """Give the committee that opened the batch."""
    return (state.committee,)


OPERATOR = Party(Role.OPERATOR)
SUPERIOR = Party(Role.SUPERIOR)
SYSTEM = Party(Role.SYSTEM)
READERS = (OPERATOR, Party(Role.SUPERIOR, the_opener))

# fmt: off
BATCH = Lifecycle("batch", S, (
    Transition(OpenBatch, None, S.OPEN, by=(OPERATOR, SUPERIOR), reads=NameFacts, guards=(name_is_new,)),
    # Only a referral's rows call these.
    Transition(NoteAdopted, S.OPEN, UNCHANGED, by=(SYSTEM,)),
    Transition(NoteUndone, S.OPEN, UNCHANGED, by=(SYSTEM,)),
), always=ON_EVERY_ROW)
# fmt: on
