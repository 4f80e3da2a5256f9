"""The inbox: what each person was told, in one order that all their tabs and devices share."""

import uuid

from django.db import models

from people.models import Person

from . import protocol


class Inbox(models.Model):
    """One person's numbering. Numbers are given under this row's lock, so they are committed in their order."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="inbox")
    last_number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"inbox of {self.person_id} @ {self.last_number}"


class Notification(models.Model):
    """Something a person was told once: `key` says what about, and a repeat is the same notification."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notifications")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in protocol.Kind])
    key = models.CharField(max_length=120)
    url = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)  # what the sentence names: {"who": "Inès", "group": "Lyon 7e"}
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="one_notification_a_number"),
            models.UniqueConstraint(fields=["person", "key"], name="one_notification_a_key"),
        ]
        indexes = [
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="unread_notifications"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.number}"
