"""Committees, venues and members of a made province: ids, and names that say so."""

from __future__ import annotations

from math import isqrt

from referral_flow.sample.plan import Plan

PROVINCE = "s-0"


def member_id(number: int) -> str:
    """Give the id of a member."""
    return f"m-{number:05d}"


def member_name(number: int) -> str:
    """Give a name that is plainly made."""
    return f"Đảng viên mẫu {number:05d}"


def venue_id(residence: str, number: int) -> str:
    """Give the id of one of the venues of a residence area."""
    return f"v-{residence[2:]}-{number:02d}"


class Places:
    """Who works and lives where. Members are dealt out to districts and offices in turn.

    `workplaces` and `residences` give the district of each committee.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.districts = [f"s-{d:02d}" for d in range(1, plan.districts + 1)]
        self.workplaces = self._committees("w", plan.workplaces)
        self.residences = self._committees("r", plan.residences)

    def workplace(self, number: int) -> str:
        """Give the workplace committee of a member."""
        place, district = self._place(number)
        return f"w-{district:02d}-{place % self._plan.workplaces + 1:02d}"

    def residence(self, number: int) -> str:
        """Give the residence committee of a referred member.

        Each area of a district is more crowded than the one before.
        """
        place, district = self._place(number)
        in_district = (self._plan.referred - district) // self._plan.districts + 1
        area = isqrt(place * self._plan.residences**2 // in_district)
        return f"r-{district:02d}-{area + 1:02d}"

    def _place(self, number: int) -> tuple[int, int]:
        place, district = divmod(number - 1, self._plan.districts)
        return place, district + 1

    def _committees(self, letter: str, in_each: int) -> dict[str, str]:
        return {
            f"{letter}-{district[2:]}-{number:02d}": district
            for district in self.districts
            for number in range(1, in_each + 1)
        }
