"""A member's referral: from the paper to the yearly comment."""
