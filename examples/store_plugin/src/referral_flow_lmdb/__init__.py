"""A store for referral-flow over LMDB, to be copied: a sorted map of bytes with transactions."""
