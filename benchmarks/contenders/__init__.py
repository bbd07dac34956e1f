"""Our own contender, the floor that nobody goes below, and how both are timed."""
