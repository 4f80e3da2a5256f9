"""An assembly's life and its agenda."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from notifications.models import Notification
from people.models import Person
from rooms import services
from rooms.errors import (
    AssemblyExists,
    AssemblyIsClosed,
    AssemblyNotOpen,
    EmptyText,
    ItemHasBegun,
    RoomIsClosed,
    TooMany,
    VoteStillOpen,
)
from rooms.models import AgendaItem, Assembly, Room
from rooms.services import agenda, polls
from tests.rooms.announced import (
    announced,
    assembly_picture,
    draw_assembly,
    draw_room,
    refused,
    rolled_back,
    room_picture,
)
from tests.rooms.conftest import Circle

AGENDA = [("Accueil", 5), ("Bilan de la caravane", 20), ("Élection de la mandataire", 0)]


@pytest.fixture
def assembly(circle: Circle) -> Assembly:
    return prepare(circle)


def prepare(circle: Circle) -> Assembly:
    return services.prepare_assembly(
        room_id=circle.room.pk, by=circle.animator, title="Assemblée de rentrée", items=AGENDA
    )


def titles(assembly: Assembly, state: str) -> list[str]:
    return list(assembly.items.filter(state=state).values_list("title", flat=True))


def move(circle: Circle, assembly: Assembly, by: Person | None = None) -> AgendaItem | None:
    running = assembly.items.filter(state="running").first()
    return services.next_item(assembly_id=assembly.pk, by=by or circle.animator, after=running.pk if running else None)


def test_a_prepared_assembly_is_a_draft_with_its_agenda(circle: Circle) -> None:
    with announced(circle.room.topic) as heard:
        assembly = prepare(circle)
    assert assembly.state == "draft"
    assert [(item.title, item.minutes) for item in assembly.items.all()] == AGENDA
    told = {"id": str(assembly.pk), "title": "Assemblée de rentrée", "state": "draft"}
    assert heard.words == [("assembly.changed", {"assembly": told})]


def test_a_room_has_one_assembly(circle: Circle, assembly: Assembly) -> None:
    with pytest.raises(AssemblyExists):
        prepare(circle)
    again = services.prepare_assembly(room_id=circle.room.pk, by=circle.animator, title="x", assembly_id=assembly.pk)
    assert again == assembly


def test_opening_tells_all_members_wherever_they_are_once(circle: Circle, assembly: Assembly) -> None:
    with announced(assembly.topic) as heard, announced(circle.room.topic) as in_the_room:
        services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
        services.open_assembly(assembly_id=assembly.pk, by=circle.manager)
    assert heard.types == ["assembly.opened"] and in_the_room.types == ["assembly.changed"]
    told = Notification.objects.filter(kind="assembly_opened")
    assert {notification.person for notification in told} == {circle.manager, circle.member, circle.other_member}
    assert {(one.key, one.url) for one in told} == {(f"assembly:{assembly.pk}", circle.room.path)}
    assert told[0].facts["assembly"] == "Assemblée de rentrée"


def test_a_rolled_back_opening_tells_nobody(circle: Circle, assembly: Assembly) -> None:
    with announced(assembly.topic) as heard, rolled_back():
        services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    assert heard.words == [] and not Notification.objects.exists()


def test_an_assembly_does_not_open_in_a_closed_room(circle: Circle, assembly: Assembly) -> None:
    services.close_room(room_id=circle.room.pk, by=circle.animator)
    with pytest.raises(RoomIsClosed):
        services.open_assembly(assembly_id=assembly.pk, by=circle.animator)


def test_the_agenda_moves_point_by_point(circle: Circle, assembly: Assembly) -> None:
    services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    seen = []
    while (item := move(circle, assembly)) is not None:
        seen.append((item.title, titles(assembly, "running"), titles(assembly, "done")))
    assert seen == [
        ("Accueil", ["Accueil"], []),
        ("Bilan de la caravane", ["Bilan de la caravane"], ["Accueil"]),
        ("Élection de la mandataire", ["Élection de la mandataire"], ["Accueil", "Bilan de la caravane"]),
    ]
    assert titles(assembly, "done") == [title for title, _ in AGENDA]
    with announced(assembly.topic) as heard:
        assert move(circle, assembly) is None
    assert heard.words == []


def test_two_hosts_who_press_at_once_move_one_point(circle: Circle, assembly: Assembly) -> None:
    services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    with announced(assembly.topic) as heard:
        first = services.next_item(assembly_id=assembly.pk, by=circle.animator, after=None)
        second = services.next_item(assembly_id=assembly.pk, by=circle.manager, after=None)
    assert first == second and heard.types == ["agenda.moved"]


def test_a_draft_does_not_move(circle: Circle, assembly: Assembly) -> None:
    with pytest.raises(AssemblyNotOpen):
        move(circle, assembly)


def test_a_point_that_has_begun_stays(circle: Circle, assembly: Assembly) -> None:
    services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    running = move(circle, assembly)
    assert running is not None
    with pytest.raises(ItemHasBegun):
        services.remove_item(assembly_id=assembly.pk, by=circle.animator, item_id=running.pk)
    with refused("not_found"):
        services.remove_item(assembly_id=assembly.pk, by=circle.animator, item_id=uuid.uuid4())


def test_closing_ends_the_running_point_but_not_an_open_vote(circle: Circle, assembly: Assembly) -> None:
    services.open_assembly(assembly_id=assembly.pk, by=circle.animator)
    move(circle, assembly)
    poll = services.create_poll(assembly_id=assembly.pk, by=circle.animator, question="Pour ?")
    services.open_poll(poll_id=poll.pk, by=circle.animator)
    with pytest.raises(VoteStillOpen):
        services.close_assembly(assembly_id=assembly.pk, by=circle.animator)
    services.close_poll(poll_id=poll.pk, by=circle.animator)
    with announced(assembly.topic) as heard:
        services.close_assembly(assembly_id=assembly.pk, by=circle.animator)
        services.close_assembly(assembly_id=assembly.pk, by=circle.animator)
    assert heard.types == ["assembly.closed"]
    assert titles(assembly, "running") == [] and titles(assembly, "done") == ["Accueil"]


def test_a_closed_assembly_does_not_change(circle: Circle, assembly: Assembly) -> None:
    services.close_assembly(assembly_id=assembly.pk, by=circle.animator)
    facts: dict[str, Any] = {"assembly_id": assembly.pk, "by": circle.animator}
    for act in [
        lambda: services.open_assembly(**facts),
        lambda: services.rename_assembly(**facts, title="x"),
        lambda: services.add_item(**facts, title="x"),
        lambda: services.create_poll(**facts, question="x"),
    ]:
        with pytest.raises(AssemblyIsClosed):
            act()


def test_an_agenda_and_its_votes_are_bounded(
    circle: Circle, assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "MAX_ITEMS", 3)
    monkeypatch.setattr(polls, "MAX_POLLS", 0)
    with pytest.raises(TooMany):
        services.add_item(assembly_id=assembly.pk, by=circle.animator, title="x")
    with pytest.raises(TooMany):
        services.create_poll(assembly_id=assembly.pk, by=circle.animator, question="x")


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_a_point_and_a_question_have_words(circle: Circle, assembly: Assembly, text: str) -> None:
    with pytest.raises(EmptyText):
        services.add_item(assembly_id=assembly.pk, by=circle.animator, title=text)
    with pytest.raises(EmptyText):
        services.create_poll(assembly_id=assembly.pk, by=circle.animator, question=text)
    with pytest.raises(EmptyText):
        services.rename_assembly(assembly_id=assembly.pk, by=circle.animator, title=text)


Verb = Callable[..., object]


def verbs(circle: Circle, assembly: Assembly) -> list[tuple[Verb, dict[str, Any]]]:
    poll = services.create_poll(assembly_id=assembly.pk, by=circle.animator, question="Pour ?")
    item = assembly.items.last()
    assert item is not None
    return [
        (services.rename_assembly, {"assembly_id": assembly.pk, "title": "Autre titre"}),
        (services.open_assembly, {"assembly_id": assembly.pk}),
        (services.add_item, {"assembly_id": assembly.pk, "title": "Divers"}),
        (services.remove_item, {"assembly_id": assembly.pk, "item_id": item.pk}),
        (services.next_item, {"assembly_id": assembly.pk, "after": None}),
        (services.create_poll, {"assembly_id": assembly.pk, "question": "Contre ?"}),
        (services.open_poll, {"poll_id": poll.pk}),
        (services.close_poll, {"poll_id": poll.pk}),
        (services.close_assembly, {"assembly_id": assembly.pk}),
    ]


def test_hosts_lead_and_nobody_else(circle: Circle, assembly: Assembly) -> None:
    """Each verb is refused to everybody else, then works for a host: the refusal is not for another reason."""
    for number, (verb, facts) in enumerate(verbs(circle, assembly)):
        for person in (circle.member, circle.participant):
            with refused("forbidden"):
                verb(by=person, **facts)
        for person in circle.outside:
            with refused("not_found"):
                verb(by=person, **facts)
        with announced(assembly.topic) as heard:
            verb(by=circle.hosts[number % 2], **facts)
        assert len(heard.words) == 1


def test_preparing_is_a_hosts_too(circle: Circle) -> None:
    for person in (circle.member, circle.participant):
        with refused("forbidden"):
            services.prepare_assembly(room_id=circle.room.pk, by=person, title="x")
    for person in circle.outside:
        with refused("not_found"):
            services.prepare_assembly(room_id=circle.room.pk, by=person, title="x")


def test_what_does_not_exist_is_not_found(circle: Circle) -> None:
    for verb in (services.open_assembly, services.close_assembly):
        with refused("not_found"):
            verb(assembly_id=uuid.uuid4(), by=circle.animator)
    for verb in (services.open_poll, services.close_poll, services.drop_poll):
        with refused("not_found"):
            verb(poll_id=uuid.uuid4(), by=circle.animator)


def test_every_announcement_of_the_assembly_makes_the_fresh_picture(circle: Circle) -> None:
    in_the_room = room_picture(circle.room)
    with announced(circle.room.topic) as heard:
        assembly = prepare(circle)
    draw_room(in_the_room, *heard.words[0])
    drawn = assembly_picture(assembly)
    acts = verbs(circle, assembly)
    drawn = assembly_picture(assembly)
    dropped = services.create_poll(assembly_id=assembly.pk, by=circle.animator, question="À retirer")
    drawn = assembly_picture(assembly)
    acts.insert(0, (services.drop_poll, {"poll_id": dropped.pk}))
    types = set()
    for verb, facts in acts:
        with announced(assembly.topic) as told, announced(circle.room.topic) as heard:
            verb(by=circle.animator, **facts)
            if verb is services.open_poll:
                poll_id = facts["poll_id"]
                services.cast(poll_id=poll_id, by=circle.member, choice="yes", write_id=uuid.uuid4())
                services.tell_tally(poll_id=poll_id)
        for word in told.words:
            draw_assembly(drawn, *word)
        for word in heard.words:
            draw_room(in_the_room, *word)
        assert drawn == assembly_picture(assembly)
        assert in_the_room == room_picture(Room.objects.get())
        types |= set(told.types)
    assert types == {
        "assembly.opened",
        "assembly.renamed",
        "assembly.closed",
        "agenda.added",
        "agenda.removed",
        "agenda.moved",
        "poll.created",
        "poll.dropped",
        "poll.opened",
        "poll.tally",
        "poll.closed",
    }
