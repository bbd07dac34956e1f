"""The tables of ours as Django's models: the same columns, the same indexes.

Django has no tables without a row id: a key that is not a whole number is an index beside.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField
from django_fsm import transition as fsm_transition

from benchmarks.contenders.sent_back import Asked, facts_of


def _partial(name: str, *fields: str, where: Q) -> models.Index:
    return models.Index(name=name, fields=fields, condition=where)


class Referral(ConcurrentTransitionMixin, models.Model):  # type: ignore[misc]
    """A referral as it stands; its state is compared and set, as the mixin does it."""

    id = models.BinaryField(primary_key=True)
    kind = models.TextField()
    version = models.IntegerField()
    state = FSMField(protected=True)
    requester = models.TextField(null=True)
    owner = models.TextField(null=True)
    mark = models.TextField()
    due = models.BigIntegerField(null=True)
    data = models.BinaryField()

    class Meta:
        app_label = "referrals"
        db_table = "stream"
        indexes = (
            _partial(
                "stream_owner",
                *("owner", "kind", "id", "state", "due"),
                where=Q(owner__isnull=False),
            ),
            _partial(
                "stream_requester",
                *("requester", "kind", "id", "state", "due"),
                where=Q(requester__isnull=False),
            ),
            _partial("stream_due", "kind", "id", "due", where=Q(due__isnull=False)),
        )

    asked: Asked

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Give its snapshot, read once."""
        return facts_of(self.data)

    def residence_asks(self) -> bool:
        """Say whether the committee that receives asks."""
        return self.asked.comes_from(self.owner)

    def not_in_future(self) -> bool:
        """Say whether the day has come."""
        return self.asked.not_in_future

    def not_before_last_step(self) -> bool:
        """Say whether the day is not before the last change of state."""
        return self.asked.not_before(self.facts["timeline"]["last_step"])

    def not_too_far_back(self) -> bool:
        """Say whether the day is within the limit, or a reason is given for it."""
        return self.asked.not_too_far_back

    def reason_given(self) -> bool:
        """Say whether a reason is given in words."""
        return self.asked.reason_given

    @fsm_transition(
        field=state,
        source="submitted",
        target="returned",
        conditions=[
            residence_asks,
            not_in_future,
            not_before_last_step,
            not_too_far_back,
            reason_given,
        ],
    )
    def return_paper(self) -> None:
        """Send the paper back."""


class Event(models.Model):
    """What has happened."""

    pk = models.CompositePrimaryKey("stream", "version")
    stream = models.BinaryField()
    version = models.IntegerField()
    recorded_at = models.BigIntegerField()
    day = models.TextField()
    type = models.TextField()
    was = models.TextField(null=True)
    now = models.TextField(null=True)
    was_mark = models.TextField()
    mark = models.TextField()
    requester = models.TextField(null=True)
    owner = models.TextField(null=True)
    command = models.BinaryField()
    data = models.BinaryField()
    hash = models.BinaryField()
    kind = models.TextField()
    left_requester = models.TextField(null=True)
    left_owner = models.TextField(null=True)

    class Meta:
        app_label = "referrals"
        db_table = "event"
        indexes = (
            _partial(
                "event_requester",
                *("kind", "requester", "now", "left_requester", "was", "was_mark", "mark", "day"),
                "recorded_at",
                where=Q(now__isnull=False),
            ),
            _partial(
                "event_owner",
                *("kind", "owner", "now", "left_requester", "was", "was_mark", "mark", "day"),
                *("recorded_at", "requester"),
                where=Q(now__isnull=False, owner__isnull=False),
            ),
            _partial(
                "event_left_requester",
                *("left_requester", "kind", "day"),
                where=Q(left_requester__isnull=False),
            ),
            _partial(
                "event_left_owner",
                *("left_owner", "kind", "day"),
                where=Q(left_owner__isnull=False),
            ),
        )


class Words(models.Model):
    """The words of an event, which can be erased."""

    pk = models.CompositePrimaryKey("stream", "version")
    stream = models.BinaryField()
    version = models.IntegerField()
    salt = models.BinaryField()
    data = models.BinaryField()

    class Meta:
        app_label = "referrals"
        db_table = "words"


class Command(models.Model):
    """Commands that were done."""

    id = models.BinaryField(primary_key=True)
    digest = models.BinaryField()
    at = models.BigIntegerField()
    ranges = models.BinaryField()

    class Meta:
        app_label = "referrals"
        db_table = "command"


class Message(models.Model):
    """What is to be sent."""

    id = models.BinaryField(primary_key=True)
    stream = models.BinaryField()
    version = models.IntegerField()
    position = models.IntegerField()
    notifier = models.TextField()
    kind = models.TextField()
    key = models.TextField()
    data = models.BinaryField()
    tries = models.IntegerField()
    due = models.BigIntegerField()
    lease = models.BinaryField(null=True)
    state = models.TextField()
    error = models.TextField(null=True)
    lease_until = models.BigIntegerField(null=True)
    recipient = models.TextField()

    class Meta:
        app_label = "referrals"
        db_table = "outbox"
        indexes = (
            _partial("outbox_due", "due", "id", where=Q(state="waiting")),
            _partial(
                "outbox_unsent",
                *("stream", "notifier", "version", "position"),
                where=Q(state__in=("waiting", "digest", "parked")),
            ),
            _partial("outbox_parked", "id", where=Q(state="parked")),
            _partial("outbox_digest_due", "notifier", "due", "id", where=Q(state="digest")),
            _partial("outbox_digest_of", "notifier", "recipient", "due", where=Q(state="digest")),
        )
