"""The kept register: committees, members and venues, where the host has no register."""
