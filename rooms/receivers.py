"""What happens below, and what rooms do then. Inside the transaction that made the change."""

from django.dispatch import receiver

from events.models import Event
from events.signals import event_changed, event_created, participation_changed
from groups.models import Group
from groups.signals import role_changed
from people.models import Person

from . import services
from .models import Room


@receiver(event_created)
def make_its_room(sender: object, event: Event, by: Person, **_: object) -> None:
    services.room_of_event(event=event, by=by)


@receiver(event_changed)
def rename_its_room(sender: object, event: Event, **_: object) -> None:
    services.rename_after_event(event=event)


@receiver(participation_changed)
def refresh_participant(sender: object, event: Event, person: Person, comes: bool, **_: object) -> None:
    room = Room.objects.filter(event=event).first()
    if room is not None:
        services.refresh_participation(room_id=room.pk, person=person, comes=comes)


@receiver(role_changed)
def refresh_member(sender: object, group: Group, person: Person, **_: object) -> None:
    services.refresh_rights(group=group, person=person)
