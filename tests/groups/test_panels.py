"""What apps above show on a group's page, and to whom."""

import pytest
from django.test import Client
from django.urls import reverse

from documents import services as documents
from groups.models import Group, Role
from people.models import Person
from rooms import services as rooms
from tests.factories import GroupFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Group:
    group = GroupFactory()
    animator = MembershipFactory(group=group, role=Role.ANIMATOR).person
    documents.create_document(title="Compte-rendu de juin", by=animator, group=group)
    rooms.create_room(title="La permanence", group=group, by=animator)
    other = GroupFactory()
    elsewhere = MembershipFactory(group=other, role=Role.ANIMATOR).person
    documents.create_document(title="Secret d’ailleurs", by=elsewhere, group=other)
    rooms.create_room(title="Salle d’ailleurs", group=other, by=elsewhere)
    return group


def page_for(person: Person | None, group: Group) -> str:
    client = Client(headers={"accept-language": "fr"})
    if person is not None:
        client.force_login(person)
    return client.get(reverse("groups:detail", args=[group.pk])).content.decode()


@pytest.mark.parametrize("role", ["visitor", None, *Role])
def test_documents_are_for_the_group_and_rooms_for_its_members(group: Group, role: Role | str | None) -> None:
    person = None
    if role != "visitor":
        person = MembershipFactory(group=group, role=role).person if role else PersonFactory()
    page = page_for(person, group)
    rank = role if isinstance(role, Role) else 0
    assert ("Compte-rendu de juin" in page) == (rank >= Role.FOLLOWER)
    room = group.rooms.get()  # its notes are a document of the same name, which followers may read
    assert (f'href="{reverse("rooms:detail", args=[room.pk])}"' in page) == (rank >= Role.MEMBER)
    assert (f'href="{reverse("documents:create")}?groupe={group.pk}"' in page) == (rank >= Role.MEMBER)
    assert (f'href="{reverse("rooms:create")}?groupe={group.pk}"' in page) == (rank >= Role.MANAGER)
    assert "ailleurs" not in page


def test_a_group_without_any_says_so_to_who_can_change_it() -> None:
    group = GroupFactory()
    member, manager = (MembershipFactory(group=group, role=role).person for role in (Role.MEMBER, Role.MANAGER))
    assert 'id="group-rooms"' not in page_for(member, group)
    assert 'id="group-rooms"' in page_for(manager, group)
    assert 'id="group-documents"' in page_for(member, group)
