"""Making, closing and opening rooms."""

from uuid import UUID, uuid4

from django.db import transaction

from collab.realtime import hub
from collab.realtime.errors import Forbidden, NotFound
from documents.models import Document
from documents.services import create_document
from events.models import Event
from groups.models import Group, Role
from groups.selectors import role_of
from people.models import Person
from rooms import selectors
from rooms.errors import EmptyText
from rooms.models import Room
from rooms.protocol import LONGEST_TITLE, RoomClosed, RoomOpened, RoomRenamed
from rooms.selectors import RoomRight
from video import services as calls

from .hands import clear_hands
from .locks import locked_room
from .rights import let_write_notes


@transaction.atomic
def create_room(*, title: str, group: Group, by: Person, room_id: UUID | None = None) -> Room:
    """A room of a group that is not an event's. The same `room_id` of the same person again is the same room."""
    role = role_of(by, group)
    if role is None or role < Role.MANAGER:
        raise Forbidden()
    known = Room.objects.filter(pk=room_id).first() if room_id else None
    if known is not None:
        if known.created_by_id != by.pk:
            raise NotFound()
        return known
    return _make(title=one_line(title), group=group, event=None, by=by, room_id=room_id or uuid4())


@transaction.atomic
def room_of_event(*, event: Event, by: Person) -> Room:
    """The event's room, made if it has none. Asks no right: the event's own services have."""
    Event.objects.select_for_update().get(pk=event.pk)
    room = Room.objects.filter(event=event).first()
    if room is None:
        room = _make(title=event.title, group=event.group, event=event, by=by, room_id=uuid4())
        for participation in event.participations.select_related("person"):
            let_write_notes(room, participation.person)
    return room


@transaction.atomic
def rename_after_event(*, event: Event) -> None:
    """The room is called as its event is."""
    room = Room.objects.select_for_update().filter(event=event).first()
    if room is not None and room.title != event.title:
        room.title = event.title
        room.save(update_fields=["title"])
        hub.publish(room.topic, RoomRenamed(title=room.title))


@transaction.atomic
def close_room(*, room_id: UUID, by: Person) -> Room:
    room = locked_room(room_id, by, RoomRight.HOST)
    if room.is_open:
        clear_hands(room)
        room.state = Room.State.CLOSED
        room.save(update_fields=["state"])
        hub.publish(room.topic, RoomClosed())
        calls.end_call(call_id=room.pk)
    return room


@transaction.atomic
def open_room(*, room_id: UUID, by: Person) -> Room:
    room = locked_room(room_id, by, RoomRight.HOST)
    if not room.is_open:
        room.state = Room.State.OPEN
        room.save(update_fields=["state"])
        hub.publish(room.topic, RoomOpened())
    return room


def one_line(text: str, longest: int = LONGEST_TITLE) -> str:
    text = " ".join(text.replace("\x00", "").split())[:longest]
    if not text:
        raise EmptyText()
    return text


def _make(*, title: str, group: Group, event: Event | None, by: Person, room_id: UUID) -> Room:
    notes = create_document(title=title, by=by)
    # The notes are the group's: who made the room writes in them as a member, and no longer once they are not.
    Document.objects.filter(pk=notes.pk).update(owner=None, group=group)
    room = Room(pk=room_id, title=title, group=group, event=event, notes_document=notes, created_by=by)
    room.told_hosts = selectors.hosts_of(room)
    room.save(force_insert=True)
    return room
