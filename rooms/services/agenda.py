"""The agenda: its points, and which one is running."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from collab.realtime import hub
from collab.realtime.errors import NotFound
from people.models import Person
from rooms import pictures
from rooms.errors import AssemblyIsClosed, AssemblyNotOpen, ItemHasBegun, TooMany
from rooms.models import AgendaItem, Assembly
from rooms.protocol import LONGEST_ITEM_MINUTES, AgendaMoved, ItemAdded, ItemRemoved

from .locks import locked_assembly
from .rooms import one_line

MAX_ITEMS = 100


@transaction.atomic
def add_item(*, assembly_id: UUID, by: Person, title: str, minutes: int = 0) -> AgendaItem:
    assembly = locked_assembly(assembly_id, by)
    if assembly.state == Assembly.State.CLOSED:
        raise AssemblyIsClosed()
    item = append_item(assembly, title, minutes)
    hub.publish(assembly.topic, ItemAdded(item=pictures.item(item)))
    return item


@transaction.atomic
def remove_item(*, assembly_id: UUID, by: Person, item_id: UUID) -> None:
    assembly = locked_assembly(assembly_id, by)
    item = AgendaItem.objects.filter(assembly=assembly, pk=item_id).first()
    if item is None:
        raise NotFound()
    if item.state != AgendaItem.State.PENDING:
        raise ItemHasBegun()
    item.delete()
    hub.publish(assembly.topic, ItemRemoved(item=item_id))


@transaction.atomic
def next_item(*, assembly_id: UUID, by: Person, after: UUID | None) -> AgendaItem | None:
    """End the running point and begin the next. Two hosts who press at once move one point, not two: `after` says
    which point they saw running, and when another one is, nothing moves."""
    assembly = locked_assembly(assembly_id, by)
    if assembly.state != Assembly.State.OPEN:
        raise AssemblyNotOpen()
    running = AgendaItem.objects.filter(assembly=assembly, state=AgendaItem.State.RUNNING).first()
    if (running.pk if running else None) != after:
        return running
    now = timezone.now()
    end_running_item(assembly, now)
    item = AgendaItem.objects.filter(assembly=assembly, state=AgendaItem.State.PENDING).order_by("order").first()
    if item is None and running is None:
        return None
    if item is not None:
        item.state, item.started_at = AgendaItem.State.RUNNING, now
        item.save(update_fields=["state", "started_at"])
    hub.publish(assembly.topic, AgendaMoved(running=item.pk if item else None, at=now.isoformat()))
    return item


def append_item(assembly: Assembly, title: str, minutes: int) -> AgendaItem:
    """At the end. Call with the assembly's row locked, or before anybody else can know it."""
    known = AgendaItem.objects.filter(assembly=assembly)
    if known.count() >= MAX_ITEMS:
        raise TooMany()
    last = known.aggregate(last=Max("order"))["last"] or 0
    minutes = max(0, min(minutes, LONGEST_ITEM_MINUTES))
    return AgendaItem.objects.create(assembly=assembly, order=last + 1, title=one_line(title), minutes=minutes)


def end_running_item(assembly: Assembly, now: datetime) -> None:
    running = AgendaItem.objects.filter(assembly=assembly, state=AgendaItem.State.RUNNING)
    running.update(state=AgendaItem.State.DONE, ended_at=now)
