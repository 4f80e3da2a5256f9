"""Events: something people attend, at a place and a time."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.models import Commune, Person

LONGEST_TITLE = 120
LONGEST_DESCRIPTION = 8000
LONGEST_PLACE = 120


class Event(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="events", verbose_name=_("groupe"))
    title = models.CharField(_("titre"), max_length=LONGEST_TITLE)
    description = models.TextField(_("description"), blank=True, max_length=LONGEST_DESCRIPTION)
    starts_at = models.DateTimeField(_("début"), db_index=True)
    ends_at = models.DateTimeField(_("fin"))
    place = models.CharField(_("lieu"), max_length=LONGEST_PLACE, blank=True)  # "Maison du peuple, 12 rue …"
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="events", verbose_name=_("commune"))
    # Copied from the commune, so that nearness is one indexed query.
    latitude = models.FloatField()
    longitude = models.FloatField()
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["latitude", "longitude"], name="event_place")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()


class Participation(models.Model):
    """Somebody said that they come."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="participations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="participations")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "person"], name="one_participation_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.event_id}"
