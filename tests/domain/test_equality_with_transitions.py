"""The rows of the domain, run by us and by `transitions` as they are written: no difference."""

from __future__ import annotations

import pytest

from referral_flow.domain.group.lifecycle import GROUP
from referral_flow.domain.referral.lifecycle import REFERRAL
from referral_flow.engine import Lifecycle
from referral_flow.testing.every_case import compare_with_transitions


@pytest.mark.parametrize(
    ("lifecycle", "cases"), [(REFERRAL, 15242), (GROUP, 560)], ids=["referral", "group"]
)
def test_every_state_command_and_verdict_leads_to_the_same(
    lifecycle: Lifecycle, cases: int
) -> None:
    assert compare_with_transitions(lifecycle) == cases
