"""Who is in which call. Rows are the truth; the media worker and the sockets follow them."""

import uuid

from django.db import models
from django.utils import timezone

from people.models import Person

from . import protocol
from .access import CallRight


class Call(models.Model):
    """The call of one room; `id` is the room's. Its row is the lock of everything that happens in the call."""

    id = models.UUIDField(primary_key=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def topic(self) -> str:
        return protocol.topic_of_call(self.pk)


class Participant(models.Model):
    """One device of a person in a call: the session that its page made. Leaving deletes the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    right = models.PositiveSmallIntegerField(choices=[(right.value, right.name) for right in CallRight])
    mic = models.BooleanField(default=False)
    camera = models.BooleanField(default=False)
    screen = models.BooleanField(default=False)
    # The live socket that speaks for it. A socket that ended may only take away what is still its own.
    attachment = models.UUIDField()
    joined_at = models.DateTimeField(default=timezone.now)
    # Renewed by the process that holds the socket; one that was killed stops renewing.
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["joined_at", "pk"]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.call_id}"

    def picture(self) -> protocol.ParticipantPicture:
        return protocol.ParticipantPicture(
            session=self.pk,
            person=self.person_id,
            name=self.person.display_name,
            right=CallRight(self.right).name.lower(),
            mic=self.mic,
            camera=self.camera,
            screen=self.screen,
        )


class Removal(models.Model):
    """A moderator sent this person out. For a while they may not come back."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="removals")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="one_removal_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} out of {self.call_id}"
