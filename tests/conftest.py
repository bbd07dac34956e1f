"""How Hypothesis runs: without a clock, without a memory, and in CI without chance."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("here", deadline=None, database=None)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
