"""Make the province of the article, December 2013, and count it again.

Run it: .venv/bin/python examples/province_2013/main.py --store sqlite:///province.db [--scale 100]
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from itertools import groupby

from referral_flow import ReferralFlow, ReferralFlowError
from referral_flow.ports import Clock
from referral_flow.sample import Built, Number, Plan, build, checked, scaled
from referral_flow.words import say

PLAN_PROVINCE_2013 = Plan(
    # From the article.
    members=35_307,
    referred=11_954,
    good=10_140,
    # Ours from here on: the article names each of these failures and gives no number.
    # How the year ended for the other 1,814.
    irregular=520,
    passive=430,
    never_came=164,
    uncommented=120,
    ungrouped=85,
    never_submitted=96,
    returned=42,
    suspended=118,
    moved=137,
    retired=102,
    # On the way, among those who came into a group, the good ones too.
    late_reminded=410,
    late_workplace_told=180,
    late_superior_told=50,
    reissued=75,
    entered_in_error=12,
    # Tried, and refused by the rows.
    into_cell=24,
    one_group_areas=5,
    flattered=30,
    classed_early=40,
    # The province itself; offices and residence areas are those of each district.
    not_introduced=1_207,
    districts=8,
    workplaces=12,
    residences=10,
)

NAMES = {
    "members": "members",
    "eligible": "members who may be introduced",
    "referred": "referred",
    "late": "papers handed in late",
    "acts_well": "rated good",
    "rated_fair": "rated fair",
    "rated_weak": "rated weak",
    "good": "came, spoke, rated good",
    "irregular": "came to half of the meetings: fair",
    "passive": "came and never spoke: fair",
    "never_came": "never came: weak",
    "uncommented": "took part, no comment given",
    "ungrouped": "handed in, put into no group",
    "never_submitted": "paper never handed in",
    "returned": "paper returned, not issued again",
    "suspended": "suspended",
    "moved": "ended: moved away",
    "retired": "ended: retired",
    "late_reminded": "late, after the reminder",
    "late_workplace_told": "late, after the workplace was told",
    "late_superior_told": "late, after the superior was told",
    "reissued": "paper returned and issued again",
    "entered_in_error": "paper entered in error, made void",
    "into_cell": "refused: put into the residential cell",
    "flattered": "refused: rated good, never came",
    "classed_early": "refused: classified without a comment",
}


LINE = 60
REFUSED, WRONG, INTERRUPTED = 1, 2, 130


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    if asked.store.startswith("memory:"):
        return _stopped("memory: forgets it all; name a file: --store sqlite:///p.db", WRONG)
    try:
        return _made(asked)
    except ReferralFlowError as error:
        return _stopped(str(error), REFUSED)
    except KeyboardInterrupt:
        return _stopped("Stopped. What was made so far is in the store.", INTERRUPTED)


def _made(asked: argparse.Namespace) -> int:
    began = time.monotonic()

    def open_flow(clock: Clock) -> ReferralFlow:
        return ReferralFlow.open(asked.store, clock=clock)

    built = build(open_flow, scaled(PLAN_PROVINCE_2013, asked.scale), _progress(began))
    built_in = time.monotonic() - began
    with open_flow(lambda: built.ended_at) as flow:
        numbers = list(checked(flow, built))
    _write_shares(built.plan, numbers)
    _write_numbers(numbers)
    _write_built(built)
    print(f"made in {built_in:.0f} s, counted in {time.monotonic() - began - built_in:.0f} s")
    return 0 if all(number.agrees for number in numbers) else REFUSED


def _stopped(why: str, code: int) -> int:
    """Say in one line why it ends here, over what the progress has left of its own."""
    over = f"\r{'':{LINE}}\r" if sys.stderr.isatty() else ""
    print(f"{over}{why}", file=sys.stderr)
    return code


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--store", required=True, help="a new store: sqlite:///province.db")
    parser.add_argument("--scale", type=int, default=1, help="make one part in SCALE of it")
    return parser.parse_args(arguments)


def _progress(began: float) -> Callable[[str, int, int], None]:
    moving = sys.stderr.isatty()

    def progress(step: str, done: int, total: int) -> None:
        if done < total and not moving:
            return
        words = say("demo", f"step_{step}", "en")
        line = f"{time.monotonic() - began:4.0f} s  {words} {done:,}/{total:,}"
        begin = f"\r{line:{LINE}}" if moving else line
        print(begin, end="" if done < total else "\n", file=sys.stderr, flush=True)

    return progress


def _write_shares(plan: Plan, numbers: Iterable[Number]) -> None:
    found = {number.code: number.found for number in numbers if number.by == "figure"}
    members, referred, good = (found[code] for code in ("members", "referred", "acts_well"))
    others = sum(plan.fates.values()) - plan.good
    print(f"{members:>7,}  members")
    print(f"{referred:>7,}  referred: {referred / members:.1%} of the members")
    print(f"{good:>7,}  rated good: {good / referred:.1%} of those referred")
    print(f"{others:>7,}  others, by kind below")


def _write_numbers(numbers: Iterable[Number]) -> None:
    for by, of_kind in groupby(numbers, key=lambda number: number.by):
        print(f"\nplanned   found  by {by}")
        for number in of_kind:
            verdict = "" if number.agrees else "   DIFFERS"
            print(f"{number.planned:>7,} {number.found:>7,}  {NAMES[number.code]}{verdict}")


def _write_built(built: Built) -> None:
    full = built.refused.get("group_full", 0)
    print(f"        {full:>7,}  refused: one more in a full group\n")
    for story in built.stories:
        where = f"--as workplace:{story.workplace}, --as residence:{story.residence}"
        print(f"{story.referral}  {NAMES[story.fate]}; {where}")
    print(f"{built.done:,} commands, {built.told:,} timers, {built.delivered:,} messages")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
