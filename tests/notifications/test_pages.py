"""The page of notifications, without script."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from notifications import sentences
from notifications.models import Notification
from notifications.protocol import Kind
from notifications.services import notify
from people.models import Person
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

FACTS = {
    Kind.GROUP_JOINED: {"who": "Inès", "group": "Croix-Rousse"},
    Kind.EVENT_IN_GROUP: {"event": "Tractage", "group": "Croix-Rousse", "starts_at": "2027-01-05T18:30:00+01:00"},
    Kind.EVENT_NEAR: {"event": "Tractage", "commune": "Bron", "starts_at": "2027-07-05T16:30:00+00:00"},
    Kind.MENTIONED: {"who": "Inès", "document": "Le tract"},
    Kind.ASSEMBLY_OPENED: {"assembly": "Assemblée d’hiver"},
    Kind.VOTE_OPENED: {"question": "On y va 100 % ?"},
}


@pytest.fixture
def alice() -> Person:
    return PersonFactory()


@pytest.fixture
def page(client: Client, alice: Person) -> Client:
    client.force_login(alice)
    return client


def ring(person: Person, number: int = 1, **more: Any) -> None:
    for _ in range(number):
        with transaction.atomic():
            facts = {"who": "Inès", "document": "Le tract"}
            notify(
                **{
                    "kind": Kind.MENTIONED,
                    "to": [person.pk],
                    "key": str(uuid4()),
                    "url": "/compte/",
                    "facts": facts,
                    **more,
                }
            )


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_its_sentence_in_both_languages(page: Client, alice: Person, kind: Kind) -> None:
    ring(alice, kind=kind, facts=FACTS[kind])
    for language in ("fr", "en"):
        Person.objects.filter(pk=alice.pk).update(language=language)
        words = page.get(reverse("notifications:list")).content.decode()
        for name, fact in FACTS[kind].items():
            assert (fact if name != "starts_at" else "18:30") in words
        assert "%(" not in words
        assert ("Mark all as read" in words) == (language == "en")


def test_a_kind_with_a_missing_fact_says_something_plain() -> None:
    with translation.override("fr"):
        assert sentences.sentence(Notification(kind=Kind.VOTE_OPENED, facts={})) == "Du nouveau pour vous"
        assert sentences.sentence(Notification(kind="of_tomorrow", facts={})) == "Du nouveau pour vous"


def test_following_the_link_marks_it_as_read(page: Client, alice: Person) -> None:
    ring(alice, 2)
    one, other = alice.notifications.all()
    response = page.get(reverse("notifications:open", args=[one.pk]))
    assert response.status_code == 302 and response["Location"] == "/compte/"
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.read_at and not other.read_at


def test_another_persons_notification_is_like_an_absent_one(page: Client) -> None:
    bob = PersonFactory()
    ring(bob)
    theirs = page.get(reverse("notifications:open", args=[bob.notifications.get().pk]))
    absent = page.get(reverse("notifications:open", args=[uuid4()]))
    assert (theirs.status_code, absent.status_code) == (404, 404)
    assert bob.notifications.get().read_at is None


def test_mark_all_reads_what_the_page_showed(page: Client, alice: Person) -> None:
    ring(alice, 2)
    assert 'name="up_to" value="2"' in page.get(reverse("notifications:list")).content.decode()
    ring(alice)
    page.post(reverse("notifications:read_all"), {"up_to": "2"})
    assert list(alice.notifications.filter(read_at=None).values_list("number", flat=True)) == [3]


@pytest.mark.parametrize("up_to", ["", "-1", "all", "²", "9" * 40, "1\x00"])
def test_an_absurd_number_marks_nothing(page: Client, alice: Person, up_to: str) -> None:
    ring(alice)
    assert page.post(reverse("notifications:read_all"), {"up_to": up_to}).status_code == 302
    assert alice.notifications.get().read_at is None


def test_who_is_not_signed_in_is_sent_to_sign_in(client: Client, alice: Person) -> None:
    ring(alice)
    one = alice.notifications.get()
    for response in (
        client.get(reverse("notifications:list")),
        client.get(reverse("notifications:open", args=[one.pk])),
        client.post(reverse("notifications:read_all"), {"up_to": "1"}),
    ):
        assert response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    one.refresh_from_db()
    assert one.read_at is None


def test_reading_all_needs_a_post(page: Client) -> None:
    assert page.get(reverse("notifications:read_all")).status_code == 405


def test_the_page_is_cut_in_pages_and_asks_few_questions(page: Client, alice: Person) -> None:
    ring(alice, 65)
    Notification.objects.filter(number__lt=60).update(read_at=timezone.now())
    with CaptureQueriesContext(connection) as few:
        first = page.get(reverse("notifications:list")).content.decode()
    assert first.count('class="bell-item"') == 30 and first.count("data-unread") == 6
    assert 'href="?page=2"' in first
    assert page.get(reverse("notifications:list"), {"page": "3"}).content.decode().count('class="bell-item"') == 5
    assert page.get(reverse("notifications:list"), {"page": "absurd"}).status_code == 200
    assert len(few) <= 6


def test_an_empty_inbox_says_what_to_do(page: Client) -> None:
    assert reverse("groups:list") in page.get(reverse("notifications:list")).content.decode()
