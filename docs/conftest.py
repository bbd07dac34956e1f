"""Run every block of Python in the pages, from top to bottom."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.sybil import SybilCollection

from tests.support.django_anew import forget_django
from tests.support.postgres_server import PostgresServer, postgres_server

__all__ = ["postgres_server"]

# This page needs a server, a folder for its files, and Django as in a new process.
_WITHIN = "within-your-transaction.md"


@pytest.fixture(scope="session")
def database_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Give a new database, where a page looks for the address of its own."""
    with pytest.MonkeyPatch.context() as patch:
        url = postgres_server.new_database()
        patch.setenv("DATABASE_URL", url)
        yield url


def _set_up(namespace: dict[str, Any]) -> None:
    namespace["left"] = Path.cwd()
    os.chdir(mkdtemp())
    forget_django()


def _tear_down(namespace: dict[str, Any]) -> None:
    forget_django()
    folder = Path.cwd()
    os.chdir(namespace["left"])
    shutil.rmtree(folder)


_parsers = [PythonCodeBlockParser()]
_pages = Sybil(parsers=_parsers, pattern="*.md", excludes=[_WITHIN])
_within = Sybil(
    parsers=_parsers,
    pattern=_WITHIN,
    fixtures=["database_url"],
    setup=_set_up,
    teardown=_tear_down,
)
pytest_collect_file = SybilCollection([_pages, _within]).pytest()
