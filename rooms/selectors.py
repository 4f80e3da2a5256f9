"""Who may enter which room, and who leads it.

A member of the room's group may enter, and somebody who said that they come to its event. Following is not enough.
Managers and animators of the group host, and who made the room, while a member.
"""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collab.realtime.errors import NotFound
from events.models import Participation
from groups.models import Group, Membership, Role
from people.models import Person

from .models import Assembly, Ballot, Choice, Poll, Room


class RoomRight(IntEnum):
    """Ordered: a host may do what everybody in the room may do."""

    ENTER = 10
    HOST = 20


def right_in(person: Person, room: Room) -> RoomRight | None:
    """None for who may not enter."""
    if not person.is_active:
        return None
    if room.group_id is None:
        if room.created_by_id == person.pk:
            return RoomRight.HOST
    else:
        role = Membership.objects.filter(group=room.group_id, person=person).values_list("role", flat=True).first()
        if role is not None and role >= Role.MEMBER:
            leads = role >= Role.MANAGER or room.created_by_id == person.pk
            return RoomRight.HOST if leads else RoomRight.ENTER
    if room.event_id is not None and Participation.objects.filter(event=room.event_id, person=person).exists():
        return RoomRight.ENTER
    return None


def room_for(person: Person, room_id: UUID, at_least: RoomRight = RoomRight.ENTER) -> Room:
    """The same error whether it is absent or not theirs to act in."""
    room = Room.objects.select_related("group", "event", "notes_document").filter(pk=room_id).first()
    right = right_in(person, room) if room else None
    if room is None or right is None or right < at_least:
        raise NotFound()
    return room


def assembly_for(person: Person, assembly_id: UUID, at_least: RoomRight = RoomRight.ENTER) -> Assembly:
    assembly = Assembly.objects.select_related("room__group", "room__event").filter(pk=assembly_id).first()
    right = right_in(person, assembly.room) if assembly else None
    if assembly is None or right is None or right < at_least:
        raise NotFound()
    return assembly


def poll_for(person: Person, poll_id: UUID) -> Poll:
    """For who may enter the room, and for who was on the roll: a result stays readable to its electors."""
    poll = Poll.objects.select_related("assembly__room__group").filter(pk=poll_id).first()
    if poll is None:
        raise NotFound()
    was_on_the_roll = person.is_active and poll.electors.filter(person=person).exists()
    if not was_on_the_roll and right_in(person, poll.assembly.room) is None:
        raise NotFound()
    return poll


def hosts_of(room: Room) -> list[str]:
    """Ids, sorted, as they travel."""
    if room.group_id is None:
        return [str(room.created_by_id)] if room.created_by_id else []
    leads = Q(role__gte=Role.MANAGER) | Q(role__gte=Role.MEMBER, person=room.created_by_id)
    members = Membership.objects.filter(leads, group=room.group_id, person__is_active=True)
    return sorted(str(person_id) for person_id in members.values_list("person_id", flat=True))


def may_enter(room: Room) -> QuerySet[Person]:
    """Everybody who may enter the room."""
    allowed = Q(pk__in=members_of(room.group_id).values("pk")) if room.group_id else Q(pk=room.created_by_id)
    if room.event_id is not None:
        allowed |= Q(pk__in=Participation.objects.filter(event=room.event_id).values("person"))
    return Person.objects.filter(allowed, is_active=True)


def members_of(group_id: UUID) -> QuerySet[Person]:
    """Who is told of the group's assemblies and votes in them."""
    members = Membership.objects.filter(group=group_id, role__gte=Role.MEMBER)
    return Person.objects.filter(pk__in=members.values("person"), is_active=True)


def rooms_for(person: Person) -> QuerySet[Room]:
    """All rooms that the person may enter."""
    member = Membership.objects.filter(group=OuterRef("group"), person=person, role__gte=Role.MEMBER)
    comes = Participation.objects.filter(event=OuterRef("event"), person=person)
    return Room.objects.filter(Exists(member) | Exists(comes) | Q(group=None, created_by=person)).select_related(
        "group", "event", "assembly"
    )


def groups_led_by(person: Person) -> QuerySet[Group]:
    """Groups in which the person may make rooms."""
    return Group.objects.filter(memberships__person=person, memberships__role__gte=Role.MANAGER)


def ballots_of(person: Person, assembly: Assembly) -> dict[str, str]:
    """What the person chose in the assembly's votes, by poll id."""
    mine = Ballot.objects.filter(poll__assembly=assembly, elector__person=person)
    return {str(poll_id): choice for poll_id, choice in mine.values_list("poll_id", "choice")}


def ballot_of(person: Person, poll: Poll) -> str | None:
    return Ballot.objects.filter(poll=poll, elector__person=person).values_list("choice", flat=True).first()


def roll_of(poll: Poll) -> list[tuple[str, str | None]]:
    """Each elector's name and choice, as frozen, by name."""
    return list(poll.electors.order_by("name", "pk").values_list("name", "ballot__choice"))


def names_by_choice(poll: Poll) -> list[tuple[str, str, list[str]]]:
    """(choice, label, names), with an empty choice for those who did not vote."""
    labels = [*Choice.choices, ("", _("N’ont pas voté"))]
    names: dict[str, list[str]] = {choice: [] for choice, _label in labels}
    for name, choice in roll_of(poll):
        names[choice or ""].append(name)
    return [(choice, str(label), names[choice]) for choice, label in labels]


@dataclass(frozen=True, slots=True)
class Shelves:
    """The rooms a person may enter: in assembly now, to come or always there, and gone by."""

    live: list[Room]
    coming: list[Room]
    groups: list[Room]
    past: list[Room]


MOST_ON_A_SHELF = 30


def shelves_for(person: Person) -> Shelves:
    rooms = rooms_for(person)
    opened = rooms.filter(state=Room.State.OPEN)
    in_assembly = Q(assembly__state=Assembly.State.OPEN)
    ended = Q(event__ends_at__lt=timezone.now())
    return Shelves(
        live=list(opened.filter(in_assembly).order_by("-assembly__opened_at")[:MOST_ON_A_SHELF]),
        coming=list(
            opened.filter(event__isnull=False)
            .exclude(in_assembly | ended)
            .order_by("event__starts_at")[:MOST_ON_A_SHELF]
        ),
        groups=list(opened.filter(event=None).exclude(in_assembly).order_by("title", "pk")[:MOST_ON_A_SHELF]),
        past=list(
            rooms.filter(Q(state=Room.State.CLOSED) | ended)
            .exclude(in_assembly, state=Room.State.OPEN)
            .order_by("-event__starts_at", "-created")[:MOST_ON_A_SHELF]
        ),
    )
