"""For those who write a store, a notifier or a rule: contracts, and builders for tests."""
