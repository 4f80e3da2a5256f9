"""What the home page shows: to visitors the movement, to people their own part of it. Each list is bounded."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone

from documents.models import Document
from documents.selectors import documents_for
from events.models import Event
from groups.models import Group, Membership, Role
from people.models import Commune, Person
from people.places import near
from rooms.models import Room

NEAR_KM = 40
LISTED = 5
ON_MAP = 400
DOORS_OPEN = timedelta(minutes=30)  # before the event starts

SOONEST = ("starts_at", "pk")  # said each time: Django drops a model's own order once rows are counted
SIZE = Count("memberships", filter=Q(memberships__role__gte=Role.MEMBER), distinct=True)

Placed = TypeVar("Placed", Event, Group)


@dataclass(frozen=True, slots=True)
class Welcome:
    """For visitors, around a commune if they named one."""

    commune: Commune | None
    events: list[Event]
    groups: list[Group]
    points: list[dict[str, Any]]
    group_count: int
    event_count: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    events: list[Event]
    memberships: list[Membership]
    rooms: list[Room]
    documents: list[Document]
    near_events: list[Event]
    near_groups: list[Group]
    points: list[dict[str, Any]]

    @property
    def is_new_here(self) -> bool:
        return not (self.events or self.memberships or self.documents)


def welcome(commune: Commune | None) -> Welcome:
    groups = Group.objects.select_related("commune")
    near_events, near_groups = _around(_coming(), commune).order_by(*SOONEST), _around(groups, commune)
    return Welcome(
        commune=commune,
        events=list(_with_attendance(near_events)[:LISTED]),
        groups=list((_with_size(near_groups) if commune else _largest_first(groups))[:LISTED]),
        points=_points(near_events, near_groups),
        group_count=Group.objects.count(),
        event_count=_coming().count(),
    )


def dashboard(person: Person) -> Dashboard:
    theirs = Q(participations__person=person) | Q(group__memberships__person=person)
    mine = _coming().filter(pk__in=Event.objects.filter(theirs).values("pk")).order_by(*SOONEST)
    memberships = (
        Membership.objects.filter(person=person).select_related("group__commune").order_by("-role", "group__name")
    )
    near_events = near_groups = None
    if person.commune is not None:
        not_mine = _coming().exclude(pk__in=Event.objects.filter(theirs).values("pk"))
        near_events = _around(not_mine, person.commune).order_by(*SOONEST)
        near_groups = _around(
            Group.objects.select_related("commune").exclude(memberships__person=person), person.commune
        )
    return Dashboard(
        events=list(_with_attendance(mine)[:LISTED]),
        memberships=list(memberships[: 2 * LISTED]),
        rooms=list(_rooms_open_to(person)[:LISTED]),
        documents=list(documents_for(person)[:LISTED]),
        near_events=list(_with_attendance(near_events)[:LISTED]) if near_events is not None else [],
        near_groups=list(_with_size(near_groups)[:LISTED]) if near_groups is not None else [],
        points=_points(near_events, near_groups) if near_events is not None and near_groups is not None else [],
    )


def _coming() -> QuerySet[Event]:
    """What is on, or to come."""
    return Event.objects.filter(ends_at__gt=timezone.now()).select_related("group", "commune")


def _around(rows: QuerySet[Placed], commune: Commune | None) -> QuerySet[Placed]:
    return near(rows, commune.latitude, commune.longitude, NEAR_KM) if commune else rows


def _with_attendance(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.annotate(attendance=Count("participations", distinct=True))


def _with_size(groups: QuerySet[Group]) -> QuerySet[Group]:
    return groups.annotate(size=SIZE)


def _largest_first(groups: QuerySet[Group]) -> QuerySet[Group]:
    return groups.annotate(size=SIZE).order_by("-size", "name", "pk")


def _rooms_open_to(person: Person) -> QuerySet[Room]:
    """Rooms of the person's groups and events where something is on now."""
    now = timezone.now()
    on_now = Q(event=None) | Q(event__starts_at__lte=now + DOORS_OPEN, event__ends_at__gte=now)
    theirs = (
        Q(group__memberships__person=person)
        | Q(event__group__memberships__person=person)
        | Q(event__participations__person=person)
    )
    mine = Room.objects.filter(theirs).values("pk")
    return (
        Room.objects.filter(on_now, pk__in=mine, state=Room.State.OPEN)
        .select_related("event", "group")
        .order_by("-created")
    )


def _points(events: QuerySet[Event], groups: QuerySet[Group]) -> list[dict[str, Any]]:
    """For <collab-map>."""
    return [
        _point(event, "event", reverse("events:detail", args=[event.pk]), _when(event)) for event in events[:ON_MAP]
    ] + [
        _point(group, "group", reverse("groups:detail", args=[group.pk]), str(group.commune))
        for group in groups[:ON_MAP]
    ]


def _when(event: Event) -> str:
    return formats.date_format(timezone.localtime(event.starts_at), "SHORT_DATETIME_FORMAT")


def _point(placed: Event | Group, kind: str, url: str, text: str) -> dict[str, Any]:
    return {
        "latitude": placed.latitude,
        "longitude": placed.longitude,
        "title": str(placed),
        "url": url,
        "kind": kind,
        "text": text,
    }
