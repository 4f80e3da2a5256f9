"""Pages of documents: who finds which, who may open which, and what a page says before its script arrives."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from documents import services
from documents.models import Document, Grant, Right
from documents.starters import STARTERS
from groups.models import Group, Role
from people.models import Person
from tests.factories import GroupFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return client_of


@pytest.fixture
def group() -> Group:
    return GroupFactory()


@pytest.fixture
def owner(group: Group) -> Person:
    return MembershipFactory(group=group, role=Role.MEMBER).person


@pytest.fixture
def document(owner: Person, group: Group) -> Document:
    return services.create_document(title="Tract du marché", by=owner, group=group, text="# Le marché\nRendez-vous <b>")


def titles(client: Client, **query: str) -> list[str]:
    page = client.get(reverse("documents:list"), query).context["page"]
    return [document.title for document in page]


# --- the list ---


def test_a_visitor_is_asked_to_sign_in(document: Document) -> None:
    for name, arguments in [("list", []), ("create", []), ("detail", [document.pk])]:
        answer = Client().get(reverse(f"documents:{name}", args=arguments))
        assert answer.status_code == 302
        assert reverse("account_login") in answer.headers["Location"]


def test_each_shelf_holds_its_own_the_latest_first(signed_in: SignedIn, owner: Person, document: Document) -> None:
    services.create_document(title="À moi", by=owner)
    shared = services.create_document(title="De Rosa", by=PersonFactory())
    Grant.objects.create(document=shared, person=owner, right=Right.READER)
    services.create_document(title="À d’autres", by=PersonFactory())
    client = signed_in(owner)
    assert titles(client) == ["De Rosa", "À moi", "Tract du marché"]
    assert titles(client, rayon="miens") == ["À moi", "Tract du marché"]
    assert titles(client, rayon="groupes") == ["Tract du marché"]
    assert titles(client, rayon="partages") == ["De Rosa"]
    assert titles(client, rayon="nulle-part") == ["De Rosa", "À moi", "Tract du marché"]


def test_a_title_is_found_by_a_part_of_it(signed_in: SignedIn, owner: Person, document: Document) -> None:
    client = signed_in(owner)
    assert titles(client, q="marché") == ["Tract du marché"]
    assert titles(client, q="  du   MARCH ") == ["Tract du marché"]
    assert titles(client, q="\x00assemblée") == []
    assert titles(client, q="%") == []


def test_a_stranger_finds_nothing(signed_in: SignedIn, document: Document) -> None:
    assert titles(signed_in(PersonFactory())) == []


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    signed_in: SignedIn, owner: Person, group: Group, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(owner)
    for number in range(30):
        services.create_document(title=f"Document {number}", by=owner, group=group if number % 2 else None)
    with django_assert_num_queries(4):  # session, person, count, page
        page = client.get(reverse("documents:list"))
    assert len(page.context["page"]) == 24


# --- making one ---


def form(**changed: str) -> dict[str, str]:
    return {"title": "Réunion", "group": "", "starter": "blank", "write_id": str(uuid4()), **changed}


def test_a_document_is_made_once_however_often_the_form_is_sent(signed_in: SignedIn, owner: Person) -> None:
    client, sent = signed_in(owner), form()
    answers = [client.post(reverse("documents:create"), sent) for _ in range(2)]
    document = Document.objects.get()
    assert document.owner == owner
    assert document.group is None
    assert document.last_seq == 0
    for answer in answers:
        assert answer.status_code == 302
        assert answer.headers["Location"] == reverse("documents:detail", args=[document.pk])


@pytest.mark.parametrize("starter", [starter.name for starter in STARTERS if starter.text])
def test_every_starter_fills_the_page_with_headings(signed_in: SignedIn, owner: Person, starter: str) -> None:
    page = signed_in(owner).post(reverse("documents:create"), form(starter=starter), follow=True).content.decode()
    assert "<h2>" in page.partition('class="editor-first"')[2]


def test_a_group_of_ones_own_is_offered_and_others_are_refused(
    signed_in: SignedIn, owner: Person, group: Group
) -> None:
    other = GroupFactory()
    follower = MembershipFactory(group=group, role=Role.FOLLOWER).person
    assert str(group.pk) in signed_in(owner).get(reverse("documents:create")).content.decode()
    assert signed_in(owner).post(reverse("documents:create"), form(group=str(group.pk))).status_code == 302
    assert signed_in(owner).post(reverse("documents:create"), form(group=str(other.pk))).status_code == 422
    assert signed_in(follower).post(reverse("documents:create"), form(group=str(group.pk))).status_code == 422
    assert Document.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"title": "x" * 121}, {"starter": "roman"}, {"write_id": "1"}, {"group": "x"}]
)
def test_a_wrong_form_is_answered_with_its_fault(signed_in: SignedIn, owner: Person, wrong: dict[str, str]) -> None:
    answer = signed_in(owner).post(reverse("documents:create"), form(**wrong))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)
    assert not Document.objects.exists()


# --- the document ---


@pytest.mark.parametrize(
    ("standing", "right"),
    [("owner", "editor"), ("member", "editor"), ("follower", "reader"), ("editor", "editor"), ("reader", "reader")],
)
def test_the_page_opens_with_the_right_that_is_theirs(
    signed_in: SignedIn, document: Document, standing: str, right: str
) -> None:
    page = signed_in(somebody(standing, document)).get(reverse("documents:detail", args=[document.pk]))
    assert page.status_code == 200
    assert f'right="{right}"' in page.content.decode()
    assert page.context["is_owner"] == (standing == "owner")


def test_absent_and_forbidden_look_the_same(signed_in: SignedIn, document: Document) -> None:
    client = signed_in(PersonFactory())
    forbidden, absent = (client.get(reverse("documents:detail", args=[pk])) for pk in (document.pk, uuid4()))
    assert forbidden.status_code == absent.status_code == 404
    assert forbidden.context["error"] == absent.context["error"]


def test_the_text_is_on_the_page_without_a_script(signed_in: SignedIn, owner: Person, document: Document) -> None:
    page = signed_in(owner).get(reverse("documents:detail", args=[document.pk])).content.decode()
    assert "<h1>Le marché</h1><p>Rendez-vous &lt;b&gt;</p>" in page


def test_a_text_too_large_for_a_first_paint_is_left_to_the_socket(
    signed_in: SignedIn, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.render.LARGEST_BYTES", 100)
    long = services.create_document(title="Long", by=owner, text="mot " * 200)
    page = signed_in(owner).get(reverse("documents:detail", args=[long.pk]))
    assert page.status_code == 200
    assert page.context["text"] == ""


def somebody(standing: str, document: Document) -> Person:
    """Somebody who stands so towards the document."""
    if standing == "owner":
        assert document.owner is not None
        return document.owner
    if standing in ("member", "follower"):
        return MembershipFactory(group=document.group, role=Role[standing.upper()]).person
    person = PersonFactory()
    if standing in ("editor", "reader"):
        Grant.objects.create(document=document, person=person, right=Right[standing.upper()])
    return person


# --- what the page's script asks ---

# What each may do, of reading who has access, finding people to mention, mentioning, renaming, and giving rights.
MAY = {
    "owner": {"access", "people", "mentions", "title", "guests", "grants", "grant"},
    "member": {"access", "people", "mentions", "title"},
    "editor": {"access", "people", "mentions", "title"},
    "follower": {"access"},
    "reader": {"access"},
    "stranger": set(),
    "visitor": set(),
}


@pytest.mark.parametrize("word", sorted(MAY["owner"]))
@pytest.mark.parametrize("standing", MAY)
def test_each_word_is_for_those_who_may(document: Document, word: str, standing: str) -> None:
    client = Client(headers={"accept": "application/json"})
    if standing != "visitor":
        client.force_login(somebody(standing, document))
    assert document.owner is not None
    reader = somebody("reader", document)
    newcomer = MembershipFactory(group=document.group, role=Role.FOLLOWER).person
    if word in ("grants", "guests"):
        # Somebody the owner knows from a group, who cannot read this document.
        neighbours = GroupFactory()
        MembershipFactory(group=neighbours, person=document.owner, role=Role.MEMBER)
        newcomer = MembershipFactory(group=neighbours, role=Role.MEMBER).person
    answer = say(client, word, document.pk, reader if word == "grant" else newcomer)
    if word in MAY[standing]:
        assert answer == (200, None)
        return
    status, code = answer
    if standing == "visitor":
        assert (status, code) == (401, "signed_out")
    elif standing == "stranger" or word == "people":
        assert (status, code) == (404, "not_found")
    else:
        assert (status, code) == (403, "forbidden")


def say(client: Client, word: str, document_id: UUID, person: Person) -> tuple[int, str | None]:
    bodies = {
        "title": {"title": "Autre titre"},
        "mentions": {"node": str(uuid4()), "person": str(person.pk)},
        "grants": {"person": str(person.pk), "right": "editor"},
    }
    if word == "grant":
        answer = client.delete(reverse("documents:grant", args=[document_id, person.pk]))
    elif word in bodies:
        answer = client.post(
            reverse(f"documents:{word}", args=[document_id]), bodies[word], content_type="application/json"
        )
    else:
        answer = client.get(reverse(f"documents:{word}", args=[document_id]))
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize("word", sorted(MAY["owner"]))
def test_an_absent_document_is_answered_like_a_forbidden_one(word: str) -> None:
    client, person = Client(headers={"accept": "application/json"}), PersonFactory()
    client.force_login(person)
    assert say(client, word, uuid4(), person) == (404, "not_found")


@pytest.fixture
def script(owner: Person) -> Client:
    client = Client(headers={"accept": "application/json"})
    client.force_login(owner)
    return client


@pytest.mark.parametrize(
    ("word", "body"),
    [
        ("title", b""),
        ("title", b"\xff\xfe"),
        ("title", b'{"title": 3}'),
        ("title", b'{"title": "x", "owner": "me"}'),
        ("mentions", b'{"node": "1", "person": "2"}'),
        ("grants", b'{"person": "00000000-0000-4000-8000-000000000000", "right": "owner"}'),
        ("grants", b"[" * 5000),
    ],
)
def test_a_malformed_word_is_named_as_such(script: Client, document: Document, word: str, body: bytes) -> None:
    answer = script.post(reverse(f"documents:{word}", args=[document.pk]), body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_word")


def test_a_form_of_another_site_cannot_say_a_word(owner: Person, document: Document) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert say_status(client, document) == 403
    document.refresh_from_db()
    assert document.title == "Tract du marché"


def say_status(client: Client, document: Document) -> int:
    address = reverse("documents:title", args=[document.pk])
    return client.post(address, {"title": "x"}, content_type="application/json").status_code


def test_an_empty_title_is_refused_with_its_sentence(script: Client, document: Document) -> None:
    answer = script.post(
        reverse("documents:title", args=[document.pk]), {"title": " "}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "no_title")


def test_people_are_found_by_a_part_of_their_name_and_oneself_is_not_offered(
    script: Client, owner: Person, document: Document
) -> None:
    ines = MembershipFactory(group=document.group, person__name="Inès Moreau", role=Role.MEMBER).person
    MembershipFactory(group=document.group, person__name="Noé Garnier", role=Role.MEMBER)
    address = reverse("documents:people", args=[document.pk])
    assert script.get(address, {"q": "moreau"}).json() == {"people": [{"id": str(ines.pk), "name": "Inès Moreau"}]}
    assert str(owner.pk) not in script.get(address).content.decode()
    assert "@" not in script.get(address).content.decode()  # no address leaks


def test_grants_by_name_are_told_to_the_owner_alone(script: Client, document: Document) -> None:
    reader = somebody("reader", document)
    address = reverse("documents:access", args=[document.pk])
    named = {"id": str(reader.pk), "name": reader.display_name, "right": "reader"}
    assert script.get(address).json()["grants"] == [named]
    theirs = Client(headers={"accept": "application/json"})
    theirs.force_login(reader)
    assert theirs.get(address).json()["grants"] == []
    assert theirs.get(address).json()["is_owner"] is False


def test_only_the_team_learns_who_follows_a_group(script: Client, document: Document, group: Group) -> None:
    follower = MembershipFactory(group=group, role=Role.FOLLOWER).person
    elsewhere = MembershipFactory(group=GroupFactory(), role=Role.FOLLOWER).person
    MembershipFactory(group=elsewhere.memberships.get().group, person=document.owner, role=Role.MEMBER)
    member = MembershipFactory(group=group, role=Role.MEMBER).person
    for name in ("people", "guests"):
        people = script.get(reverse(f"documents:{name}", args=[document.pk])).json()["people"]
        ids = {person["id"] for person in people}
        assert not ids & {str(follower.pk), str(elsewhere.pk)}
        assert (str(member.pk) in ids) == (name == "people")
