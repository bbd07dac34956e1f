"""A group of referred members: places, meetings, attendance."""
