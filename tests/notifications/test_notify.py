"""Telling people: once each, numbered, announced after commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import selectors
from notifications.models import Inbox, Notification
from notifications.protocol import Kind
from notifications.services import mark_read, notify
from people.models import Person
from tests.factories import PersonFactory
from tests.notifications.announced import announced
from tests.notifications.inboxes import draw, inbox_topic


def tell(*people: Person, key: str = "vote:1", **more: Any) -> int:
    facts = {"who": "Inès", "question": "On y va ?"}
    with transaction.atomic():
        return notify(
            **{"kind": Kind.VOTE_OPENED, "to": [p.pk for p in people], "key": key, "url": "/", "facts": facts, **more}
        )


@pytest.mark.django_db
def test_each_person_gets_it_once_with_a_number_of_their_own() -> None:
    alice, bob = PersonFactory(), PersonFactory()
    assert tell(alice, key="a") == 1
    assert tell(alice, bob, bob, key="b") == 2
    assert list(Notification.objects.filter(person=alice).values_list("number", "key")) == [(2, "b"), (1, "a")]
    assert list(Notification.objects.filter(person=bob).values_list("number", "key")) == [(1, "b")]


@pytest.mark.django_db
def test_the_same_key_again_is_the_same_notification() -> None:
    alice, bob = PersonFactory(), PersonFactory()
    tell(alice)
    assert tell(alice, bob) == 1
    assert tell(alice, bob) == 0
    assert Notification.objects.filter(person=alice).count() == 1
    assert len(announced(inbox_topic(alice))) == 1
    assert Inbox.objects.get(person=alice).last_number == 1


@pytest.mark.django_db
def test_who_caused_it_who_is_gone_and_who_is_closed_are_not_told() -> None:
    alice, closed = PersonFactory(), PersonFactory(is_active=False)
    assert tell(alice, closed, by=alice.pk) == 0
    assert tell(alice, to=[alice.pk, uuid4()]) == 1
    assert tell(alice, to=[]) == 0
    assert not announced(inbox_topic(closed))


@pytest.mark.django_db
def test_it_is_announced_on_the_inbox_with_what_the_bell_draws() -> None:
    alice, bob = PersonFactory(), PersonFactory()
    tell(alice, by=bob.pk)
    [(kind, data)] = announced(inbox_topic(alice))
    assert kind == "notification.added"
    notice = data["notice"]
    assert notice["number"] == 1 and notice["kind"] == "vote_opened" and not notice["read"]
    assert notice["facts"] == {"who": "Inès", "question": "On y va ?"}
    assert UUID(notice["id"]) == Notification.objects.get().pk


@pytest.mark.django_db(transaction=True)
def test_a_rollback_announces_nothing() -> None:
    alice = PersonFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(alice)
        raise RuntimeError
    assert not Notification.objects.exists() and not announced(inbox_topic(alice))
    assert tell(alice) == 1


def test_it_refuses_to_work_outside_a_transaction(transactional_db: None) -> None:
    with pytest.raises(AssertionError):
        notify(kind=Kind.MENTIONED, to=[], key="x", url="/", facts={})


@pytest.mark.django_db
def test_who_rests_is_left_in_peace_for_that_kind_only() -> None:
    alice, bob = PersonFactory(), PersonFactory()
    day = timedelta(days=1)
    tell(alice, key="near:1", kind=Kind.EVENT_NEAR)
    assert tell(alice, bob, key="near:2", kind=Kind.EVENT_NEAR, rest=day) == 1
    assert tell(alice, key="vote:2", rest=day) == 1
    Notification.objects.filter(person=alice).update(created=timezone.now() - day - timedelta(seconds=1))
    assert tell(alice, key="near:3", kind=Kind.EVENT_NEAR, rest=day) == 1


@pytest.mark.django_db
def test_four_hundred_people_cost_hardly_more_queries_than_forty() -> None:
    people = [PersonFactory() for _ in range(400)]

    def queries(some: list[Person], key: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert tell(*some, key=key) == len(some)
        return len(captured)

    few, many = queries(people[:40], "few"), queries(people, "many")
    # SQLite takes some hundred values a statement: only the insertions are cut in pieces there.
    assert many <= (few if connection.vendor == "postgresql" else few + 16)
    assert many < 40


@pytest.mark.django_db
def test_reading_up_to_a_number_reads_the_rest_of_nothing() -> None:
    alice, bob = PersonFactory(), PersonFactory()
    for key in "abc":
        tell(alice, bob, key=key)
    assert mark_read(person=alice, up_to=2) == 1
    assert [one.number for one in selectors.inbox_of(alice.pk) if one.read_at] == [2, 1]
    assert selectors.unread_count(bob.pk) == 3
    assert announced(inbox_topic(alice))[-1] == ("notification.read", {"up_to": 2, "ids": [], "unread": 1})


@pytest.mark.django_db
def test_reading_twice_announces_once_and_nobody_reads_anothers() -> None:
    alice, bob = PersonFactory(), PersonFactory()
    tell(alice, bob)
    theirs = selectors.inbox_of(bob.pk).get().pk
    assert mark_read(person=alice, ids=[theirs]) == 1
    mark_read(person=alice, up_to=9)
    mark_read(person=alice, up_to=9)
    assert selectors.unread_count(bob.pk) == 1
    assert [kind for kind, _ in announced(inbox_topic(alice))] == ["notification.added", "notification.read"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda alice, ids: tell(alice, key="new"),
        lambda alice, ids: mark_read(person=alice, up_to=2),
        lambda alice, ids: mark_read(person=alice, ids=ids[:1]),
        lambda alice, ids: mark_read(person=alice, up_to=1, ids=ids[:2]),
    ],
)
def test_old_picture_and_announcement_make_the_fresh_picture(act: Callable[[Person, list[UUID]], object]) -> None:
    alice = PersonFactory()
    for number in range(25):
        tell(alice, key=str(number))
    picture: Any = selectors.picture(alice.pk)
    before = len(announced(inbox_topic(alice)))
    act(alice, [UUID(one["id"]) for one in picture["latest"]])
    for kind, data in announced(inbox_topic(alice))[before:]:
        draw(picture, kind, data)
    assert picture == selectors.picture(alice.pk)


def test_many_at_once_lose_nothing_and_do_not_deadlock(transactional_db: None) -> None:
    people = [PersonFactory() for _ in range(12)]
    writers, each = 6, 4

    def write(writer: int) -> None:
        try:
            some = people if writer % 2 else people[::-1]
            for number in range(each):
                tell(*some, key=f"{writer}:{number}")
                mark_read(person=some[0], up_to=number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    for person in people:
        numbers = [one.number for one in selectors.inbox_of(person.pk)]
        assert numbers == list(range(writers * each, 0, -1))
        assert [kind for kind, _ in announced(inbox_topic(person))].count("notification.added") == writers * each
