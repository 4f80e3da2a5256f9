"""A group of each role, its event with a room, and one who only said that they come."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event, Participation
from groups.models import Group, Membership, Role
from people.models import Person
from rooms import services
from rooms.models import Room
from tests.factories import CommuneFactory, PersonFactory
from tests.realtime.servers import Server, Servers, servers

__all__ = ["servers"]


@pytest.fixture
def server(servers: Servers) -> Server:
    return servers.start()


@dataclass
class Circle:
    group: Group
    event: Event
    room: Room
    animator: Person
    manager: Person
    member: Person
    other_member: Person
    follower: Person
    participant: Person
    stranger: Person

    @property
    def hosts(self) -> list[Person]:
        return [self.animator, self.manager]

    @property
    def inside(self) -> list[Person]:
        return [self.animator, self.manager, self.member, self.other_member, self.participant]

    @property
    def outside(self) -> list[Person]:
        return [self.follower, self.stranger]


def join(group: Group, name: str, role: Role) -> Person:
    person: Person = PersonFactory(name=name)
    Membership.objects.create(group=group, person=person, role=role)
    return person


def make_circle() -> Circle:
    commune = CommuneFactory()
    place = {"commune": commune, "latitude": commune.latitude, "longitude": commune.longitude}
    group = Group.objects.create(name="Villeurbanne Gratte-Ciel", **place)
    animator = join(group, "Inès Belkacem", Role.ANIMATOR)
    start = timezone.now() + timedelta(days=1)
    event = Event.objects.create(
        group=group,
        title="Assemblée de quartier",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        created_by=animator,
        **place,
    )
    room = services.room_of_event(event=event, by=animator)
    participant = PersonFactory(name="Paul Martin")
    Participation.objects.create(event=event, person=participant)
    services.refresh_participation(room_id=room.pk, person=participant, comes=True)
    circle = Circle(
        group=group,
        event=event,
        room=room,
        animator=animator,
        manager=join(group, "Malik Robert", Role.MANAGER),
        member=join(group, "Chloé Durand", Role.MEMBER),
        other_member=join(group, "Jeanne Petit", Role.MEMBER),
        follower=join(group, "Fanny Roux", Role.FOLLOWER),
        participant=participant,
        stranger=PersonFactory(name="Quentin Blanc"),
    )
    services.refresh_rights(group=group, person=circle.manager)
    room.refresh_from_db()
    return circle


@pytest.fixture
def circle(db: None) -> Circle:
    return make_circle()


@pytest.fixture
def living_circle(transactional_db: None) -> Circle:
    """For tests with real processes or threads, which see only what is committed."""
    return make_circle()
