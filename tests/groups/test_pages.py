"""The pages of groups: what each shows to whom, and what each button does, all without script."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.models import LONGEST_DESCRIPTION, LONGEST_NAME, Group, Membership, Role
from groups.selectors import role_of
from people.models import Commune, Person
from tests.factories import CommuneFactory, GroupFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db

ROLES: list[Role | None] = [None, *Role]


@pytest.fixture
def group() -> Group:
    group = GroupFactory(name="Villeurbanne debout")
    for _ in range(2):
        MembershipFactory(group=group, role=Role.ANIMATOR)
    return group


@pytest.fixture
def lyon() -> Commune:
    return CommuneFactory(
        code="69123", name="Lyon", search_name="lyon", postcode="69001", latitude=45.758, longitude=4.835
    )


@pytest.fixture
def brest() -> Commune:
    return CommuneFactory(
        code="29019", name="Brest", search_name="brest", department="29", latitude=48.4, longitude=-4.5
    )


def one(group: Group, role: Role | None) -> Person:
    return PersonFactory() if role is None else MembershipFactory(group=group, role=role).person


def signed_in(person: Person | None) -> Client:
    client = Client(headers={"accept-language": "fr"})
    if person is not None:
        client.force_login(person)
    return client


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def url(name: str, *arguments: Any) -> str:
    return reverse(f"groups:{name}", args=arguments)


# --- who reaches which page ---


def status_for_pages(group: Group, role: Role | None) -> dict[str, int]:
    client = signed_in(one(group, role))
    pages = {
        "list": url("list"),
        "create": url("create"),
        **{n: url(n, group.pk) for n in ("detail", "edit", "members")},
    }
    return {name: client.get(path).status_code for name, path in pages.items()}


@pytest.mark.parametrize("role", ROLES)
def test_who_reaches_which_page(group: Group, role: Role | None) -> None:
    is_member = role is not None and role >= Role.MEMBER
    is_manager = role is not None and role >= Role.MANAGER
    assert status_for_pages(group, role) == {
        "list": 200,
        "create": 200,
        "detail": 200,
        "members": 200 if is_member else 404,
        "edit": 200 if is_manager else 404,
    }


def test_a_visitor_sees_groups_and_is_sent_to_sign_in_for_the_rest(group: Group) -> None:
    client = signed_in(None)
    assert client.get(url("list")).status_code == client.get(url("detail", group.pk)).status_code == 200
    for path in (url("create"), url("edit", group.pk), url("members", group.pk)):
        assert client.get(path)["Location"].startswith(reverse("account_login"))
    for verb in ("join", "follow", "leave"):
        # Back to the page, where the buttons are: the verb itself takes no GET.
        assert client.post(url(verb, group.pk))["Location"].endswith(f"next={url('detail', group.pk)}")
    for verb in ("set_role", "remove_member"):
        person = group.memberships.first()
        assert person is not None
        location = client.post(url(verb, group.pk, person.person_id), {"role": 10})["Location"]
        assert location.startswith(reverse("account_login"))
    assert group.memberships.count() == 2


@pytest.mark.parametrize("verb", ["join", "follow", "leave"])
def test_verbs_need_a_post_and_the_page_s_own_token(group: Group, verb: str) -> None:
    person = one(group, Role.MEMBER)
    assert signed_in(person).get(url(verb, group.pk)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    assert strict.post(url(verb, group.pk)).status_code == 403
    assert role_of(person, group) == Role.MEMBER


def test_an_absent_group_is_not_found_wherever_one_asks() -> None:
    client, absent = signed_in(PersonFactory()), uuid4()
    answers = [client.get(url(name, absent)).status_code for name in ("detail", "edit", "members")]
    answers += [client.post(url(name, absent)).status_code for name in ("join", "follow", "leave")]
    answers += [
        client.post(url(name, absent, uuid4()), {"role": 20}).status_code for name in ("set_role", "remove_member")
    ]
    assert set(answers) == {404}
    assert client.get("/groupes/sept/").status_code == 404


# --- names and addresses ---


@pytest.mark.parametrize("role", ROLES)
def test_names_are_for_members_followers_for_the_team_addresses_for_nobody(group: Group, role: Role | None) -> None:
    member, follower = (one(group, r) for r in (Role.MEMBER, Role.FOLLOWER))
    animator = group.memberships.filter(role=Role.ANIMATOR).first()
    assert animator is not None
    Person.objects.filter(pk=member.pk).update(name="Membre Discrète")
    Person.objects.filter(pk=follower.pk).update(name="Abonné Discret")
    client = signed_in(one(group, role))
    pages = [
        client.get(path)
        for path in (url("detail", group.pk), url("members", group.pk), f"{url('members', group.pk)}?abonnes")
    ]
    seen = "".join(text_of(page) for page in pages)
    assert ("Membre Discrète" in seen) == (role is not None and role >= Role.MEMBER)
    assert ("Abonné Discret" in seen) == (role is not None and role >= Role.MANAGER)
    assert animator.person.name in seen
    assert not any(person.email in seen for person in (member, follower, animator.person))


def test_a_visitor_reads_no_name_at_all(group: Group) -> None:
    seen = text_of(signed_in(None).get(url("detail", group.pk)))
    assert group.name in seen and "Personne " not in seen.replace("Personne pour", "")
    assert "2 membres" in re.sub(r"\s+", " ", seen)


# --- buttons ---


@pytest.mark.parametrize("role", ROLES)
def test_the_page_offers_what_one_can_do(group: Group, role: Role | None) -> None:
    page = text_of(signed_in(one(group, role)).get(url("detail", group.pk)))
    offered = {name: f'action="{url(name, group.pk)}"' in page for name in ("join", "follow", "leave")}
    assert offered == {"join": role is None or role < Role.MEMBER, "follow": role is None, "leave": role is not None}
    assert (f'href="{url("edit", group.pk)}"' in page) == (role is not None and role >= Role.MANAGER)


def test_join_follow_and_leave(group: Group) -> None:
    person = PersonFactory()
    client = signed_in(person)
    for verb, expected in [("follow", Role.FOLLOWER), ("join", Role.MEMBER), ("join", Role.MEMBER), ("leave", None)]:
        response = client.post(url(verb, group.pk))
        assert response["Location"] == url("detail", group.pk)
        assert role_of(person, group) == expected
    assert Membership.objects.filter(person=person).count() == 0


def test_the_last_animator_is_told_why_they_cannot_leave() -> None:
    group = GroupFactory()
    animator = one(group, Role.ANIMATOR)
    client = signed_in(animator)
    page = text_of(client.get(url("detail", group.pk)))
    assert f'action="{url("leave", group.pk)}"' not in page and "nommez d’abord" in page
    refused = client.post(url("leave", group.pk))
    assert refused.status_code == 409 and "nommez d’abord" in text_of(refused)
    assert role_of(animator, group) == Role.ANIMATOR


# --- create and change ---


def created(client: Client, lyon: Commune, **more: str) -> HttpResponse:
    return client.post(url("create"), {"name": "Lyon 1er", "commune": "Lyon", "description": "Bonjour", **more})


def test_creating_a_group_with_words_for_a_place(lyon: Commune) -> None:
    person = PersonFactory()
    response = created(signed_in(person), lyon)
    group = Group.objects.get()
    assert response["Location"] == url("detail", group.pk)
    assert (group.name, group.commune, group.description) == ("Lyon 1er", lyon, "Bonjour")
    assert role_of(person, group) == Role.ANIMATOR


def test_a_form_that_is_sent_twice_makes_one_group(lyon: Commune) -> None:
    client = signed_in(PersonFactory())
    write = re.search(r'name="write_id" value="([^"]+)"', text_of(client.get(url("create"))))
    assert write
    for _ in range(2):
        assert created(client, lyon, write_id=write[1]).status_code == 302
    assert Group.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "a\x00b"},
        {"name": "x" * (LONGEST_NAME + 1)},
        {"description": "x" * (LONGEST_DESCRIPTION + 1)},
        {"commune": ""},
        {"commune": "Nulle-Part-les-Oies"},
        {"commune": "\x00"},
        {"commune": "Lyon", "commune_code": "'; DROP TABLE"},
        {"write_id": "sept"},
    ],
)
def test_what_is_wrong_is_said_on_the_form(lyon: Commune, wrong: dict[str, str]) -> None:
    response = created(signed_in(PersonFactory()), lyon, **wrong)
    if "commune_code" in wrong:  # the words decide
        assert response.status_code == 302
        return
    assert response.status_code == 200 and "errorlist" in text_of(response)
    assert not Group.objects.exists()


@pytest.mark.parametrize("role", ROLES)
def test_who_changes_the_page(group: Group, lyon: Commune, role: Role | None) -> None:
    client = signed_in(one(group, role))
    facts = {"name": "Nouveau nom", "commune": "Lyon", "description": ""}
    response = client.post(url("edit", group.pk), facts)
    group.refresh_from_db()
    if role is not None and role >= Role.MANAGER:
        assert response.status_code == 302 and group.name == "Nouveau nom" and group.commune == lyon
    else:
        assert response.status_code == 404 and group.name == "Villeurbanne debout"


def test_the_form_shows_what_is_there(group: Group) -> None:
    page = text_of(signed_in(one(group, Role.MANAGER)).get(url("edit", group.pk)))
    assert 'value="Villeurbanne debout"' in page and 'value="Villeurbanne (69)"' in page


def test_what_people_write_is_never_markup() -> None:
    evil = '<script>alert("x")</script>'
    group = GroupFactory(name=evil, description=f"{evil} javascript:alert(1) http://exemple.fr")
    MembershipFactory(group=group, person=PersonFactory(name=evil), role=Role.ANIMATOR)
    client = signed_in(one(group, Role.ANIMATOR))
    for path in (url("list"), url("detail", group.pk), url("members", group.pk), url("edit", group.pk)):
        page = text_of(client.get(path))
        assert "<script>alert" not in page and 'href="javascript' not in page


# --- members ---


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("was", list(Role))
def test_who_may_change_a_role_or_remove(group: Group, role: Role | None, was: Role) -> None:
    """A stranger, a follower and a member do not even learn that the address exists."""
    actor, person = one(group, role), one(group, was)
    client = signed_in(actor)
    mine = role or 0
    change = client.post(url("set_role", group.pk, person.pk), {"role": int(Role.MANAGER)})
    if mine < Role.MANAGER:
        expected = 404
    elif mine == Role.ANIMATOR:
        expected = 302
    else:
        expected = 403
    assert change.status_code == expected
    assert role_of(person, group) == (Role.MANAGER if expected == 302 else was)
    Membership.objects.filter(group=group, person=person).update(role=was)
    removal = client.post(url("remove_member", group.pk, person.pk))
    may = mine == Role.ANIMATOR or (mine == Role.MANAGER and was < Role.MANAGER)
    assert removal.status_code == (302 if may else 404 if mine < Role.MANAGER else 403)
    assert (role_of(person, group) is None) == may


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MANAGER, Role.ANIMATOR])
def test_the_list_offers_only_what_would_be_accepted(group: Group, role: Role) -> None:
    member, manager = one(group, Role.MEMBER), one(group, Role.MANAGER)
    page = text_of(signed_in(one(group, role)).get(url("members", group.pk)))
    offered = [f'action="{url("remove_member", group.pk, person.pk)}"' in page for person in (member, manager)]
    assert offered == [role >= Role.MANAGER, role == Role.ANIMATOR]


@pytest.mark.parametrize("role", ["", "15", "999", "animateur", "20\x00", "-1"])
def test_an_absurd_role_changes_nothing(group: Group, role: str) -> None:
    person = one(group, Role.MEMBER)
    signed_in(one(group, Role.ANIMATOR)).post(url("set_role", group.pk, person.pk), {"role": role})
    assert role_of(person, group) == Role.MEMBER


def test_an_animator_who_steps_down_to_follower_lands_on_the_page(group: Group) -> None:
    animator = one(group, Role.ANIMATOR)
    client = signed_in(animator)
    response = client.post(url("set_role", group.pk, animator.pk), {"role": int(Role.FOLLOWER)}, follow=True)
    assert response.status_code == 200 and response.request["PATH_INFO"] == url("detail", group.pk)


def test_members_are_found_by_name_and_cut_in_pages(group: Group) -> None:
    for number in range(70):
        MembershipFactory(group=group, person=PersonFactory(name=f"Membre {number:02}"))
    client = signed_in(one(group, Role.MANAGER))
    assert text_of(client.get(url("members", group.pk))).count('class="row"') == 60
    assert "Membre 42" in text_of(client.get(url("members", group.pk), {"q": "membre 42"}))
    for absurd in ("\x00", "x" * 5000, "%", "'"):
        assert client.get(url("members", group.pk), {"q": absurd, "page": absurd}).status_code == 200


# --- the list ---


def names(response: HttpResponse) -> list[str]:
    return re.findall(r'<h3><a href="/groupes/[^"]+">([^<]+)</a>', text_of(response))


def test_groups_are_found_by_name_and_by_place(lyon: Commune, brest: Commune) -> None:
    GroupFactory(name="Croix-Rousse", commune=lyon)
    GroupFactory(name="Villeurbanne")
    GroupFactory(name="Rade de Brest", commune=brest)
    client = signed_in(None)
    assert names(client.get(url("list"))) == ["Croix-Rousse", "Rade de Brest", "Villeurbanne"]
    assert names(client.get(url("list"), {"q": "rousse"})) == ["Croix-Rousse"]
    assert names(client.get(url("list"), {"place": "Lyon", "km": "10"})) == ["Croix-Rousse", "Villeurbanne"]
    assert names(client.get(url("list"), {"place": "Lyon", "q": "ville"})) == ["Villeurbanne"]
    assert names(client.get(url("list"), {"place": "Brest (29)"})) == ["Rade de Brest"]


@pytest.mark.parametrize(
    "query", [{"q": "\x00"}, {"place": "Nulle-Part"}, {"km": "sept"}, {"km": "-1"}, {"page": "0"}, {"page": "9" * 30}]
)
def test_an_absurd_search_still_gives_a_page(group: Group, query: dict[str, str]) -> None:
    assert signed_in(None).get(url("list"), query).status_code == 200


def test_my_groups_are_mine(group: Group) -> None:
    mine = GroupFactory(name="Le mien")
    client = signed_in(one(mine, Role.FOLLOWER))
    page = client.get(f"{url('list')}?miens")
    assert names(page) == ["Le mien"] and "abonné·e" in text_of(page)
    assert names(signed_in(None).get(f"{url('list')}?miens")) == ["Le mien", "Villeurbanne debout"]


@pytest.mark.parametrize("signed", [False, True])
def test_the_list_asks_as_few_questions_for_thirty_as_for_three(signed: bool) -> None:
    person = PersonFactory() if signed else None
    counts = []
    for _ in range(2):
        for _ in range(3 if not counts else 20):
            MembershipFactory(group=GroupFactory(), **({"person": person} if person else {}))
        client = signed_in(person)
        with CaptureQueriesContext(connection) as captured:
            client.get(url("list"))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


def test_a_page_of_members_asks_as_few_questions_for_fifty_as_for_five(group: Group) -> None:
    client = signed_in(one(group, Role.ANIMATOR))
    counts = []
    for number in (5, 45):
        for _ in range(number):
            MembershipFactory(group=group)
        for path in (url("members", group.pk), url("detail", group.pk)):
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            counts.append(len(captured))
    assert counts[:2] == counts[2:] and max(counts) <= 16


def test_every_page_speaks_english_too(group: Group) -> None:
    reader = MembershipFactory(group=group, person=PersonFactory(language="en"), role=Role.ANIMATOR).person
    client = signed_in(reader)
    assert "Create a group" in text_of(client.get(url("list")))
    assert "Manage members" in text_of(client.get(url("detail", group.pk)))
