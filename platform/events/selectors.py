"""Which events there are, and who may do what with them."""

from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from collab.realtime.errors import NotFound
from groups import selectors as groups
from groups.models import Group, Role
from groups.selectors import Visitor
from people.models import Commune, Person
from people.places import near

from .models import Event, Participation

# Around where somebody lives: what they are told of, and what "near me" lists.
NEAR_KM = 30


def event_for(person: Visitor, event_id: UUID, at_least: Role | None = None) -> Event:
    """Events are public; `at_least` is a role in its group. The same error for absent and forbidden."""
    event = Event.objects.select_related("group", "commune").filter(pk=event_id).first()
    if event is None:
        raise NotFound()
    if at_least is not None:
        role = groups.role_of(person, event.group)
        if role is None or role < at_least:
            raise NotFound()
    return event


def comes(person: Visitor, event: Event) -> bool:
    return isinstance(person, Person) and Participation.objects.filter(event=event, person=person).exists()


def who_comes(event: Event) -> QuerySet[Person]:
    """By name."""
    coming = Person.objects.filter(participations__event=event, is_active=True)
    return coming.order_by("name", "pk")


def upcoming(person: Visitor) -> QuerySet[Event]:
    """What is not over, the next first, with `coming_count` and whether this person comes: `i_come`."""
    active = Q(participations__person__is_active=True)
    events = Event.objects.filter(ends_at__gt=timezone.now()).select_related("group", "commune")
    mine = Participation.objects.filter(event=OuterRef("pk"), person=getattr(person, "pk", None))
    return events.annotate(coming_count=Count("participations", filter=active), i_come=Exists(mine)).order_by(
        "starts_at", "pk"
    )


def upcoming_for(person: Person) -> QuerySet[Event]:
    """What this person said to come to."""
    return upcoming(person).filter(Exists(Participation.objects.filter(event=OuterRef("pk"), person=person)))


def upcoming_of(group: Group, person: Visitor) -> QuerySet[Event]:
    return upcoming(person).filter(group=group)


def events_near(events: QuerySet[Event], place: Commune, kilometres: float) -> QuerySet[Event]:
    """Each with its `distance`, in the order of time."""
    return near(events, place.latitude, place.longitude, kilometres).order_by("starts_at", "pk")


def neighbours_of(event: Event, most: int) -> list[UUID]:
    """The nearest people who live within NEAR_KM of the event and are not in its group at all."""
    communes = near(Commune.objects.all(), event.latitude, event.longitude, NEAR_KM)
    inside = Person.objects.filter(memberships__group=event.group_id).values("pk")
    distance = {code: place for place, code in enumerate(communes.values_list("pk", flat=True))}
    people = Person.objects.filter(commune__in=list(distance), is_active=True).exclude(pk__in=inside)
    rows = sorted(people.values_list("commune_id", "pk"), key=lambda row: (distance[str(row[0])], row[1]))
    return [person_id for _, person_id in rows[:most]]
