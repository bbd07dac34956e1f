"""Django with django-fsm-2: a protected state, and the same rows as ours by the ORM.

The events are the log: django-fsm-log, which keeps one of its own, is not installed here.
"""

from __future__ import annotations

from benchmarks.contenders.measuring import Seen, main, timed
from benchmarks.contenders.sent_back import (
    WARD,
    Asked,
    ReturnPaper,
    asked,
    handed_in,
    returned,
    rows_of,
)
from benchmarks.peers.django_settings import set_up

_FOLDER = set_up("django_fsm")

from django.db import connection, transaction  # noqa: E402 - Django is set up first

from benchmarks.peers.django_models import (  # noqa: E402
    Command,
    Event,
    Message,
    Referral,
    Words,
)


def _return(asked: Asked) -> None:
    """Send a paper back, in a transaction of its own."""
    with transaction.atomic():
        referral = Referral.objects.get(pk=asked.command.referral)
        referral.asked = asked
        referral.return_paper()
        referral.version += 1
        referral.data = returned(referral.facts, asked)
        referral.save()
        rows = rows_of(asked, referral.version, referral)
        Command.objects.create(**rows.command)
        Event.objects.create(**rows.event)
        Words.objects.create(**rows.words)
        Message.objects.create(**rows.message)


def durable(count: int) -> Seen:
    """Load, fire, and write the five rows in one transaction."""
    commands = _filled(count)

    def run() -> None:
        for command in commands:
            _return(asked(command, WARD))

    seen = timed(run, count)
    assert Referral.objects.filter(state="returned", version=3).count() == count
    for model, each in ((Command, 3), (Event, 3), (Words, 1), (Message, 4)):
        assert model.objects.count() == each * count
    connection.close()
    return seen


def _filled(count: int) -> list[ReturnPaper]:
    """Write papers that are handed in, and give the command that sends each back."""
    with connection.schema_editor() as editor:
        for model in (Referral, Command, Event, Words, Message):
            editor.create_model(model)
    earlier = [handed_in(n) for n in range(count)]
    with transaction.atomic():
        Referral.objects.bulk_create(Referral(**each.stream) for each in earlier)
        Command.objects.bulk_create(Command(**row) for each in earlier for row in each.commands)
        Event.objects.bulk_create(Event(**row) for each in earlier for row in each.events)
        Message.objects.bulk_create(Message(**row) for each in earlier for row in each.messages)
    return [ReturnPaper(each.stream["id"], "sai số giấy") for each in earlier]


if __name__ == "__main__":
    main({"durable": durable})
