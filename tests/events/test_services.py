"""What people do with events, what happens then, and who is refused."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.utils import timezone

from collab.realtime.errors import Forbidden, NotFound
from events import services, times
from events.errors import BadTime, EndsBeforeItStarts, EventIsOver, InThePast, NoTitle, TooFar, TooLong, TooManyEvents
from events.models import Event, Participation
from events.selectors import event_for
from events.signals import event_changed, event_created, participation_changed
from groups.models import Group, Role
from notifications.models import Notification
from people.models import Person
from tests.factories import CommuneFactory, EventFactory, GroupFactory, MembershipFactory, PersonFactory
from tests.notifications.announced import announced
from tests.notifications.inboxes import inbox_topic

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Heard = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    said: Heard = []
    signals = {"created": event_created, "changed": event_changed, "participation": participation_changed}

    def listener(name: str) -> Any:
        return lambda sender, signal, **facts: said.append((name, facts))

    listeners = {name: listener(name) for name in signals}
    for name, signal in signals.items():
        signal.connect(listeners[name], weak=False)
    yield said
    for name, signal in signals.items():
        signal.disconnect(listeners[name])


@pytest.fixture
def group(db: None) -> Group:
    return GroupFactory()


def one(group: Group, role: Role | None) -> Person:
    return PersonFactory() if role is None else MembershipFactory(group=group, role=role).person


def create(group: Group, by: Person, **facts: Any) -> Event:
    start = facts.pop("starts_at", timezone.now() + DAY)
    return services.create_event(
        **{
            "group_id": group.pk,
            "title": "Tractage au marché",
            "starts_at": start,
            "ends_at": start + 2 * HOUR,
            "commune": CommuneFactory(),
            "place": "Place du marché",
            "by": by,
            **facts,
        }
    )


def test_an_event_tells_everybody_in_the_group_but_its_author(group: Group, heard: Heard) -> None:
    author = one(group, Role.MANAGER)
    told = [one(group, role) for role in (Role.FOLLOWER, Role.MEMBER, Role.ANIMATOR)]
    stranger = PersonFactory(commune=None)
    event = create(group, author, title="  Tractage\x00 ")
    assert event.title == "Tractage"
    assert (event.latitude, event.longitude) == (event.commune.latitude, event.commune.longitude)
    assert heard == [("created", {"event": event, "by": author})]
    for person in told:
        [(kind, data)] = announced(inbox_topic(person))
        assert kind == "notification.added" and data["notice"]["kind"] == "event_in_group"
        assert data["notice"]["facts"]["event"] == "Tractage"
        assert datetime.fromisoformat(data["notice"]["facts"]["starts_at"]) == event.starts_at
    assert not announced(inbox_topic(author)) and not announced(inbox_topic(stranger))


@pytest.mark.parametrize("role", [None, *Role])
def test_managers_and_animators_create_and_change_events(group: Group, heard: Heard, role: Role | None) -> None:
    by, event = one(group, role), EventFactory(group=group)

    def change() -> Event:
        return services.update_event(
            event_id=event.pk,
            title="Autre titre",
            starts_at=event.starts_at + DAY,
            ends_at=event.ends_at + DAY,
            commune=event.commune,
            by=by,
        )

    if role is None or role < Role.MANAGER:
        for act in (lambda: create(group, by), change):
            with pytest.raises(Forbidden):
                act()
        assert Event.objects.get().title == event.title and not heard and not Notification.objects.exists()
        return
    create(group, by)
    assert change().title == "Autre titre"
    assert [name for name, _ in heard] == ["created", "changed"]


def test_a_group_announces_only_so_much_at_a_time(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_UPCOMING", 2)
    by, start, write = one(group, Role.MANAGER), timezone.now() - DAY, uuid4()
    EventFactory(group=group, starts_at=start, ends_at=start + HOUR)  # over: it does not count
    create(group, by)
    create(group, by, write_id=write)
    assert create(group, by, write_id=write).pk == write
    with pytest.raises(TooManyEvents):
        create(group, by)
    create(other := GroupFactory(), one(other, Role.MANAGER))


def test_a_role_elsewhere_gives_nothing_here(group: Group) -> None:
    with pytest.raises(Forbidden):
        create(group, one(GroupFactory(), Role.ANIMATOR))


def test_the_same_write_is_the_same_event(group: Group, heard: Heard) -> None:
    alice, bob, write = one(group, Role.MANAGER), one(group, Role.MANAGER), uuid4()
    first, again = create(group, alice, write_id=write), create(group, alice, write_id=write)
    assert first.pk == again.pk and len(heard) == 1
    assert Notification.objects.filter(person=bob).count() == 1
    with pytest.raises(NotFound):
        create(group, bob, write_id=write)


@pytest.mark.parametrize(
    ("starts", "lasts", "refusal"),
    [
        (DAY, -HOUR, EndsBeforeItStarts),
        (DAY, timedelta(0), EndsBeforeItStarts),
        (DAY, times.LONGEST + HOUR, TooLong),
        (-2 * HOUR, 5 * HOUR, InThePast),
        (-timedelta(days=365 * 2000), HOUR, InThePast),
        (times.FARTHEST + HOUR, HOUR, TooFar),
        (timedelta(days=365 * 7000), HOUR, TooFar),
    ],
)
def test_absurd_times_are_refused(group: Group, starts: timedelta, lasts: timedelta, refusal: type[BadTime]) -> None:
    by, event = one(group, Role.MANAGER), EventFactory(group=group)
    start = timezone.now() + starts
    with pytest.raises(refusal):
        create(group, by, starts_at=start, ends_at=start + lasts)
    with pytest.raises(refusal):
        services.update_event(
            event_id=event.pk, title="x", starts_at=start, ends_at=start + lasts, commune=event.commune, by=by
        )
    assert Event.objects.get() == event and not Notification.objects.exists()


@pytest.mark.parametrize(("starts", "lasts"), [(-HOUR / 2, HOUR), (timedelta(0), times.LONGEST), (DAY, HOUR)])
def test_sensible_times_are_taken(group: Group, starts: timedelta, lasts: timedelta) -> None:
    start = timezone.now() + starts
    event = create(group, one(group, Role.MANAGER), starts_at=start, ends_at=start + lasts)
    assert Event.objects.get().ends_at == event.starts_at + lasts


def test_an_event_needs_a_title(group: Group) -> None:
    with pytest.raises(NoTitle):
        create(group, one(group, Role.MANAGER), title=" \x00 ")


def test_the_end_of_what_has_begun_can_move_and_what_is_over_cannot_change(group: Group) -> None:
    by, start = one(group, Role.MANAGER), timezone.now() - 3 * HOUR
    running = EventFactory(group=group, starts_at=start, ends_at=timezone.now() + HOUR)
    over = EventFactory(group=group, starts_at=start, ends_at=timezone.now() - HOUR)

    def end_at(event: Event, end: datetime) -> Event:
        return services.update_event(
            event_id=event.pk, title="Fin", starts_at=event.starts_at, ends_at=end, commune=event.commune, by=by
        )

    later = timezone.now() + 2 * HOUR
    assert end_at(running, later).ends_at == later
    with pytest.raises(EventIsOver):
        end_at(over, later)


def test_coming_twice_is_coming_once(group: Group, heard: Heard) -> None:
    event, person = EventFactory(group=group), PersonFactory()
    services.come(event_id=event.pk, by=person)
    services.come(event_id=event.pk, by=person)
    assert Participation.objects.count() == 1
    services.uncome(event_id=event.pk, by=person)
    services.uncome(event_id=event.pk, by=person)
    assert not Participation.objects.exists()
    assert [facts["comes"] for _, facts in heard] == [True, False]
    assert all(facts["event"] == event and facts["person"] == person for _, facts in heard)


def test_nobody_comes_to_what_is_over_or_absent(group: Group) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    over = EventFactory(group=group, starts_at=start, ends_at=start + HOUR)
    with pytest.raises(EventIsOver):
        services.come(event_id=over.pk, by=PersonFactory())
    for verb in (services.come, services.uncome):
        with pytest.raises(NotFound):
            verb(event_id=uuid4(), by=PersonFactory())


def test_many_who_come_at_once_are_each_counted_once(transactional_db: None) -> None:
    event, people = EventFactory(), [PersonFactory() for _ in range(6)]

    def come(person: Person) -> None:
        try:
            for _ in range(2):
                services.come(event_id=event.pk, by=person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(come, people))
    assert event.participations.count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_rollback_announces_nothing() -> None:
    group = GroupFactory()
    author, member = one(group, Role.MANAGER), one(group, Role.MEMBER)
    with pytest.raises(RuntimeError), transaction.atomic():
        create(group, author)
        raise RuntimeError
    assert not announced(inbox_topic(member)) and not Event.objects.exists()


@pytest.mark.parametrize("role", [None, *Role])
def test_event_for_asks_for_a_role_in_the_group(group: Group, role: Role | None) -> None:
    person, event = one(group, role), EventFactory(group=group)
    assert event_for(person, event.pk) == event
    for least in Role:
        if role is not None and role >= least:
            assert event_for(person, event.pk, least) == event
        else:
            with pytest.raises(NotFound):
                event_for(person, event.pk, least)
    with pytest.raises(NotFound):
        event_for(person, uuid4())
