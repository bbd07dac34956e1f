"""A batch of referrals that were under way elsewhere and are adopted together (S56)."""
