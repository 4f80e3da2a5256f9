"""The chat of a room."""

from uuid import UUID

from django.db import transaction

from collab.realtime import hub
from collab.realtime.errors import Forbidden, NotFound
from people.models import Person
from rooms import pictures
from rooms.errors import EmptyText, WriteReused
from rooms.models import ChatMessage, Room
from rooms.protocol import LONGEST_MESSAGE, MessagePosted, MessageRemoved
from rooms.selectors import RoomRight, right_in

from .locks import locked_open_room, locked_room


@transaction.atomic
def post_message(*, room_id: UUID, by: Person, message_id: UUID, text: str) -> ChatMessage:
    """The same `message_id` again is the same message."""
    text = text.replace("\x00", "").strip()[:LONGEST_MESSAGE]
    if not text:
        raise EmptyText()
    room = locked_open_room(room_id, by)
    known = ChatMessage.objects.filter(pk=message_id).first()
    if known is not None:
        if known.author_id != by.pk or known.room_id != room.pk:
            raise WriteReused()
        return known
    room.last_message += 1
    room.save(update_fields=["last_message"])
    message = ChatMessage.objects.create(id=message_id, room=room, number=room.last_message, author=by, text=text)
    hub.publish(room.topic, MessagePosted(line=pictures.line(message)))
    return message


@transaction.atomic
def remove_message(*, room_id: UUID, by: Person, message_id: UUID) -> ChatMessage:
    """One's own, or anybody's as a host. The text is gone; that there was a message stays."""
    room = locked_room(room_id, by)
    message = ChatMessage.objects.filter(room=room, pk=message_id).first()
    if message is None:
        raise NotFound()
    if message.author_id != by.pk and right_in(by, room) != RoomRight.HOST:
        raise Forbidden()
    if not message.removed:
        message.removed, message.text = True, ""
        message.save(update_fields=["removed", "text"])
        _forget_what_was_told(room, message)
        hub.publish(room.topic, MessageRemoved(message=message.pk))
    return message


def _forget_what_was_told(room: Room, message: ChatMessage) -> None:
    """Announcements are kept for browsers that come back: the text must be gone from there too."""
    hub.retell(
        room.topic,
        MessagePosted(line=pictures.line(message)),
        instead_of=lambda told: str(message.pk).encode() in told,
        told_at=message.created,
    )
