"""The domain: one folder for each process, all of it pure."""
