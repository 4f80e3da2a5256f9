"""Which events there are, and who may do what with them."""

from uuid import UUID

from collab.realtime.errors import NotFound
from groups import selectors as groups
from groups.models import Role
from groups.selectors import Visitor
from people.models import Person

from .models import Event, Participation


def event_for(person: Visitor, event_id: UUID, at_least: Role | None = None) -> Event:
    """Events are public; `at_least` is a role in its group. The same error for absent and forbidden."""
    event = Event.objects.select_related("group", "commune").filter(pk=event_id).first()
    if event is None:
        raise NotFound()
    if at_least is not None:
        role = groups.role_of(person, event.group)
        if role is None or role < at_least:
            raise NotFound()
    return event


def comes(person: Person, event: Event) -> bool:
    return Participation.objects.filter(event=event, person=person).exists()
