"""Embed referral-flow: one member, from the paper to the comment at year end.

Run it: python examples/embed.py [memory: | sqlite:///new.db]
A file must be a new one: a second run is refused, because the ids are in it already.
"""

import sys
from datetime import UTC, datetime

from referral_flow import Actor, CommitteeKind, Paper, ReferralFlow, Refused, Role
from referral_flow.commands import (
    AddCommittee,
    AddMember,
    Assign,
    Classify,
    Evaluate,
    Issue,
    OpenGroup,
    Submit,
)

YEAR_END = datetime(2013, 11, 20, 9, tzinfo=UTC)
NAMES = ("attendance", "contributions", "duties", "trust", "household")
CRITERIA: dict[str, str] = dict.fromkeys(NAMES, "good")


def main(url: str) -> str:
    with ReferralFlow.open(url, clock=lambda: YEAR_END) as flow:
        register = flow.acting_as(Actor("u-0", Role.OPERATOR))
        register.execute(AddCommittee("w-2", CommitteeKind.WORKPLACE, "Trường Chính trị"))
        register.execute(AddCommittee("r-7", CommitteeKind.RESIDENCE, "Phường Bến Thủy"))
        register.execute(AddMember("m-1", "w-2", "Đồng chí số 1"))
        office = flow.acting_as(Actor("u-1", Role.WORKPLACE, "w-2"))
        ward = flow.acting_as(Actor("u-9", Role.RESIDENCE, "r-7"))

        referral = office.execute(Issue("m-1", "r-7", Paper("15/GT", YEAR_END.date()))).value
        ward.execute(Submit(referral.id, paper_number="15/GT"), command_id="scan-881")
        group = ward.execute(OpenGroup("r-7", name="Nhóm 1")).value
        ward.execute(Assign(referral.id, group=group.id))
        try:
            ward.execute(Evaluate(referral.id, "good", CRITERIA, "Tham gia tích cực."))
        except Refused as refused:
            print(refused.says("vi"))
        ward.execute(Evaluate(referral.id, "good", CRITERIA, "Tốt.", reason="Theo báo cáo nơi cũ."))
        office.execute(Classify(referral.id, "good"))
        for entry in office.history(referral.id):
            print(entry.on, entry.name, entry.actor.role)
        flow.deliver()
        return str(office.get(referral.id).state)


if __name__ == "__main__":
    print(main(sys.argv[1] if len(sys.argv) > 1 else "memory:"))
