"""The store of referral-flow in PostgreSQL."""
