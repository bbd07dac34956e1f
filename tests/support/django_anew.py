"""Django set up anew: it keeps one set of settings for a process, and tests want several."""

from __future__ import annotations

import django
from django.conf import empty, settings
from django.db import connections


def forget_django() -> None:
    """Let `settings.configure` be called as in a new process; open connections are closed."""
    if settings.configured:
        connections.close_all()
    vars(connections).pop("settings", None)
    connections.__init__()
    settings._wrapped = empty


def set_up_django(**database: str) -> None:
    """Set Django up with one database and no app."""
    forget_django()
    settings.configure(DATABASES={"default": database}, USE_TZ=True, LOGGING_CONFIG=None)
    django.setup()
