"""How the verbs lock what they change. Always from the room downwards, so that two verbs never wait for each other."""

from uuid import UUID

from django.db import connection

from collab.realtime.errors import Forbidden, NotFound
from people.models import Person
from rooms.errors import RoomIsClosed
from rooms.models import Assembly, Poll, Room
from rooms.selectors import RoomRight, right_in


def locked_room(room_id: UUID, by: Person, at_least: RoomRight = RoomRight.ENTER) -> Room:
    room = Room.objects.select_for_update().filter(pk=room_id).first()
    _refuse_unless_allowed(room, by, at_least)
    assert room is not None
    return room


def locked_open_room(room_id: UUID, by: Person, at_least: RoomRight = RoomRight.ENTER) -> Room:
    room = locked_room(room_id, by, at_least)
    if not room.is_open:
        raise RoomIsClosed()
    return room


def locked_assembly(assembly_id: UUID, by: Person) -> Assembly:
    """As a host: nobody else changes an assembly."""
    assembly = Assembly.objects.select_for_update().filter(pk=assembly_id).first()
    if assembly is None:
        raise NotFound()
    _refuse_unless_allowed(assembly.room, by, RoomRight.HOST)
    return assembly


def locked_poll(poll_id: UUID, by: Person) -> Poll:
    """The assembly, then the poll, as a host. Waits for the ballots that are being cast (see `ballots`)."""
    assembly_id = Poll.objects.filter(pk=poll_id).values_list("assembly_id", flat=True).first()
    if assembly_id is None:
        raise NotFound()
    assembly = locked_assembly(assembly_id, by)
    poll = Poll.objects.select_for_update().filter(pk=poll_id).first()
    if poll is None:
        raise NotFound()
    poll.assembly = assembly
    return poll


def shared_poll(poll_id: UUID) -> Poll | None:
    """Many voters hold it at once, and whoever opens or closes the poll waits for them all."""
    polls = Poll.objects.filter(pk=poll_id)
    if connection.vendor == "postgresql":
        # Django has no FOR KEY SHARE. FOR UPDATE would make 400 voters queue; SQLite's writers queue anyway.
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM rooms_poll WHERE id = %s FOR KEY SHARE", [poll_id])
    return polls.first()


def _refuse_unless_allowed(room: Room | None, by: Person, at_least: RoomRight) -> None:
    right = right_in(by, room) if room else None
    if right is None:
        raise NotFound()
    if right < at_least:
        raise Forbidden()
