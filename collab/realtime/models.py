"""The streams: what was announced on each topic, in its order. See docs/protocol.md."""

import uuid

from django.conf import settings
from django.db import models


class Stream(models.Model):
    """One topic's numbering. A new epoch says that numbers may come again (restored backup)."""

    topic = models.CharField(max_length=120, primary_key=True)
    epoch = models.UUIDField(default=uuid.uuid4)
    last_seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.topic} @ {self.last_seq}"


class Announcement(models.Model):
    """One change told to a topic. Kept long enough for a browser that was away, see RESUME_LIMIT."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="announcements")
    seq = models.PositiveBigIntegerField()
    type = models.CharField(max_length=60)
    data = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="one_announcement_a_number")]

    def __str__(self) -> str:
        return f"{self.type} #{self.seq}"


class ClientWrite(models.Model):
    """A write a browser asked for, under the id it made: the same id again is the same write."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=60)
    answer = models.BinaryField(default=b"null")
    created = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.type} {self.id}"
