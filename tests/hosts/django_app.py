"""An application on Django 5: a table, `atomic` and a cursor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from django.db import connection, transaction

from referral_flow.testing.hosts import Inside
from tests.hosts.drivers import interrupt
from tests.support.django_anew import forget_django, set_up_django

T = TypeVar("T")


class InsideAtomic:
    connection: Any = connection

    def add(self, text: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO note (text) VALUES (%s)", [text])

    def undone(self, work: Callable[[], object]) -> None:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)


class DjangoApplication:
    to_type = "with transaction.atomic():"
    tells = True

    def __init__(self, notes: str, look: Callable[[], list[str]], **database: str) -> None:
        self._look = look
        set_up_django(**database)
        with connection.cursor() as cursor:
            cursor.execute(notes)

    def run(self, work: Callable[[Inside], T]) -> T:
        with transaction.atomic():
            return work(InsideAtomic())

    def run_bare(self, work: Callable[[Any], T]) -> T:
        return work(connection)

    def cut_off(self, work: Callable[[Inside], object]) -> None:
        interrupt(self.run, work)

    def committed(self) -> list[str]:
        return self._look()

    def close(self) -> None:
        forget_django()


def in_parts(url: str) -> dict[str, str]:
    """Give the URL as Django wants it: in parts."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": parts.username or "",
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port),
    }
