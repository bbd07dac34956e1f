"""Django with django-fsm-2 and django-fsm-log: a lighter job, whose log is that of the package."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.contenders.measuring import Seen, main, timed
from benchmarks.peers.django_settings import set_up

_FOLDER = set_up(
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_fsm",
    "django_fsm_log",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)

from django.core.management import call_command  # noqa: E402 - Django is set up first
from django.db import connection, models, transaction  # noqa: E402
from django_fsm import ConcurrentTransitionMixin, FSMField  # noqa: E402
from django_fsm import transition as fsm_transition  # noqa: E402
from django_fsm_log.models import StateLog  # noqa: E402


class Referral(ConcurrentTransitionMixin, models.Model):  # type: ignore[misc]
    """A referral whose state is compared and set."""

    number = models.TextField()
    member = models.TextField()
    state = FSMField(default="issued", protected=True)

    class Meta:
        app_label = "auth"

    def number_matches(self) -> bool:
        """Say whether it is the paper that was issued."""
        return bool(self.asked == self.number)

    asked = ""

    @fsm_transition(field=state, source="issued", target="submitted", conditions=[number_matches])
    def submit(self) -> None:
        """Hand the paper in."""


class Outbox(models.Model):
    """What is to be sent."""

    data = models.BinaryField()

    class Meta:
        app_label = "auth"


class Asked(models.Model):
    """Commands that were done."""

    key = models.TextField(primary_key=True)

    class Meta:
        app_label = "auth"


def _tables() -> None:
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in (Referral, Outbox, Asked):
            editor.create_model(model)


def durable_light(count: int) -> Seen:
    """Load, fire, save; the log writes itself, the message and the command are rows."""
    _tables()
    Referral.objects.bulk_create(
        Referral(id=n + 1, number=f"{n}/GT", member=f"m-{n}") for n in range(count)
    )

    def run() -> None:
        for n in range(count):
            with transaction.atomic():
                referral: Any = Referral.objects.get(pk=n + 1)
                referral.asked = f"{n}/GT"
                referral.submit()
                referral.save()
                Outbox.objects.create(data=json.dumps({"to": "w-2"}).encode())
                Asked.objects.create(key=f"scan-{n}")

    seen = timed(run, count)
    assert Referral.objects.filter(state="submitted").count() == count
    for model in (StateLog, Outbox, Asked):
        assert model.objects.count() == count
    connection.close()
    return seen


if __name__ == "__main__":
    main({"durable_light": durable_light})
