"""Set Django up on a new SQLite file, in WAL, whose commits are on the disk."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.conf import settings


def set_up(*applications: str, **more: Any) -> TemporaryDirectory[str]:
    """Set it up with these applications; give the folder of its database, which is to be kept."""
    folder = TemporaryDirectory()
    database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(folder.name) / "d.db",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
    settings.configure(INSTALLED_APPS=applications, DATABASES={"default": database}, **more)
    django.setup()
    return folder
