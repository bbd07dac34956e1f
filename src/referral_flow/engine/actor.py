"""Who acts."""

from referral_flow.engine.record import Record

SYSTEM_ROLE = "system"


class Actor(Record):
    """One person in one capacity; who wears two hats says which.

    `role` and `committee` are text to the engine: a lifecycle says what they mean.
    `on_behalf_of` names the person in whose name this one acts.
    """

    person: str
    role: str
    committee: str | None = None
    on_behalf_of: str | None = None


def system_for(actor: Actor) -> Actor:
    """Give the actor of a row that another row calls: the system, in `actor`'s name."""
    return Actor(SYSTEM_ROLE, SYSTEM_ROLE, actor.committee, actor.on_behalf_of or actor.person)


SYSTEM = Actor(SYSTEM_ROLE, SYSTEM_ROLE)
