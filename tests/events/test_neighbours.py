"""Telling who lives near: through the outbox, the nearest first, one a day, nobody twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from collab.outbox import services as outbox
from collab.outbox.models import Job, State
from events import selectors, services
from events.models import Event
from groups.models import Group, Role
from notifications.models import Notification
from notifications.protocol import Kind
from people.models import Commune, Person
from tests.factories import CommuneFactory, EventFactory, GroupFactory, MembershipFactory, PersonFactory
from tests.notifications.announced import announced
from tests.notifications.inboxes import inbox_topic

pytestmark = pytest.mark.django_db

HERE = (45.7667, 4.8803)


def at(code: str, north_km: float) -> Commune:
    """A commune so many kilometres north of the event."""
    return CommuneFactory(code=code, name=code, latitude=HERE[0] + north_km / 111.195, longitude=HERE[1])


@pytest.fixture
def group() -> Group:
    return GroupFactory()


def near_by(person: Person) -> list[str]:
    return [one.facts["event"] for one in Notification.objects.filter(person=person, kind=Kind.EVENT_NEAR)]


def test_creating_an_event_asks_for_it_and_the_job_does_it(group: Group) -> None:
    author, neighbour = MembershipFactory(group=group, role=Role.MANAGER).person, PersonFactory()
    start = timezone.now() + timedelta(days=1)
    event = services.create_event(
        group_id=group.pk,
        title="Fête",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        commune=group.commune,
        by=author,
    )
    assert not near_by(neighbour)
    job = Job.objects.get(kind="events.tell_neighbours")
    outbox.carry_out(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE
    assert near_by(neighbour) == ["Fête"]
    [(kind, data)] = announced(inbox_topic(neighbour))
    assert kind == "notification.added"
    assert data["notice"]["facts"] == {
        "event": "Fête",
        "commune": "Villeurbanne",
        "starts_at": event.starts_at.isoformat(),
    }


def test_it_is_for_who_lives_within_thirty_kilometres_and_is_not_in_the_group(group: Group) -> None:
    event = EventFactory(group=group)
    near, far = PersonFactory(commune=at("00001", 29.5)), PersonFactory(commune=at("00002", 30.5))
    nowhere, closed = PersonFactory(commune=None), PersonFactory(is_active=False)
    inside = [MembershipFactory(group=group, role=role).person for role in Role]
    assert services.tell_neighbours(event_id=event.pk) == 1
    assert near_by(near) == [event.title]
    assert not any(near_by(person) for person in (far, nowhere, closed, *inside))


def test_nobody_hears_of_the_same_event_twice_nor_of_two_in_a_day(group: Group) -> None:
    neighbour, first, second = PersonFactory(), EventFactory(group=group), EventFactory(group=group)
    assert services.tell_neighbours(event_id=first.pk) == 1
    assert services.tell_neighbours(event_id=first.pk) == 0
    assert services.tell_neighbours(event_id=second.pk) == 0
    Notification.objects.update(created=timezone.now() - services.NEIGHBOURS_REST - timedelta(minutes=1))
    assert services.tell_neighbours(event_id=first.pk) == 0
    assert services.tell_neighbours(event_id=second.pk) == 1
    assert near_by(neighbour) == [second.title, first.title]


def test_the_nearest_come_first_when_there_are_too_many(group: Group) -> None:
    event = EventFactory(group=group)
    people = [PersonFactory(commune=at(f"0000{km}", km)) for km in (9, 3, 6)]
    assert selectors.neighbours_of(event, 2) == [people[1].pk, people[2].pk]


def test_who_heard_of_it_in_the_group_hears_nothing_more(group: Group) -> None:
    author = MembershipFactory(group=group, role=Role.MANAGER).person
    gone = MembershipFactory(group=group).person
    start = timezone.now() + timedelta(days=1)
    event = services.create_event(
        group_id=group.pk,
        title="Fête",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        commune=group.commune,
        by=author,
    )
    group.memberships.filter(person=gone).delete()
    assert services.tell_neighbours(event_id=event.pk) == 0
    assert Notification.objects.filter(person=gone).count() == 1


def test_an_event_that_is_over_or_gone_tells_nobody() -> None:
    PersonFactory()
    start = timezone.now() - timedelta(days=1)
    over: Event = EventFactory(starts_at=start, ends_at=start + timedelta(hours=1))
    assert services.tell_neighbours(event_id=over.pk) == 0
    over.delete()
    assert services.tell_neighbours(event_id=over.pk) == 0
