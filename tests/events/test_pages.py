"""The pages of events: what each shows to whom, and what each button does, all without script."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from events import words
from events.forms import LOCAL
from events.models import LONGEST_TITLE, Event, Participation
from groups.models import Group, Role
from people.models import Commune, Person
from tests.factories import CommuneFactory, EventFactory, GroupFactory, MembershipFactory, PersonFactory

pytestmark = pytest.mark.django_db

ROLES: list[Role | None] = [None, *Role]
PARIS = ZoneInfo("Europe/Paris")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def event() -> Event:
    return EventFactory(title="Tractage au marché")


@pytest.fixture
def over() -> Event:
    start = timezone.now() - DAY
    return EventFactory(title="Hier", starts_at=start, ends_at=start + HOUR)


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
    return reverse(f"events:{name}", args=arguments)


# --- who reaches which page ---


@pytest.mark.parametrize("role", ROLES)
def test_who_reaches_which_page(event: Event, role: Role | None) -> None:
    client = signed_in(one(event.group, role))
    pages = {"list": url("list"), "create": url("create")}
    pages |= {name: url(name, event.pk) for name in ("detail", "edit", "calendar")}
    is_manager = role is not None and role >= Role.MANAGER
    assert {name: client.get(path).status_code for name, path in pages.items()} == {
        "list": 200,
        "create": 200,
        "detail": 200,
        "calendar": 200,
        "edit": 200 if is_manager else 404,
    }


def test_a_visitor_sees_events_and_is_sent_to_sign_in_for_the_rest(event: Event) -> None:
    client = signed_in(None)
    for path in (url("list"), url("detail", event.pk), url("calendar", event.pk)):
        assert client.get(path).status_code == 200
    for path in (url("create"), url("edit", event.pk)):
        assert client.get(path)["Location"].startswith(reverse("account_login"))
    for verb in ("come", "uncome"):
        assert client.post(url(verb, event.pk))["Location"].endswith(f"next={url('detail', event.pk)}")
    assert not Participation.objects.exists()


def test_verbs_need_a_post_and_the_page_s_own_token(event: Event) -> None:
    person = PersonFactory()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    for verb in ("come", "uncome"):
        assert signed_in(person).get(url(verb, event.pk)).status_code == 405
        assert strict.post(url(verb, event.pk)).status_code == 403


def test_an_absent_event_is_not_found_wherever_one_asks() -> None:
    client, absent = signed_in(PersonFactory()), uuid4()
    answers = [client.get(url(name, absent)).status_code for name in ("detail", "edit", "calendar")]
    answers += [client.post(url(name, absent)).status_code for name in ("come", "uncome")]
    assert set(answers) == {404}
    assert client.get("/evenements/sept/").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_names_are_for_members_the_number_for_all(event: Event, role: Role | None) -> None:
    comer = PersonFactory(name="Venue Discrète")
    Participation.objects.create(event=event, person=comer)
    page = text_of(signed_in(one(event.group, role)).get(url("detail", event.pk)))
    assert ("Venue Discrète" in page) == (role is not None and role >= Role.MEMBER)
    assert "<b>1</b> personne" in page and comer.email not in page


# --- come, or not ---


def test_come_and_come_no_more(event: Event) -> None:
    person = PersonFactory()
    client = signed_in(person)
    for _ in range(2):
        assert client.post(url("come", event.pk))["Location"] == url("detail", event.pk)
    page = text_of(client.get(url("detail", event.pk)))
    assert f'action="{url("uncome", event.pk)}"' in page and f'action="{url("come", event.pk)}"' not in page
    client.post(url("uncome", event.pk))
    assert f'action="{url("come", event.pk)}"' in text_of(client.get(url("detail", event.pk)))
    assert not Participation.objects.exists()


def test_what_is_over_takes_nobody_and_changes_no_more(over: Event) -> None:
    client = signed_in(one(over.group, Role.ANIMATOR))
    page = text_of(client.get(url("detail", over.pk)))
    assert "Passé" in page and url("come", over.pk) not in page and url("edit", over.pk) not in page
    assert client.post(url("come", over.pk)).status_code == 409
    assert not Participation.objects.exists()


@pytest.mark.parametrize(
    ("role", "comes", "enters"),
    [(None, False, False), (None, True, True)] + [(r, False, r >= Role.MEMBER) for r in Role],
)
def test_the_room_is_offered_to_who_may_enter(event: Event, role: Role | None, comes: bool, enters: bool) -> None:
    person = one(event.group, role)
    if comes:
        Participation.objects.create(event=event, person=person)
    page = text_of(signed_in(person).get(url("detail", event.pk)))
    assert (f'href="{reverse("rooms:of_event", args=[event.pk])}"' in page) == enters


# --- create and change ---


def local(moment: datetime) -> str:
    return moment.astimezone(PARIS).strftime(LOCAL)


def facts(group: Group, **more: str) -> dict[str, str]:
    start = timezone.now() + DAY
    return {
        "group": str(group.pk),
        "title": "Tractage",
        "starts_at": local(start),
        "ends_at": local(start + 2 * HOUR),
        "place": "Place du marché",
        "commune": "Villeurbanne",
        "description": "Venez",
        **more,
    }


@pytest.mark.parametrize("role", ROLES)
def test_who_creates_an_event(role: Role | None) -> None:
    group = GroupFactory()
    response = signed_in(one(group, role)).post(url("create"), facts(group))
    if role is not None and role >= Role.MANAGER:
        event = Event.objects.get()
        assert response["Location"] == url("detail", event.pk)
        assert (event.title, event.place, event.commune.name) == ("Tractage", "Place du marché", "Villeurbanne")
        assert event.ends_at - event.starts_at == 2 * HOUR
    else:
        assert response.status_code == 200 and not Event.objects.exists()


def test_nobody_creates_an_event_for_a_group_they_only_belong_to() -> None:
    mine, other = GroupFactory(), GroupFactory()
    person = one(mine, Role.MANAGER)
    MembershipFactory(group=other, person=person, role=Role.MEMBER)
    response = signed_in(person).post(url("create"), facts(other))
    assert response.status_code == 200 and "errorlist" in text_of(response)
    assert not Event.objects.exists()


def test_the_group_one_comes_from_is_chosen() -> None:
    person, groups = PersonFactory(), [GroupFactory(name=name) for name in ("A", "B")]
    for group in groups:
        MembershipFactory(group=group, person=person, role=Role.ANIMATOR)
    client = signed_in(person)
    page = text_of(client.get(url("create"), {"groupe": str(groups[1].pk)}))
    assert re.search(rf'<option value="{groups[1].pk}"\s+selected>', page)
    for absurd in ("sept", str(uuid4()), "\x00"):
        assert client.get(url("create"), {"groupe": absurd}).status_code == 200


def test_a_form_that_is_sent_twice_makes_one_event() -> None:
    group = GroupFactory()
    client = signed_in(one(group, Role.MANAGER))
    write = re.search(r'name="write_id" value="([^"]+)"', text_of(client.get(url("create"))))
    assert write
    for _ in range(2):
        assert client.post(url("create"), facts(group, write_id=write[1])).status_code == 302
    assert Event.objects.count() == 1


SOON = timezone.now() + DAY
WRONG = [
    ({"title": ""}, "title"),
    ({"title": "x" * (LONGEST_TITLE + 1)}, "title"),
    ({"title": "a\x00b"}, "title"),
    ({"starts_at": ""}, "starts_at"),
    ({"starts_at": "demain"}, "starts_at"),
    ({"starts_at": "2026-13-45T99:99"}, "starts_at"),
    ({"starts_at": "0001-01-01T00:00"}, "starts_at"),
    ({"starts_at": "9999-12-31T23:59", "ends_at": "9999-12-31T23:59"}, "starts_at"),
    ({"starts_at": "2020-01-01T10:00", "ends_at": "2020-01-01T12:00"}, "starts_at"),
    ({"starts_at": local(SOON), "ends_at": local(SOON)}, "ends_at"),
    ({"starts_at": local(SOON), "ends_at": local(SOON - HOUR)}, "ends_at"),
    ({"starts_at": local(SOON), "ends_at": local(SOON + 15 * DAY)}, "ends_at"),
    ({"ends_at": "\x00"}, "ends_at"),
    # 02:30 does not exist on the night when clocks go forward.
    ({"starts_at": "2027-03-28T02:30", "ends_at": "2027-03-28T05:00"}, "starts_at"),
    ({"commune": ""}, "commune"),
    ({"commune": "Nulle-Part-les-Oies"}, "commune"),
    ({"place": "x" * 121}, "place"),
    ({"description": "x" * 8001}, "description"),
    ({"group": "sept"}, "group"),
    ({"group": str(uuid4())}, "group"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_what_is_wrong_is_said_beside_its_field(wrong: dict[str, str], field: str) -> None:
    group = GroupFactory()
    response = signed_in(one(group, Role.MANAGER)).post(url("create"), facts(group) | wrong)
    assert response.status_code == 200 and not Event.objects.exists()
    assert field in response.context["form"].errors
    assert "errorlist" in text_of(response)


@pytest.mark.parametrize("role", ROLES)
def test_who_changes_an_event(event: Event, role: Role | None) -> None:
    client = signed_in(one(event.group, role))
    response = client.post(url("edit", event.pk), facts(event.group, title="Autre titre"))
    event.refresh_from_db()
    may = role is not None and role >= Role.MANAGER
    assert response.status_code == (302 if may else 404)
    assert (event.title == "Autre titre") == may


def test_saving_without_a_change_keeps_the_seconds_of_a_start_that_has_passed() -> None:
    start = timezone.now() - 5 * HOUR
    event = EventFactory(starts_at=start, ends_at=start + 10 * HOUR)
    client = signed_in(one(event.group, Role.MANAGER))
    same = facts(event.group, starts_at=local(start), ends_at=local(event.ends_at), title="Toujours là")
    assert client.post(url("edit", event.pk), same).status_code == 302
    event.refresh_from_db()
    assert (event.title, event.starts_at) == ("Toujours là", start)


def test_what_people_write_is_never_markup(event: Event) -> None:
    evil = '<script>alert("x")</script>'
    Event.objects.update(title=evil, description=f"{evil} javascript:alert(1)", place=evil)
    client = signed_in(one(event.group, Role.ANIMATOR))
    for path in (
        url("list"),
        url("detail", event.pk),
        url("edit", event.pk),
        reverse("groups:detail", args=[event.group_id]),
    ):
        assert "<script>alert" not in text_of(client.get(path))


# --- when, in words ---


def paris(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=PARIS)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("start", "end", "french", "english"),
    [
        (
            paris(2026, 11, 24, 18, 30),
            paris(2026, 11, 24, 20, 0),
            "mardi 24 novembre 2026, de 18 h 30 à 20 h",
            "Tuesday 24 November 2026, 18:30 to 20:00",
        ),
        (
            paris(2026, 7, 1, 22, 0),
            paris(2026, 7, 2, 1, 5),
            "mercredi 1er juillet 2026, de 22 h à 1 h 05",
            "Wednesday 1 July 2026, 22:00 to 1:05",
        ),
        (
            paris(2026, 7, 1, 9, 0),
            paris(2026, 7, 2, 17, 0),
            "du mercredi 1er juillet 2026, 9 h, au jeudi 2 juillet 2026, 17 h",
            "from Wednesday 1 July 2026, 9:00, to Thursday 2 July 2026, 17:00",
        ),
    ],
)
def test_when_it_is_in_words(start: datetime, end: datetime, french: str, english: str) -> None:
    event = Event(starts_at=start, ends_at=end)
    with translation.override("fr"):
        assert words.when(event).replace("\xa0", " ") == french
        assert words.when_this_year(event).replace("\xa0", " ") == french.replace(" 2026", "")
    with translation.override("en"):
        assert words.when(event) == english


# --- the list ---


def titles(response: HttpResponse) -> list[str]:
    return re.findall(r'<h3><a href="/evenements/[^"]+">([^<]+)</a>', text_of(response))


def test_what_comes_is_in_order_and_what_is_over_is_not_there(event: Event, over: Event) -> None:
    EventFactory(title="Dans deux mois", starts_at=timezone.now() + 62 * DAY)
    running = timezone.now() - 40 * DAY
    EventFactory(title="Depuis longtemps", starts_at=running, ends_at=timezone.now() + HOUR)
    page = signed_in(None).get(url("list"))
    assert titles(page) == ["Depuis longtemps", "Tractage au marché", "Dans deux mois"]
    # What has begun stands in this month, not in one that is past.
    assert len(re.findall(r'<h2 class="month"', text_of(page))) in (2, 3)


def test_near_me_my_groups_and_where_i_go(event: Event, brest: Commune) -> None:
    far = EventFactory(title="À Brest", commune=brest)
    person = PersonFactory()
    MembershipFactory(group=far.group, person=person, role=Role.FOLLOWER)
    Participation.objects.create(event=far, person=person)
    client = signed_in(person)
    assert titles(client.get(url("list"), {"voir": "pres"})) == ["Tractage au marché"]
    assert titles(client.get(url("list"), {"voir": "groupes"})) == ["À Brest"]
    assert titles(client.get(url("list"), {"voir": "miens"})) == ["À Brest"]
    assert titles(client.get(url("list"), {"place": "Brest", "km": "10"})) == ["À Brest"]
    assert titles(client.get(url("list"), {"voir": "absurde"})) == ["Tractage au marché", "À Brest"]
    assert len(titles(signed_in(None).get(url("list"), {"voir": "miens"}))) == 2


def test_near_me_asks_for_a_commune_first(event: Event) -> None:
    page = text_of(signed_in(PersonFactory(commune=None)).get(url("list"), {"voir": "pres"}))
    assert f'class="button primary" href="{reverse("people:profile")}"' in page


@pytest.mark.parametrize("query", [{"place": "\x00"}, {"place": "Nulle-Part"}, {"km": "-1"}, {"page": "9" * 30}])
def test_an_absurd_search_still_gives_a_page(event: Event, query: dict[str, str]) -> None:
    assert signed_in(PersonFactory()).get(url("list"), query).status_code == 200


@pytest.mark.parametrize("query", [{}, {"voir": "pres"}, {"voir": "groupes"}, {"voir": "miens"}])
def test_the_list_asks_as_few_questions_for_twenty_as_for_three(query: dict[str, str]) -> None:
    person, counts = PersonFactory(), []
    for number in (3, 17):
        for _ in range(number):
            event = EventFactory()
            MembershipFactory(group=event.group, person=person)
            Participation.objects.create(event=event, person=person)
            Participation.objects.create(event=event, person=PersonFactory())
        client = signed_in(person)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url("list"), query)
        assert "2 personnes y vont" in text_of(page)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 9


def test_an_event_s_page_asks_few_questions(event: Event) -> None:
    client, counts = signed_in(one(event.group, Role.MEMBER)), []
    for number in (2, 40):
        for _ in range(number):
            Participation.objects.create(event=event, person=PersonFactory())
        with CaptureQueriesContext(connection) as captured:
            client.get(url("detail", event.pk))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_a_group_s_page_shows_its_next_events(event: Event, over: Event) -> None:
    Event.objects.filter(pk=over.pk).update(group=event.group)
    EventFactory(title="D’un autre groupe")
    page = signed_in(None).get(reverse("groups:detail", args=[event.group_id]))
    assert titles(page) == ["Tractage au marché"]


def test_every_page_speaks_english_too(event: Event) -> None:
    client = signed_in(MembershipFactory(group=event.group, person=PersonFactory(language="en"), role=40).person)
    assert "Create an event" in text_of(client.get(url("list")))
    assert "Who is coming" in text_of(client.get(url("detail", event.pk)))
    assert "Announce the event" in text_of(client.get(url("create")))
