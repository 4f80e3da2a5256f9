"""Who may be in the call of a room: a call's id is its room's."""

from uuid import UUID

from people.models import Person
from video import access
from video.access import CallRight

from .models import Room
from .selectors import RoomRight, right_in


@access.register
def right_in_call(person: Person, call_id: UUID) -> CallRight | None:
    """A closed room has no call."""
    room = Room.objects.filter(pk=call_id, state=Room.State.OPEN).first()
    right = right_in(person, room) if room else None
    if right is None:
        return None
    return CallRight.MODERATE if right == RoomRight.HOST else CallRight.SPEAK
