"""Errors are an API: a small tree, stable codes, whole across processes."""

from __future__ import annotations

import pickle

import pytest

from referral_flow import errors
from referral_flow.engine import Refusal


def tree() -> list[type[errors.ReferralFlowError]]:
    return [
        member
        for member in vars(errors).values()
        if isinstance(member, type) and issubclass(member, errors.ReferralFlowError)
    ]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in tree()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    "error",
    [
        errors.Refused((Refusal("group_full", {"group": "g", "limit": 15}),), "assign"),
        errors.Taken("paper", "w-1/2013/1"),
        errors.StoreMissing(path="x.db"),
    ],
)
def test_an_error_crosses_to_another_process_whole(error: errors.ReferralFlowError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.__dict__) == (str(error), error.__dict__)


def test_a_refusal_speaks_both_languages() -> None:
    refused = errors.Refused((Refusal("group_full", {"group": "g-1", "limit": 15}),), "assign")
    assert "g-1" in refused.says("vi")
    assert "15" in refused.says("en")
    assert refused.says("vi") != refused.says("en")
