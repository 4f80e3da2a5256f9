"""Pages of rooms and votes: who sees them, what they say before a script, what they refuse."""

import csv
import io
import json
import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from documents.models import Update
from groups.models import Group, Membership, Role
from people.models import Person
from rooms import services
from rooms.forms import read_item
from rooms.models import Assembly, Ballot, ChatMessage, Poll, Room
from tests.factories import PersonFactory
from tests.rooms.conftest import Circle, join

Visit = Callable[[Person | None], Client]

WRITE = "6f1f3c1e-58a5-4c3e-9d3b-0b9a3e7f3c11"


@pytest.fixture
def visit(client: Client) -> Visit:
    def visit(person: Person | None) -> Client:
        client.logout()
        if person is not None:
            client.force_login(person)
        return client

    return visit


@pytest.fixture
def poll(circle: Circle) -> Poll:
    assembly = services.prepare_assembly(room_id=circle.room.pk, by=circle.animator, title="Assemblée de rentrée")
    services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    poll = services.create_poll(assembly_id=assembly.pk, by=circle.animator, question="Adoptons-nous la motion ?")
    return services.open_poll(poll_id=poll.pk, by=circle.animator)


def roles(circle: Circle) -> dict[str, Person | None]:
    revoked = join(circle.group, "Rémi Faure", Role.MEMBER)
    Membership.objects.filter(person=revoked).delete()
    return {
        "host": circle.animator,
        "manager": circle.manager,
        "member": circle.member,
        "participant": circle.participant,
        "follower": circle.follower,
        "revoked": revoked,
        "stranger": circle.stranger,
        "anonymous": None,
    }


def test_each_page_is_for_its_roles(circle: Circle, poll: Poll, visit: Visit) -> None:
    other = services.create_room(title="Coordination", group=circle.group, by=circle.animator)
    inside = {"host", "manager", "member", "participant"}
    hosts = {"host", "manager"}
    everybody = set(roles(circle)) - {"anonymous"}
    pages = {
        "/salles/": (everybody, 200),
        "/salles/nouvelle/": (hosts, 200),
        f"{circle.room.path}": (inside, 200),
        f"{circle.room.path}messages/?before=5": (inside, 200),
        f"{circle.room.path}assemblee/": (hosts, 302),
        f"/salles/{other.pk}/": (inside - {"participant"}, 200),
        f"/salles/{other.pk}/assemblee/": (hosts, 200),
        f"/salles/votes/{poll.pk}/": (inside, 200),
        f"/salles/votes/{poll.pk}/bulletin/": (inside, 200),
        f"/salles/evenement/{circle.event.pk}/": (everybody, 302),
    }
    for address, (allowed, status) in pages.items():
        for role, person in roles(circle).items():
            answer = visit(person).get(address)
            if person is None:
                assert answer.status_code == 302 and "/compte/" in answer.headers["Location"], (address, role)
            else:
                assert answer.status_code == (status if role in allowed else 404), (address, role)


def test_the_list_of_a_vote_is_for_hosts_once_it_is_closed(circle: Circle, poll: Poll, visit: Visit) -> None:
    address = f"/salles/votes/{poll.pk}/liste.csv"
    assert visit(circle.animator).get(address).status_code == 404
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    for role, person in roles(circle).items():
        answer = visit(person).get(address)
        expected = 302 if person is None else 200 if role in {"host", "manager"} else 404
        assert answer.status_code == expected, role


def test_a_refused_page_says_the_same_as_an_absent_one(circle: Circle, visit: Visit) -> None:
    headers = {"Accept": "application/json"}
    refused = visit(circle.stranger).get(circle.room.path, headers=headers)
    absent = visit(circle.stranger).get(f"/salles/{uuid.uuid4()}/", headers=headers)
    assert (refused.status_code, refused.json()) == (absent.status_code, absent.json())


def test_a_stranger_is_shown_how_to_get_into_an_events_room(circle: Circle, visit: Visit) -> None:
    answer = visit(circle.stranger).get(f"/salles/evenement/{circle.event.pk}/")
    assert answer.headers["Location"] == f"/evenements/{circle.event.pk}/"


def test_a_room_says_what_is_in_it_before_any_script(circle: Circle, poll: Poll, visit: Visit) -> None:
    services.post_message(
        room_id=circle.room.pk, by=circle.member, message_id=uuid.uuid4(), text="<script>alert(1)</script>"
    )
    services.add_item(assembly_id=poll.assembly_id, by=circle.animator, title="Bilan de la caravane")
    services.raise_hand(room_id=circle.room.pk, by=circle.other_member)
    services.give_floor(room_id=circle.room.pk, by=circle.animator, person_id=circle.participant.pk)
    page = visit(circle.member).get(circle.room.path).content.decode()
    for text in ("Assemblée de quartier", "&lt;script&gt;", "Bilan de la caravane", "Jeanne Petit", poll.question):
        assert text in page
    assert "Paul Martin a la parole." in page
    assert "<script>alert" not in page


def test_the_notes_are_on_the_page(circle: Circle, visit: Visit) -> None:
    from documents import content

    Update.objects.create(document=circle.room.notes_document, seq=1, data=content.from_text("Décidé : on y va."))
    circle.room.notes_document.last_seq = 1
    circle.room.notes_document.save()
    page = visit(circle.member).get(circle.room.path).content.decode()
    assert "Décidé : on y va." in page
    assert f'data-notes="{circle.room.notes_document_id}" data-right="editor"' in page


def test_a_room_with_a_long_chat_takes_few_queries_and_bytes(
    circle: Circle, poll: Poll, visit: Visit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    authors = [circle.member, circle.animator, *PersonFactory.create_batch(8)]
    ChatMessage.objects.bulk_create(
        ChatMessage(room=circle.room, number=number, author=authors[number % 10], text=f"message {number}")
        for number in range(1, 501)
    )
    client = visit(circle.member)
    with django_assert_max_num_queries(40):
        page = client.get(circle.room.path)
    assert page.content.count(b'<article class="chat-block">') == 100
    assert len(page.content) < 150_000
    with django_assert_max_num_queries(10):
        answer = client.get(f"{circle.room.path}messages/?before=401").json()
    assert [line["number"] for line in answer["lines"]] == list(range(301, 401)) and answer["earlier"]


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "1e3", "99999999999999999999", "1.5", "%00"])
def test_a_wrong_place_in_the_chat_is_said(circle: Circle, visit: Visit, before: str) -> None:
    answer = visit(circle.member).get(
        f"{circle.room.path}messages/?before={before}", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422 and answer.json()["code"] == "bad_word"


# --- making ---


def test_a_host_makes_a_room(circle: Circle, visit: Visit) -> None:
    room_id = uuid.uuid4()
    sent = {"title": "Coordination", "group": circle.group.pk, "room": room_id}
    for _ in range(2):
        answer = visit(circle.manager).post("/salles/nouvelle/", sent)
        assert answer.headers["Location"] == f"/salles/{room_id}/"
    assert Room.objects.get(pk=room_id).created_by == circle.manager


def test_a_room_needs_a_name_and_a_group_one_leads(circle: Circle, visit: Visit) -> None:
    foreign = Group.objects.create(name="Ailleurs", commune=circle.group.commune, latitude=0, longitude=0)
    for sent in (
        {"title": "", "group": circle.group.pk, "room": uuid.uuid4()},
        {"title": "x" * 121, "group": circle.group.pk, "room": uuid.uuid4()},
        {"title": "Salle", "group": foreign.pk, "room": uuid.uuid4()},
        {"title": "Salle", "group": "nonsense", "room": uuid.uuid4()},
        {"title": "Salle", "group": circle.group.pk, "room": "nonsense"},
        {},
    ):
        answer = visit(circle.animator).post("/salles/nouvelle/", sent)
        assert answer.status_code == 422
    assert Room.objects.count() == 1


def test_only_who_leads_makes_rooms_and_assemblies(circle: Circle, visit: Visit) -> None:
    for role, person in roles(circle).items():
        if role in {"host", "manager"}:
            continue
        expected = 302 if person is None else 404
        sent = {"title": "Salle", "group": circle.group.pk, "room": uuid.uuid4()}
        assert visit(person).post("/salles/nouvelle/", sent).status_code == expected
        sent = {"title": "Assemblée", "agenda": "", "assembly": uuid.uuid4()}
        assert visit(person).post(f"{circle.room.path}assemblee/", sent).status_code == expected
    assert Room.objects.count() == 1 and not Assembly.objects.exists()


def test_a_host_prepares_an_assembly_from_lines(circle: Circle, visit: Visit) -> None:
    agenda = "Accueil (10 min)\n\n  - Bilan de la caravane – 20 min\nMotion"
    sent = {"title": "Assemblée de rentrée", "agenda": agenda, "assembly": uuid.uuid4()}
    answer = visit(circle.animator).post(f"{circle.room.path}assemblee/", sent)
    assert answer.headers["Location"] == f"{circle.room.path}#assemblee"
    items = Assembly.objects.get().items.values_list("title", "minutes")
    assert list(items) == [("Accueil", 10), ("Bilan de la caravane", 20), ("Motion", 0)]


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("Accueil (5)", ("Accueil", 5)),
        ("Accueil (5 minutes)", ("Accueil", 5)),
        ("Accueil : 5 min", ("Accueil", 5)),
        ("Les élections de 2027", ("Les élections de 2027", 0)),
        ("Loi (49.3)", ("Loi (49.3)", 0)),
        ("(12)", ("(12)", 0)),
        ("Long (999)", ("Long", 480)),
        ("x" * 200, ("x" * 120, 0)),
    ],
)
def test_a_line_is_a_point_with_its_minutes(line: str, item: tuple[str, int]) -> None:
    assert read_item(line) == item


# --- voting over HTTP ---


def cast(client: Client, poll: Poll, choice: str, write: object) -> tuple[int, dict[str, str]]:
    answer = client.post(
        f"/salles/votes/{poll.pk}/bulletin/", {"choice": choice, "write": write}, headers={"Accept": "application/json"}
    )
    return answer.status_code, answer.json()


def test_a_vote_is_cast_changed_and_repeated(circle: Circle, poll: Poll, visit: Visit) -> None:
    client = visit(circle.member)
    first = uuid.uuid4()
    assert cast(client, poll, "yes", first)[1]["choice"] == "yes"
    assert cast(client, poll, "no", uuid.uuid4())[1]["choice"] == "no"
    assert cast(client, poll, "yes", first)[1]["choice"] == "no"
    assert Ballot.objects.get().choice == "no"
    own = client.get(f"/salles/votes/{poll.pk}/bulletin/").json()
    assert own == {"choice": "no", "on_the_roll": True}


def test_each_role_that_votes_gets_its_answer(circle: Circle, poll: Poll, visit: Visit) -> None:
    expected = {
        "host": 200,
        "manager": 200,
        "member": 200,
        "participant": 403,
        "follower": 404,
        "revoked": 404,
        "stranger": 404,
    }
    for role, person in roles(circle).items():
        if person is not None:
            assert cast(visit(person), poll, "yes", uuid.uuid4())[0] == expected[role], role
    answer = visit(None).post(f"/salles/votes/{poll.pk}/bulletin/", {"choice": "yes", "write": uuid.uuid4()})
    assert answer.status_code == 302
    assert Ballot.objects.count() == 3


def test_who_was_on_the_roll_votes_and_reads_the_result_after_leaving(circle: Circle, poll: Poll, visit: Visit) -> None:
    Membership.objects.filter(person=circle.member).delete()
    assert cast(visit(circle.member), poll, "abstain", uuid.uuid4())[0] == 200
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    assert visit(circle.member).get(f"/salles/votes/{poll.pk}/").status_code == 200
    assert visit(circle.member).get(circle.room.path).status_code == 404


@pytest.mark.parametrize(
    ("choice", "write", "status"),
    [("maybe", WRITE, 422), ("", WRITE, 422), ("yes", "seven", 422), ("yes", "", 422)],
)
def test_a_malformed_ballot_is_refused(
    circle: Circle, poll: Poll, visit: Visit, choice: str, write: str, status: int
) -> None:
    assert cast(visit(circle.member), poll, choice, write)[0] == status
    assert not Ballot.objects.exists()


def test_a_late_vote_is_told_that_it_is_late(circle: Circle, poll: Poll, visit: Visit) -> None:
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    status, facts = cast(visit(circle.member), poll, "yes", uuid.uuid4())
    assert (status, facts["code"]) == (410, "vote_is_closed")


def test_a_vote_needs_the_sites_own_form(circle: Circle, poll: Poll) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(circle.member)
    answer = client.post(f"/salles/votes/{poll.pk}/bulletin/", {"choice": "yes", "write": uuid.uuid4()})
    assert answer.status_code == 403 and not Ballot.objects.exists()


def test_one_votes_without_a_script(circle: Circle, poll: Poll, visit: Visit) -> None:
    client = visit(circle.member)
    page = client.get(f"/salles/votes/{poll.pk}/").content.decode()
    write = re.search(r'name="write" value="([^"]+)"', page)
    assert write and 'name="choice" value="abstain"' in page
    sent = {"choice": "abstain", "write": write[1]}
    answer = client.post(f"/salles/votes/{poll.pk}/bulletin/", sent)
    assert answer.headers["Location"] == f"/salles/votes/{poll.pk}/"
    page = client.get(f"/salles/votes/{poll.pk}/").content.decode()
    assert "Votre vote est compté." in page
    assert Ballot.objects.get().choice == "abstain"


def test_who_voted_what_shows_only_after_closing(circle: Circle, poll: Poll, visit: Visit) -> None:
    cast(visit(circle.other_member), poll, "no", uuid.uuid4())
    address = f"/salles/votes/{poll.pk}/"
    assert "Jeanne Petit" not in visit(circle.member).get(address).content.decode()
    assert "Jeanne Petit" not in json.dumps(visit(circle.member).get(f"{address}bulletin/").json())
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    page = visit(circle.member).get(address).content.decode()
    against = page[page.index('<div class="no">') : page.index('<div class="abstain">')]
    assert "Jeanne Petit" in against
    absent = page[page.index('<div class="">') :]
    assert all(name in absent for name in ("Inès Belkacem", "Malik Robert", "Chloé Durand"))


def test_the_list_as_a_spreadsheet_holds_no_formula(circle: Circle, poll: Poll, visit: Visit) -> None:
    poll.electors.filter(person=circle.other_member).update(name="=HYPERLINK(1)")
    cast(visit(circle.other_member), poll, "no", uuid.uuid4())
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    answer = visit(circle.animator).get(f"/salles/votes/{poll.pk}/liste.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["'=HYPERLINK(1)", "Contre"] in rows and ["Chloé Durand", "n’a pas voté"] in rows
    assert rows[0] == ["Nom", "Vote"] and len(rows) == 5


def test_the_vote_page_takes_as_many_queries_for_two_hundred_electors(
    circle: Circle, poll: Poll, visit: Visit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    from rooms.models import Elector

    Elector.objects.bulk_create(Elector(poll=poll, name=f"Personne {number}") for number in range(200))
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    client = visit(circle.member)
    with django_assert_max_num_queries(16):
        page = client.get(f"/salles/votes/{poll.pk}/")
    assert "Personne 199" in page.content.decode()


def test_the_list_of_rooms_takes_as_many_queries_for_many(
    circle: Circle, visit: Visit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        services.create_room(title=f"Salle {number}", group=circle.group, by=circle.animator)
    client = visit(circle.animator)
    with django_assert_max_num_queries(12):
        page = client.get("/salles/").content.decode()
    assert "Salle 19" in page and "Assemblée de quartier" in page
    assert "Salle 19" not in visit(circle.stranger).get("/salles/").content.decode()


def test_pages_speak_english_too(circle: Circle, poll: Poll, visit: Visit) -> None:
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    circle.animator.language = "en"
    circle.animator.save()
    client = visit(circle.animator)
    for address, words in [
        ("/salles/", "Rooms"),
        (circle.room.path, "Around the call"),
        (f"/salles/votes/{poll.pk}/", "Who voted what"),
        ("/salles/nouvelle/", "Create the room"),
    ]:
        assert words in client.get(address).content.decode()


def test_a_line_of_spaces_costs_nothing() -> None:
    """The pattern takes the square of the spaces it is given."""
    assert read_item("a" + " " * 1_000_000 + "b (5)") == ("a b", 5)
