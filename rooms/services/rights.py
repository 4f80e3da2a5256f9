"""What a changed membership or participation changes in rooms."""

from uuid import UUID

from django.db import transaction

from collab.realtime import hub
from documents import services as documents
from documents.models import Grant, Right
from groups.models import Group
from people.models import Person
from rooms import selectors
from rooms.models import Room
from rooms.protocol import HostsChanged

from .hands import leave_queue


@transaction.atomic
def refresh_rights(*, group: Group, person: Person) -> None:
    """After a role changed: tell each room whose hosts it changes, and make the person's sockets ask again."""
    for room in Room.objects.select_for_update().filter(group=group).order_by("pk"):
        hosts = selectors.hosts_of(room)
        if hosts != room.told_hosts:
            room.told_hosts = hosts
            room.save(update_fields=["told_hosts"])
            hub.publish(room.topic, HostsChanged(hosts=[UUID(host) for host in hosts]))
        _leave_unless_allowed(room, person)
    hub.revoke(person_id=person.pk)


@transaction.atomic
def refresh_participation(*, room_id: UUID, person: Person, comes: bool) -> None:
    """Who comes writes in the notes; who no longer comes leaves, unless the group lets them in."""
    room = Room.objects.select_for_update().get(pk=room_id)
    if comes:
        let_write_notes(room, person)
    elif Grant.objects.filter(document=room.notes_document_id, person=person).exists():
        documents.withdraw(document_id=room.notes_document_id, person_id=person.pk)
    _leave_unless_allowed(room, person)
    hub.revoke(person_id=person.pk)


def let_write_notes(room: Room, person: Person) -> None:
    documents.grant(document_id=room.notes_document_id, person_id=person.pk, right=Right.EDITOR)


def _leave_unless_allowed(room: Room, person: Person) -> None:
    if selectors.right_in(person, room) is None:
        leave_queue(room, person)
