"""The home page: the movement to visitors, to people their own part of it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from documents.models import Document
from events.models import Event, Participation
from groups.models import Group, Membership, Role
from people.models import Commune, Person
from people.places import searchable
from rooms.models import Room
from tests.factories import CommuneFactory, PersonFactory

pytestmark = pytest.mark.django_db

MOST_QUERIES_OF_A_VISITOR = 8
MOST_QUERIES_OF_A_PERSON = 14


def commune(code: str, name: str, latitude: float, longitude: float) -> Commune:
    made: Commune = CommuneFactory.create(
        code=code, name=name, search_name=searchable(name), department=code[:2], latitude=latitude, longitude=longitude
    )
    return made


@pytest.fixture
def lyon() -> Commune:
    return commune("69123", "Lyon", 45.767, 4.834)


@pytest.fixture
def lille() -> Commune:
    return commune("59350", "Lille", 50.632, 3.057)


def group_in(place: Commune, name: str) -> Group:
    return Group.objects.create(name=name, commune=place, latitude=place.latitude, longitude=place.longitude)


def event_of(group: Group, title: str, *, days: float = 1, hours: float = 2) -> Event:
    starts_at = timezone.now() + timedelta(days=days)
    return Event.objects.create(
        group=group, title=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours),
        commune=group.commune, latitude=group.latitude, longitude=group.longitude,
    )  # fmt: skip


def page_of(client: Client, person: Person | None = None, path: str = "/") -> str:
    if person is not None:
        client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def points(page: str) -> list[dict[str, Any]]:
    found = re.search(r'<script id="points" type="application/json">(.*?)</script>', page)
    assert found
    read: list[dict[str, Any]] = json.loads(found[1])
    return read


def test_a_visitor_sees_the_movement_and_can_join(client: Client, lyon: Commune) -> None:
    group = group_in(lyon, "Lyon Guillotière")
    event = event_of(group, "Réunion de rentrée")
    event_of(group, "Le mois dernier", days=-30)
    page = page_of(client)
    assert "Lyon Guillotière" in page
    assert "Réunion de rentrée" in page
    assert "Le mois dernier" not in page
    assert 'action="/compte/inscription/"' in page
    assert {point["url"] for point in points(page)} == {f"/groupes/{group.pk}/", f"/evenements/{event.pk}/"}


def test_what_is_on_now_still_counts(client: Client, lyon: Commune) -> None:
    event_of(group_in(lyon, "Lyon"), "Déjà commencé", days=-0.02)
    assert "Déjà commencé" in page_of(client)


def test_the_next_event_is_first(client: Client, lyon: Commune) -> None:
    group = group_in(lyon, "Lyon")
    for title, days in (("Plus tard", 9), ("Bientôt", 1), ("Ensuite", 4)):
        event_of(group, title, days=days)
    page = page_of(client)
    titles = re.findall(r'href="/evenements/[0-9a-f-]+/">([^<]+)</a>', page)
    assert titles == ["Bientôt", "Ensuite", "Plus tard"]


def test_a_visitor_looks_around_a_commune(client: Client, lyon: Commune, lille: Commune) -> None:
    group_in(lyon, "Lyon Guillotière")
    group_in(lille, "Lille Wazemmes")
    page = page_of(client, path="/?place=Lyon")
    assert "Lyon Guillotière" in page
    assert "Lille Wazemmes" not in page
    assert len(points(page)) == 1


def test_an_unknown_commune_is_said_and_the_page_stays(client: Client, lyon: Commune) -> None:
    group_in(lyon, "Lyon Guillotière")
    page = page_of(client, path="/?place=Trifouillis")
    assert "errorlist" in page
    assert "Lyon Guillotière" in page


def test_a_person_sees_her_own_part(client: Client, lyon: Commune, lille: Commune) -> None:
    ines = PersonFactory.create(name="Inès", commune=lyon)
    mine, far, near = group_in(lyon, "Le mien"), group_in(lille, "Lointain"), group_in(lyon, "Voisin")
    Membership.objects.create(group=mine, person=ines, role=Role.MANAGER)
    event_of(mine, "Chez nous")
    there = event_of(far, "J’y vais")
    Participation.objects.create(event=there, person=ines)
    event_of(near, "À côté")
    event_of(far, "Pas pour moi")
    document = Document.objects.create(title="Compte rendu", owner=ines)
    Document.objects.create(title="Secret d’autrui", owner=PersonFactory.create())
    Room.objects.create(title="Salle du mien", group=mine, notes_document=document)
    Room.objects.create(title="Salle fermée", group=mine, notes_document=document, state=Room.State.CLOSED)
    Room.objects.create(title="Salle d’ailleurs", group=far, notes_document=document)
    page = page_of(client, ines)
    for shown in ("Bonjour Inès", "Le mien", "gestionnaire", "Chez nous", "J’y vais", "À côté", "Voisin"):
        assert shown in page
    assert "Compte rendu" in page
    assert "Salle du mien" in page
    for hidden in ("Pas pour moi", "Secret d’autrui", "Salle fermée", "Salle d’ailleurs", "Lointain</a>"):
        assert hidden not in page
    assert {point["title"] for point in points(page)} == {"À côté", "Voisin"}


def test_a_room_of_an_event_opens_half_an_hour_before(client: Client, lyon: Commune) -> None:
    ines = PersonFactory.create(commune=lyon)
    group = group_in(lyon, "Lyon")
    Membership.objects.create(group=group, person=ines)
    document = Document.objects.create(title="Notes", owner=None)
    soon, later = event_of(group, "Bientôt", days=0.01), event_of(group, "Demain", days=1)
    Room.objects.create(title="Salle de bientôt", event=soon, notes_document=document)
    Room.objects.create(title="Salle de demain", event=later, notes_document=document)
    page = page_of(client, ines)
    assert "Salle de bientôt" in page
    assert "Salle de demain" not in page


def test_somebody_new_is_told_where_to_begin(client: Client) -> None:
    page = page_of(client, PersonFactory.create(commune=None))
    assert "Pour commencer" in page
    assert "Choisir ma commune" in page


def test_the_home_page_asks_the_same_number_of_questions_whatever_there_is(
    client: Client, lyon: Commune, django_assert_max_num_queries: Any
) -> None:
    ines = PersonFactory.create(commune=lyon)
    document = Document.objects.create(title="Notes", owner=ines)
    for number in range(25):
        group = group_in(lyon, f"Groupe {number}")
        event = event_of(group, f"Événement {number}", days=number / 10)
        if number % 2:
            Membership.objects.create(group=group, person=ines)
            Participation.objects.create(event=event, person=ines)
            Document.objects.create(title=f"Texte {number}", owner=ines, group=group)
            Room.objects.create(title=f"Salle {number}", group=group, notes_document=document)
    with django_assert_max_num_queries(MOST_QUERIES_OF_A_VISITOR):
        client.get("/")
    client.force_login(ines)
    with django_assert_max_num_queries(MOST_QUERIES_OF_A_PERSON):
        client.get("/")
