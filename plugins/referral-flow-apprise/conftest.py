"""Run every block of Python in the README, from top to bottom."""

from __future__ import annotations

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["README.md"]).pytest()


def pytest_configure(config: pytest.Config) -> None:
    """Let Apprise ask for a module that Python 3.11 and 3.12 call deprecated."""
    config.addinivalue_line("filterwarnings", "ignore:'imghdr' is deprecated:DeprecationWarning")
