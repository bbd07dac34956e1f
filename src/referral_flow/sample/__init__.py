"""A made province of any size, built through commands only, from a plan of numbers."""

from referral_flow.sample.build import Built, Story, build
from referral_flow.sample.check import Number, checked
from referral_flow.sample.plan import PLAN_SMALL, Fate, Late, Plan, scaled

__all__ = [
    "PLAN_SMALL",
    "Built",
    "Fate",
    "Late",
    "Number",
    "Plan",
    "Story",
    "build",
    "checked",
    "scaled",
]
