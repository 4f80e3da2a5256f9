"""What is in an inbox."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet

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


def picture(person_id: UUID) -> Mapping[str, Any]:
    latest = [msgspec.to_builtins(notice(one)) for one in inbox_of(person_id)[:LATEST]]
    return {"unread": unread_count(person_id), "latest": latest}
