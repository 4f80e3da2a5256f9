"""What is in an inbox."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from collab.realtime.errors import NotFound
from people.models import Person

from .models import Notification
from .protocol import LATEST, Notice


def notice(notification: Notification) -> Notice:
    return Notice(
        id=notification.pk,
        number=notification.number,
        kind=str(notification.kind),
        url=notification.url,
        facts=notification.facts,
        at=notification.created.isoformat(),
        read=notification.read_at is not None,
    )


def inbox_of(person_id: UUID) -> QuerySet[Notification]:
    """The newest first."""
    return Notification.objects.filter(person=person_id).order_by("-number")


def unread_count(person_id: UUID) -> int:
    return Notification.objects.filter(person=person_id, read_at=None).count()


def newest_number(person_id: UUID) -> int:
    newest = inbox_of(person_id).values_list("number", flat=True).first()
    return newest or 0


def picture(person_id: UUID) -> Mapping[str, Any]:
    latest = [msgspec.to_builtins(notice(one)) for one in inbox_of(person_id)[:LATEST]]
    return {"unread": unread_count(person_id), "latest": latest}


def notification_for(person: Person, notification_id: UUID) -> Notification:
    """The same error whether it is absent or somebody else's."""
    notification = Notification.objects.filter(person=person, pk=notification_id).first()
    if notification is None:
        raise NotFound()
    return notification
