"""Rosters: sheets of people, read line by line and turned into commands."""
