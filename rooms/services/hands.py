"""Raised hands, and who has the floor. The order is the server's."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from collab.realtime import hub
from collab.realtime.errors import Forbidden
from people.models import Person
from rooms import pictures
from rooms.errors import HandIsDown
from rooms.models import Hand, Room, Speech
from rooms.protocol import FloorEnded, FloorGiven, HandLowered, HandRaised
from rooms.selectors import RoomRight, may_enter, right_in

from .locks import locked_open_room, locked_room


@transaction.atomic
def raise_hand(*, room_id: UUID, by: Person) -> Hand:
    """Twice is one raised hand, at its first place."""
    room = locked_open_room(room_id, by)
    hand = Hand.objects.filter(room=room, person=by).first()
    if hand is None:
        room.last_hand += 1
        room.save(update_fields=["last_hand"])
        hand = Hand.objects.create(room=room, person=by, number=room.last_hand)
        hub.publish(room.topic, HandRaised(hand=pictures.raised_hand(hand)))
    return hand


@transaction.atomic
def lower_hand(*, room_id: UUID, by: Person, person_id: UUID | None = None) -> None:
    """One's own, or somebody else's as a host. A hand that is down already stays down."""
    room = locked_room(room_id, by)
    person_id = person_id or by.pk
    if person_id != by.pk and right_in(by, room) != RoomRight.HOST:
        raise Forbidden()
    _lower(room, person_id)


@transaction.atomic
def give_floor(*, room_id: UUID, by: Person, person_id: UUID) -> Speech:
    """As a host, to anybody who may enter; whoever spoke stops. Giving it to who has it changes nothing."""
    room = locked_open_room(room_id, by, RoomRight.HOST)
    person = may_enter(room).filter(pk=person_id).first()
    if person is None:
        raise HandIsDown()
    speech = Speech.objects.filter(room=room, ended_at=None).first()
    if speech is not None and speech.person_id == person.pk:
        return speech
    now = timezone.now()
    Speech.objects.filter(room=room, ended_at=None).update(ended_at=now)
    Hand.objects.filter(room=room, person=person).delete()
    speech = Speech.objects.create(room=room, person=person, started_at=now)
    hub.publish(room.topic, FloorGiven(floor=pictures.floor(speech)))
    return speech


@transaction.atomic
def end_floor(*, room_id: UUID, by: Person) -> None:
    """By who speaks, or by a host. When nobody speaks, nothing changes."""
    room = locked_room(room_id, by)
    speech = Speech.objects.filter(room=room, ended_at=None).first()
    if speech is None:
        return
    if speech.person_id != by.pk and right_in(by, room) != RoomRight.HOST:
        raise Forbidden()
    _end(room, speech)


def clear_hands(room: Room) -> None:
    """What closing does, silently: the announcement of the closing says it."""
    Hand.objects.filter(room=room).delete()
    Speech.objects.filter(room=room, ended_at=None).update(ended_at=timezone.now())


def leave_queue(room: Room, person: Person) -> None:
    """Of somebody who may no longer enter: their hand is down, and they do not have the floor."""
    _lower(room, person.pk)
    speech = Speech.objects.filter(room=room, ended_at=None, person=person).first()
    if speech is not None:
        _end(room, speech)


def _lower(room: Room, person_id: UUID) -> None:
    deleted, _ = Hand.objects.filter(room=room, person=person_id).delete()
    if deleted:
        hub.publish(room.topic, HandLowered(person=person_id))


def _end(room: Room, speech: Speech) -> None:
    speech.ended_at = timezone.now()
    speech.save(update_fields=["ended_at"])
    hub.publish(room.topic, FloorEnded(person=speech.person_id))
