"""The hands of the builder: desks, and a count of all that was done and refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from referral_flow.application.answers import Done, RefusedRow
from referral_flow.application.desk import Desk
from referral_flow.application.flow import ReferralFlow
from referral_flow.domain.people import Role
from referral_flow.engine.actor import Actor
from referral_flow.engine.command import Command
from referral_flow.errors import Refused
from referral_flow.sample.people import MadeGroup, Person, referred
from referral_flow.sample.places import Places
from referral_flow.sample.plan import Plan


class Work:
    """A plan with its people and places, at work on one flow."""

    def __init__(self, flow: ReferralFlow, plan: Plan) -> None:
        self._flow = flow
        self.plan = plan
        self.places = Places(plan)
        self.people = referred(plan, self.places)
        self.at_work = _by(self.people, lambda person: person.workplace)
        self.at_home = _by(self.people, lambda person: person.residence)
        self.groups: dict[str, list[MadeGroup]] = {}
        self.done = 0
        self.refused: Counter[str] = Counter()

    def operator(self) -> Desk:
        """Give the desk of whoever runs the installation."""
        return self._flow.acting_as(Actor("u-operator", Role.OPERATOR))

    def workplace(self, committee: str) -> Desk:
        """Give the desk of a workplace committee."""
        return self._flow.acting_as(Actor(f"u-{committee}", Role.WORKPLACE, committee))

    def residence(self, committee: str) -> Desk:
        """Give the desk of a residence committee."""
        return self._flow.acting_as(Actor(f"u-{committee}", Role.RESIDENCE, committee))

    def do(
        self,
        desk: Desk,
        commands: Iterable[Command[Any]],
        done: Callable[[int, Any], None] | None = None,
        *,
        refusing: str | None = None,
    ) -> None:
        """Carry commands out; `done` hears the row and the stream of each one that was done.

        Raises Refused for a refusal by any other code than `refusing`.
        """

        def hear(row: int, answer: Done[Any] | RefusedRow) -> None:
            if isinstance(answer, Done):
                self.done += 1
                if done is not None:
                    done(row, answer.value)
            elif refusing in [refusal.code for refusal in answer.refusals]:
                self.refused[str(refusing)] += 1
            else:
                raise Refused(answer.refusals, answer.command)

        desk.execute_many(commands, hear)


def _by(people: Iterable[Person], place: Callable[[Person], str]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in people:
        found.setdefault(place(person), []).append(person)
    return found
