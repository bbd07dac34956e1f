"""Rule sets: parameters with their sources, in TOML, and their loader."""

from referral_flow.domain.rules.loader import PACKAGED, RuleSets, packaged, read
from referral_flow.domain.rules.rule_set import RuleSet, Support

__all__ = ["PACKAGED", "RuleSet", "RuleSets", "Support", "packaged", "read"]
