"""What people do with events."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from collab.outbox import services as outbox
from collab.realtime import hub
from collab.realtime.errors import Forbidden, NotFound
from groups import selectors as groups
from groups.models import Group, Role
from notifications.protocol import Kind
from notifications.services import notify
from people.models import Commune, Person

from . import selectors, times
from .errors import EventIsOver, NoTitle, TooManyEvents
from .models import LONGEST_DESCRIPTION, LONGEST_PLACE, LONGEST_TITLE, Event, Participation
from .signals import event_changed, event_created, participation_changed

# Each event rings many bells: a group that announces without end would wear them out.
MOST_UPCOMING = 100
# In a big city an event would reach tens of thousands: a bell is for who lives round the corner.
MOST_NEIGHBOURS = 500
NEIGHBOURS_REST = timedelta(hours=20)  # one a day, at about the same hour


def create_event(
    *,
    group_id: UUID,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    commune: Commune,
    by: Person,
    place: str = "",
    description: str = "",
    write_id: UUID | None = None,
) -> Event:
    """An event of a group that `by` manages. The same `write_id` of the same person again is the same event."""
    times.check_length(starts_at, ends_at)
    with transaction.atomic():
        group = Group.objects.select_for_update().filter(pk=group_id).first()  # so that the count holds
        if group is None:
            raise NotFound()
        _need_manager(by, group)
        _refuse_too_many(group, but=write_id)
        event, new = Event.objects.get_or_create(
            pk=write_id or uuid4(),
            defaults={
                "group": group,
                "title": _title(title),
                "description": _text(description, LONGEST_DESCRIPTION),
                "starts_at": starts_at,
                "ends_at": ends_at,
                "place": _line(place, LONGEST_PLACE),
                "commune": commune,
                "latitude": commune.latitude,
                "longitude": commune.longitude,
                "created_by": by,
            },
        )
        if not new:
            if event.created_by_id != by.pk:
                raise NotFound()
            return event
        times.check_start(starts_at)
        event_created.send(Event, event=event, by=by)
        outbox.enqueue(kind="events.tell_neighbours", key=str(event.pk), arguments={"event_id": str(event.pk)})
        _tell_the_group(event, by)
    return event


@transaction.atomic
def update_event(
    *,
    event_id: UUID,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    commune: Commune,
    by: Person,
    place: str = "",
    description: str = "",
) -> Event:
    """Change an event that is not over. A start that has passed may stay, not move."""
    event = _locked(event_id)
    _need_manager(by, event.group)
    if event.is_over:
        raise EventIsOver()
    times.check_length(starts_at, ends_at)
    if starts_at != event.starts_at:
        times.check_start(starts_at)
    event.title = _title(title)
    event.description = _text(description, LONGEST_DESCRIPTION)
    event.starts_at, event.ends_at = starts_at, ends_at
    event.place = _line(place, LONGEST_PLACE)
    event.commune = commune
    event.latitude, event.longitude = commune.latitude, commune.longitude
    event.save()
    event_changed.send(Event, event=event, by=by)
    return event


@transaction.atomic
def come(*, event_id: UUID, by: Person) -> Participation:
    event = _locked(event_id)
    if event.is_over:
        raise EventIsOver()
    participation, new = Participation.objects.get_or_create(event=event, person=by)
    if new:
        participation_changed.send(Event, event=event, person=by, comes=True)
    return participation


@transaction.atomic
def uncome(*, event_id: UUID, by: Person) -> None:
    event = _locked(event_id)
    gone, _ = Participation.objects.filter(event=event, person=by).delete()
    if gone:
        participation_changed.send(Event, event=event, person=by, comes=False)
        hub.revoke(person_id=by.pk)  # who comes may be in the event's room


@transaction.atomic
def tell_neighbours(*, event_id: UUID | str) -> int:
    """Tell the nearest people who are not in the group; nobody twice, and nobody of two events in a day."""
    event = Event.objects.select_related("commune").filter(pk=event_id).first()
    if event is None or event.is_over:
        return 0
    return notify(
        kind=Kind.EVENT_NEAR,
        to=selectors.neighbours_of(event, MOST_NEIGHBOURS),
        key=f"event:{event.pk}",
        url=reverse("events:detail", args=[event.pk]),
        facts={"event": event.title, "commune": event.commune.name, "starts_at": event.starts_at.isoformat()},
        by=event.created_by_id,
        rest=NEIGHBOURS_REST,
    )


def _locked(event_id: UUID) -> Event:
    event = Event.objects.select_for_update(of=("self",)).select_related("group").filter(pk=event_id).first()
    if event is None:
        raise NotFound()
    return event


def _need_manager(by: Person, group: Group) -> None:
    role = groups.role_of(by, group)
    if role is None or role < Role.MANAGER:
        raise Forbidden()


def _refuse_too_many(group: Group, *, but: UUID | None) -> None:
    upcoming = Event.objects.filter(group=group, ends_at__gt=timezone.now())
    if but is not None:
        upcoming = upcoming.exclude(pk=but)
    if upcoming.count() >= MOST_UPCOMING:
        raise TooManyEvents(most=MOST_UPCOMING)


def _tell_the_group(event: Event, by: Person) -> None:
    notify(
        kind=Kind.EVENT_IN_GROUP,
        to=groups.people_in(event.group).values_list("pk", flat=True),
        key=f"event:{event.pk}",
        url=reverse("events:detail", args=[event.pk]),
        facts={"event": event.title, "group": event.group.name, "starts_at": event.starts_at.isoformat()},
        by=by.pk,
    )


def _title(title: str) -> str:
    title = _line(title, LONGEST_TITLE)
    if not title:
        raise NoTitle()
    return title


def _line(text: str, longest: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:longest]


def _text(text: str, longest: int) -> str:
    return text.replace("\x00", "").strip()[:longest]
