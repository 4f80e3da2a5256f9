"""Who is in a call: the services, what they announce, and whom they refuse."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collab.realtime.errors import BadWord, DomainError, Forbidden, NotFound
from collab.realtime.models import Announcement
from collab.realtime.protocol import encode
from people.models import Person
from tests.factories import PersonFactory
from tests.video.circle import allow, draw
from video import selectors, services
from video.access import CallRight
from video.consumers import CallTopic
from video.errors import CallIsFull, IsModerator, NotInCall, RemovedFromCall, TooManyDevices, WatchOnly
from video.models import Participant

pytestmark = pytest.mark.django_db(transaction=True)

WATCH, SPEAK, MODERATE = CallRight.WATCH, CallRight.SPEAK, CallRight.MODERATE


@pytest.fixture
def call_id() -> UUID:
    return uuid4()


@pytest.fixture
def person_with(call_id: UUID) -> Callable[[CallRight | None], Person]:
    def make(right: CallRight | None) -> Person:
        person: Person = PersonFactory()
        allow(person, call_id, right)
        return person

    return make


def enter(call_id: UUID, person: Person, *, mic: bool = True, camera: bool = True) -> UUID:
    session_id = uuid4()
    services.join(call_id=call_id, session_id=session_id, by=person, attachment=uuid4(), mic=mic, camera=camera)
    return session_id


def picture_of(call_id: UUID) -> dict[str, Any]:
    drawn: dict[str, Any] = json.loads(encode({"participants": selectors.participants_of(call_id)}))
    return drawn


def announced(call_id: UUID, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    rows = Announcement.objects.filter(stream_id=f"call:{call_id}", seq__gt=after).order_by("seq")
    return [(row.type, json.loads(bytes(row.data))) for row in rows]


def test_old_picture_and_announcements_make_the_fresh_picture(
    call_id: UUID, person_with: Callable[[CallRight | None], Person]
) -> None:
    chair, speaker, watcher = person_with(MODERATE), person_with(SPEAK), person_with(WATCH)
    steps: list[Callable[[], object]] = []
    sessions: dict[str, UUID] = {}

    def coming(name: str, person: Person) -> Callable[[], object]:
        return lambda: sessions.__setitem__(name, enter(call_id, person))

    steps += [coming("chair", chair), coming("phone", speaker), coming("desk", speaker), coming("watcher", watcher)]
    steps.append(
        lambda: services.set_state(
            call_id=call_id, session_id=sessions["desk"], by=speaker, mic=False, camera=False, screen=True
        )
    )
    steps.append(lambda: services.mute_person(call_id=call_id, person_id=speaker.pk, by=chair))
    steps.append(
        lambda: services.resume(
            call_id=call_id, session_id=sessions["phone"], by=speaker, attachment=uuid4(), mic=True, camera=False,
            screen=False,
        )
    )  # fmt: skip
    steps.append(lambda: services.mute_others(call_id=call_id, by=chair))
    steps.append(lambda: services.set_right(session_id=sessions["phone"], right=WATCH))
    steps.append(lambda: services.leave(call_id=call_id, session_id=sessions["watcher"], by=watcher))
    steps.append(lambda: services.remove_person(call_id=call_id, person_id=speaker.pk, by=chair))
    steps.append(lambda: services.end_call(call_id=call_id))

    picture, told = picture_of(call_id), 0
    for step in steps:
        step()
        news = announced(call_id, told)
        assert news, "every step of this story changes what people see"
        told += len(news)
        for type_, data in news:
            draw(picture, type_, data)
        assert picture == picture_of(call_id)
    assert picture == {"participants": []}


def test_joining_again_with_the_same_session_is_announced_once(
    call_id: UUID, person_with: Callable[[CallRight | None], Person]
) -> None:
    person, session_id = person_with(SPEAK), uuid4()
    for _ in range(2):
        services.join(call_id=call_id, session_id=session_id, by=person, attachment=uuid4(), mic=True, camera=True)
    assert [type_ for type_, _ in announced(call_id)] == ["call.joined"]


def test_a_session_is_its_makers_alone(call_id: UUID, person_with: Callable[[CallRight | None], Person]) -> None:
    owner, other = person_with(SPEAK), person_with(MODERATE)
    session_id = enter(call_id, owner)
    facts = {"call_id": call_id, "session_id": session_id, "by": other}
    state = {"mic": True, "camera": True}
    with pytest.raises(BadWord):
        services.join(**facts, **state, attachment=uuid4())
    with pytest.raises(NotInCall):
        services.resume(**facts, **state, screen=False, attachment=uuid4())
    with pytest.raises(NotInCall):
        services.set_state(**facts, **state, screen=False)
    services.leave(**facts)
    assert Participant.objects.filter(pk=session_id).exists()


def test_who_watches_publishes_nothing(call_id: UUID, person_with: Callable[[CallRight | None], Person]) -> None:
    watcher = person_with(WATCH)
    session_id = enter(call_id, watcher, mic=True, camera=True)
    row = Participant.objects.get(pk=session_id)
    assert (row.mic, row.camera) == (False, False)
    with pytest.raises(WatchOnly):
        services.set_state(call_id=call_id, session_id=session_id, by=watcher, mic=True, camera=False, screen=False)


@pytest.mark.parametrize("right", [None, WATCH, SPEAK, MODERATE])
def test_each_word_for_each_right(
    call_id: UUID, person_with: Callable[[CallRight | None], Person], right: CallRight | None
) -> None:
    """What is refused, and with which error; nothing changes then."""
    me, other = person_with(right), person_with(SPEAK)
    theirs = enter(call_id, other)
    mine = uuid4()
    moderator_only: type[DomainError] | None = NotFound if right is None else Forbidden if right < MODERATE else None
    stranger: type[DomainError] | None = NotFound if right is None else None
    words: list[tuple[Callable[[], object], type[DomainError] | None]] = [
        (
            lambda: services.join(call_id=call_id, session_id=mine, by=me, attachment=uuid4(), mic=False, camera=False),
            stranger,
        ),
        (
            lambda: services.set_state(call_id=call_id, session_id=mine, by=me, mic=True, camera=False, screen=False),
            stranger or (WatchOnly if right == WATCH else None),
        ),
        (
            lambda: services.resume(
                call_id=call_id, session_id=mine, by=me, attachment=uuid4(), mic=True, camera=True, screen=True
            ),
            stranger,
        ),
        (lambda: services.mute_person(call_id=call_id, person_id=other.pk, by=me), moderator_only),
        (lambda: services.mute_others(call_id=call_id, by=me), moderator_only),
        (lambda: services.remove_person(call_id=call_id, person_id=other.pk, by=me), moderator_only),
    ]
    for word, refusal in words:
        before = picture_of(call_id)
        if refusal is None:
            word()
        else:
            with pytest.raises(refusal):
                word()
            assert picture_of(call_id) == before
    assert Participant.objects.filter(pk=theirs).exists() == (right != MODERATE)
    assert Participant.objects.filter(pk=mine).exists() == (right is not None)


@pytest.mark.parametrize("right", [None, WATCH, SPEAK, MODERATE])
def test_who_may_watch_may_follow(
    call_id: UUID, person_with: Callable[[CallRight | None], Person], right: CallRight | None
) -> None:
    from collab.realtime.topics import Caller

    person = person_with(right)
    topic = CallTopic()
    assert topic.may_follow(str(call_id), Caller(person_id=person.pk)) == (right is not None)
    assert not topic.may_follow(str(uuid4()), Caller(person_id=person.pk))
    assert not topic.may_follow("nonsense", Caller(person_id=person.pk))
    assert not topic.may_follow(str(call_id), Caller(person_id=uuid4()))
    person.is_active = False
    person.save()
    assert not topic.may_follow(str(call_id), Caller(person_id=person.pk))


def test_a_moderator_is_not_removed_and_the_removed_stay_out(
    call_id: UUID, person_with: Callable[[CallRight | None], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    chair, other_chair, speaker = person_with(MODERATE), person_with(MODERATE), person_with(SPEAK)
    enter(call_id, other_chair)
    enter(call_id, speaker)
    with pytest.raises(IsModerator):
        services.remove_person(call_id=call_id, person_id=other_chair.pk, by=chair)
    with pytest.raises(NotFound):
        services.remove_person(call_id=call_id, person_id=uuid4(), by=chair)
    services.remove_person(call_id=call_id, person_id=speaker.pk, by=chair)
    with pytest.raises(RemovedFromCall):
        enter(call_id, speaker)
    later = timezone.now() + timedelta(minutes=services.REMOVED_MINUTES, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    enter(call_id, speaker)


def test_muting_others_leaves_the_moderator_and_names_who_did_it(
    call_id: UUID, person_with: Callable[[CallRight | None], Person]
) -> None:
    chair, speaker, silent = person_with(MODERATE), person_with(SPEAK), person_with(SPEAK)
    mine, theirs = enter(call_id, chair), enter(call_id, speaker)
    enter(call_id, silent, mic=False)
    told = len(announced(call_id))
    services.mute_others(call_id=call_id, by=chair)
    ((type_, data),) = announced(call_id, told)
    assert (type_, data["by"], data["participant"]["session"]) == ("call.changed", str(chair.pk), str(theirs))
    assert Participant.objects.get(pk=mine).mic


def test_a_call_and_a_person_have_their_bounds(
    call_id: UUID, person_with: Callable[[CallRight | None], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_IN_A_CALL", services.MOST_DEVICES + 1)
    one, two, three = person_with(SPEAK), person_with(SPEAK), person_with(SPEAK)
    for _ in range(services.MOST_DEVICES):
        enter(call_id, one)
    with pytest.raises(TooManyDevices) as refusal:
        enter(call_id, one)
    assert str(services.MOST_DEVICES) in str(refusal.value)
    enter(call_id, two)
    with pytest.raises(CallIsFull):
        enter(call_id, three)


def test_only_the_socket_that_speaks_for_a_session_can_abandon_it(
    call_id: UUID, person_with: Callable[[CallRight | None], Person]
) -> None:
    person, session_id, old, new = person_with(SPEAK), uuid4(), uuid4(), uuid4()
    state = {"mic": True, "camera": True}
    services.join(call_id=call_id, session_id=session_id, by=person, attachment=old, **state)
    services.resume(call_id=call_id, session_id=session_id, by=person, attachment=new, screen=False, **state)
    assert not services.end_abandoned(session_id=session_id, attachment=old)
    assert services.end_abandoned(session_id=session_id, attachment=new)
    assert announced(call_id)[-1] == ("call.left", {"session": str(session_id), "why": "lost"})


def test_what_a_killed_process_held_is_let_go(
    call_id: UUID, person_with: Callable[[CallRight | None], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    ghost, kept = enter(call_id, person_with(SPEAK)), enter(call_id, person_with(SPEAK))
    later = timezone.now() + timedelta(seconds=services.STALE_SECONDS + 1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    services.keep(session_ids=[kept])
    assert services.end_stale() == [(call_id, ghost)]
    assert [one["session"] for one in picture_of(call_id)["participants"]] == [str(kept)]
    assert services.end_stale() == []


def test_joining_clears_ghosts_first(
    call_id: UUID, person_with: Callable[[CallRight | None], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = person_with(SPEAK)
    for _ in range(services.MOST_DEVICES):
        enter(call_id, person)
    later = timezone.now() + timedelta(seconds=services.STALE_SECONDS + 1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    session_id = enter(call_id, person)
    assert [one["session"] for one in picture_of(call_id)["participants"]] == [str(session_id)]


def test_the_picture_costs_one_query(call_id: UUID, person_with: Callable[[CallRight | None], Person]) -> None:
    for _ in range(5):
        enter(call_id, person_with(SPEAK))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(selectors.participants_of(call_id)) == 5
    assert len(queries) == 1
