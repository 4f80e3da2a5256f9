"""An assembly's life: prepared, opened, closed."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from collab.realtime import hub
from notifications.protocol import Kind
from notifications.services import notify
from people.models import Person
from rooms import pictures, selectors
from rooms.errors import AssemblyExists, AssemblyIsClosed, RoomIsClosed, VoteStillOpen
from rooms.models import Assembly, Poll
from rooms.protocol import AssemblyChanged, AssemblyClosed, AssemblyOpened, AssemblyRenamed
from rooms.selectors import RoomRight

from .agenda import append_item, end_running_item
from .locks import locked_assembly, locked_room
from .rooms import one_line


@transaction.atomic
def prepare_assembly(
    *, room_id: UUID, by: Person, title: str, items: Iterable[tuple[str, int]] = (), assembly_id: UUID | None = None
) -> Assembly:
    """A draft with its agenda, as (title, minutes). The same `assembly_id` again is the same assembly."""
    room = locked_room(room_id, by, RoomRight.HOST)
    known = Assembly.objects.filter(room=room).first()
    if known is not None:
        if known.pk == assembly_id:
            return known
        raise AssemblyExists()
    assembly = Assembly.objects.create(id=assembly_id or uuid4(), room=room, title=one_line(title), created_by=by)
    for item_title, minutes in items:
        append_item(assembly, item_title, minutes)
    _tell_room(assembly)
    return assembly


@transaction.atomic
def rename_assembly(*, assembly_id: UUID, by: Person, title: str) -> Assembly:
    assembly = locked_assembly(assembly_id, by)
    _refuse_if_closed(assembly)
    title = one_line(title)
    if title != assembly.title:
        assembly.title = title
        assembly.save(update_fields=["title"])
        hub.publish(assembly.topic, AssemblyRenamed(title=title))
        _tell_room(assembly)
    return assembly


@transaction.atomic
def open_assembly(*, assembly_id: UUID, by: Person) -> Assembly:
    """Tells all members of the group, wherever they are on the site."""
    assembly = locked_assembly(assembly_id, by)
    _refuse_if_closed(assembly)
    if assembly.state == Assembly.State.OPEN:
        return assembly
    if not assembly.room.is_open:
        raise RoomIsClosed()
    now = timezone.now()
    assembly.state, assembly.opened_at = Assembly.State.OPEN, now
    assembly.save(update_fields=["state", "opened_at"])
    hub.publish(assembly.topic, AssemblyOpened(at=now.isoformat()))
    _tell_room(assembly)
    _notify_members(assembly, by)
    return assembly


@transaction.atomic
def close_assembly(*, assembly_id: UUID, by: Person) -> Assembly:
    """Closing twice is closing once. Votes are ended first, knowingly."""
    assembly = locked_assembly(assembly_id, by)
    if assembly.state == Assembly.State.CLOSED:
        return assembly
    if assembly.polls.filter(state=Poll.State.OPEN).exists():
        raise VoteStillOpen()
    now = timezone.now()
    end_running_item(assembly, now)
    assembly.state, assembly.closed_at = Assembly.State.CLOSED, now
    assembly.save(update_fields=["state", "closed_at"])
    hub.publish(assembly.topic, AssemblyClosed(at=now.isoformat()))
    _tell_room(assembly)
    return assembly


def _refuse_if_closed(assembly: Assembly) -> None:
    if assembly.state == Assembly.State.CLOSED:
        raise AssemblyIsClosed()


def _tell_room(assembly: Assembly) -> None:
    hub.publish(assembly.room.topic, AssemblyChanged(assembly=pictures.summary(assembly)))


def _notify_members(assembly: Assembly, by: Person) -> None:
    group = assembly.room.group
    if group is None:
        return
    notify(
        kind=Kind.ASSEMBLY_OPENED,
        to=list(selectors.members_of(group.pk).values_list("pk", flat=True)),
        key=f"assembly:{assembly.pk}",
        url=reverse("rooms:detail", args=[assembly.room_id]),
        facts={"who": by.display_name, "assembly": assembly.title, "group": group.name},
        by=by.pk,
    )
