"""Who may enter, who leads, and what changes when a membership does."""

from uuid import uuid4

import pytest
from django.test import Client

from collab.realtime.errors import NotFound
from collab.realtime.models import Stream
from collab.realtime.streams import open_topic
from collab.realtime.topics import Caller
from documents.selectors import right_of
from events.models import Event, Participation
from events.signals import event_changed, event_created, participation_changed
from groups.models import Membership, Role
from groups.signals import role_changed
from people.models import Person
from rooms import selectors, services
from rooms.models import Hand, Room
from rooms.selectors import RoomRight
from tests.factories import PersonFactory
from tests.realtime.servers import Server
from tests.rooms.announced import announced, draw_room, refused, room_picture
from tests.rooms.conftest import Circle, join
from video import services as calls
from video.access import CallRight, right_in


def test_each_role_has_its_right(circle: Circle) -> None:
    rights = {person.name: selectors.right_in(person, circle.room) for person in [*circle.inside, *circle.outside]}
    assert rights == {
        "Inès Belkacem": RoomRight.HOST,
        "Malik Robert": RoomRight.HOST,
        "Chloé Durand": RoomRight.ENTER,
        "Jeanne Petit": RoomRight.ENTER,
        "Paul Martin": RoomRight.ENTER,
        "Fanny Roux": None,
        "Quentin Blanc": None,
    }


def test_a_closed_account_enters_nowhere(circle: Circle) -> None:
    circle.member.is_active = False
    assert selectors.right_in(circle.member, circle.room) is None


def test_who_made_the_room_hosts_it_while_a_member(circle: Circle) -> None:
    Membership.objects.filter(person=circle.animator).update(role=Role.MEMBER)
    assert selectors.right_in(circle.animator, circle.room) == RoomRight.HOST
    Membership.objects.filter(person=circle.animator).update(role=Role.FOLLOWER)
    assert selectors.right_in(circle.animator, circle.room) is None
    assert right_of(circle.animator, circle.room.notes_document) is not None  # a follower reads


def test_who_left_the_group_writes_no_longer_in_the_notes_of_the_room_they_made(circle: Circle) -> None:
    Membership.objects.filter(person=circle.animator).delete()
    assert right_of(circle.animator, circle.room.notes_document) is None


def test_the_lists_agree_with_the_right_of_each_person(circle: Circle) -> None:
    people = [*circle.inside, *circle.outside]
    assert set(selectors.may_enter(circle.room)) == set(circle.inside)
    assert selectors.hosts_of(circle.room) == sorted(str(person.pk) for person in circle.hosts)
    for person in people:
        allowed = selectors.right_in(person, circle.room) is not None
        assert selectors.rooms_for(person).filter(pk=circle.room.pk).exists() == allowed


def test_absent_and_forbidden_are_one_answer(circle: Circle) -> None:
    absent = circle.room.notes_document_id
    for person, room_id in [(circle.stranger, circle.room.pk), (circle.animator, absent)]:
        with pytest.raises(NotFound):
            selectors.room_for(person, room_id)
    with pytest.raises(NotFound):
        selectors.room_for(circle.member, circle.room.pk, at_least=RoomRight.HOST)


def test_a_call_has_the_rights_of_its_room(circle: Circle) -> None:
    for person in circle.hosts:
        assert right_in(person, circle.room.pk) == CallRight.MODERATE
    for person in (circle.member, circle.participant):
        assert right_in(person, circle.room.pk) == CallRight.SPEAK
    for person in circle.outside:
        with pytest.raises(NotFound):
            right_in(person, circle.room.pk)
    services.close_room(room_id=circle.room.pk, by=circle.animator)
    for person in circle.inside:
        with pytest.raises(NotFound):
            right_in(person, circle.room.pk)


# --- what happens below ---


def test_an_event_has_its_room_at_once_with_notes(circle: Circle) -> None:
    event = Event.objects.create(
        group=circle.group,
        title="Porte-à-porte",
        starts_at=circle.event.starts_at,
        ends_at=circle.event.ends_at,
        commune=circle.group.commune,
        latitude=0,
        longitude=0,
        created_by=circle.manager,
    )
    event_created.send(Event, event=event, by=circle.manager)
    event_created.send(Event, event=event, by=circle.manager)
    room = Room.objects.get(event=event)
    assert (room.title, room.group, room.notes_document.title) == ("Porte-à-porte", circle.group, "Porte-à-porte")
    for person in (circle.manager, circle.member):
        right = right_of(person, room.notes_document)
        assert right is not None and right.name == "EDITOR"


def test_a_renamed_event_renames_its_room(circle: Circle) -> None:
    circle.event.title = "Assemblée reportée"
    drawn = room_picture(circle.room)
    with announced(circle.room.topic) as heard:
        event_changed.send(Event, event=circle.event, by=circle.animator)
        event_changed.send(Event, event=circle.event, by=circle.animator)
    assert heard.words == [("room.renamed", {"title": "Assemblée reportée"})]
    draw_room(drawn, *heard.words[0])
    assert drawn == room_picture(circle.room)


def test_who_comes_writes_in_the_notes_and_who_no_longer_comes_does_not(circle: Circle) -> None:
    assert right_of(circle.participant, circle.room.notes_document) is not None
    services.raise_hand(room_id=circle.room.pk, by=circle.participant)
    Participation.objects.filter(person=circle.participant).delete()
    with announced(circle.room.topic) as heard:
        participation_changed.send(Event, event=circle.event, person=circle.participant, comes=False)
    assert right_of(circle.participant, circle.room.notes_document) is None
    assert heard.types == ["hand.lowered"]


def test_a_new_manager_is_a_host_everywhere_in_the_group(circle: Circle) -> None:
    drawn = room_picture(circle.room)
    set_role(circle, circle.member, Role.MANAGER)
    with announced(circle.room.topic) as heard:
        role_changed.send(
            type(circle.group), group=circle.group, person=circle.member, role=Role.MANAGER, was=Role.MEMBER
        )
    assert heard.types == ["hosts.changed"]
    draw_room(drawn, *heard.words[0])
    assert drawn == room_picture(circle.room)
    assert str(circle.member.pk) in drawn["hosts"]


def test_a_role_that_changes_no_host_announces_nothing(circle: Circle) -> None:
    newcomer = join(circle.group, "Nour Haddad", Role.MEMBER)
    with announced(circle.room.topic) as heard:
        role_changed.send(type(circle.group), group=circle.group, person=newcomer, role=Role.MEMBER, was=None)
    assert heard.words == []


def test_who_leaves_the_group_leaves_the_queue_and_the_floor(circle: Circle) -> None:
    services.raise_hand(room_id=circle.room.pk, by=circle.member)
    services.give_floor(room_id=circle.room.pk, by=circle.animator, person_id=circle.other_member.pk)
    with announced(circle.room.topic) as heard:
        for person in (circle.member, circle.other_member):
            Membership.objects.filter(person=person).delete()
            role_changed.send(type(circle.group), group=circle.group, person=person, role=None, was=Role.MEMBER)
    assert heard.types == ["hand.lowered", "floor.ended"]
    assert not Hand.objects.exists()


def test_a_lost_membership_closes_the_room_on_the_open_socket(server: Server, living_circle: Circle) -> None:
    circle = living_circle
    with server.browser(circle.member) as browser, server.browser(circle.other_member) as neighbour:
        browser.follow(circle.room.topic)
        neighbour.follow(circle.room.topic)
        Membership.objects.filter(person=circle.member).delete()
        role_changed.send(type(circle.group), group=circle.group, person=circle.member, role=None, was=Role.MEMBER)
        assert browser.wait("access.revoked", seconds=2)["topic"] == circle.room.topic
        services.raise_hand(room_id=circle.room.pk, by=circle.other_member)
        neighbour.wait("hand.raised")
        browser.fence()
        assert "hand.raised" not in browser.types()
        refused = browser.ask("hand.raise", {"room": str(circle.room.pk)})
        assert refused["code"] == "not_found"


def set_role(circle: Circle, person: Person, role: Role) -> None:
    Membership.objects.filter(group=circle.group, person=person).update(role=role)


def test_a_room_of_a_deleted_group_is_its_makers_alone(circle: Circle) -> None:
    room = services.create_room(title="Coordination", group=circle.group, by=circle.manager)
    Room.objects.filter(pk=room.pk).update(group=None)
    room.refresh_from_db()
    assert selectors.right_in(circle.manager, room) == RoomRight.HOST
    assert selectors.right_in(circle.animator, room) is None
    assert selectors.hosts_of(room) == [str(circle.manager.pk)]
    assert list(selectors.may_enter(room)) == [circle.manager]


def test_only_a_team_makes_rooms_of_its_group(circle: Circle) -> None:
    for person in (circle.member, circle.follower, circle.participant, circle.stranger, PersonFactory()):
        with refused("forbidden"):
            services.create_room(title="Ma salle", group=circle.group, by=person)
    room = services.create_room(title="  Coordination  du lundi ", group=circle.group, by=circle.manager)
    assert room.title == "Coordination du lundi"
    again = services.create_room(title="Autre", group=circle.group, by=circle.manager, room_id=room.pk)
    assert again == room
    with pytest.raises(NotFound):
        services.create_room(title="Autre", group=circle.group, by=circle.animator, room_id=room.pk)


def test_only_a_host_closes_and_opens_the_room(circle: Circle) -> None:
    for verb in (services.close_room, services.open_room):
        for person, code in [
            (circle.member, "forbidden"),
            (circle.participant, "forbidden"),
            (circle.follower, "not_found"),
            (circle.stranger, "not_found"),
        ]:
            with refused(code):
                verb(room_id=circle.room.pk, by=person)


def test_closing_and_opening_make_the_fresh_picture(circle: Circle) -> None:
    services.raise_hand(room_id=circle.room.pk, by=circle.member)
    services.give_floor(room_id=circle.room.pk, by=circle.animator, person_id=circle.other_member.pk)
    drawn = room_picture(circle.room)
    for verb, word in [(services.close_room, "room.closed"), (services.open_room, "room.opened")]:
        with announced(circle.room.topic) as heard:
            verb(room_id=circle.room.pk, by=circle.animator)
            verb(room_id=circle.room.pk, by=circle.animator)
        assert heard.types == [word]
        draw_room(drawn, *heard.words[0])
        assert drawn == room_picture(circle.room)


def test_the_way_from_an_event_to_its_room(circle: Circle, client: Client) -> None:
    address = f"/salles/evenement/{circle.event.pk}/"
    for person in circle.inside:
        client.force_login(person)
        assert client.get(address).url == circle.room.path  # type: ignore[attr-defined]
    Room.objects.all().delete()
    client.force_login(circle.participant)
    made = client.get(address)
    room = Room.objects.get(event=circle.event)
    assert made.url == room.path  # type: ignore[attr-defined]
    right = right_of(circle.participant, room.notes_document)
    assert right is not None and right.name == "EDITOR"
    client.force_login(circle.stranger)
    assert client.get(f"/salles/evenement/{circle.group.pk}/").status_code == 404


def test_closing_the_room_ends_its_call(circle: Circle) -> None:
    calls.join(call_id=circle.room.pk, session_id=uuid4(), by=circle.member, attachment=uuid4(), mic=True, camera=False)
    with announced(f"call:{circle.room.pk}") as heard:
        services.close_room(room_id=circle.room.pk, by=circle.animator)
    assert [(type_, data["why"]) for type_, data in heard.words] == [("call.left", "ended")]


def test_a_topic_has_one_name(circle: Circle) -> None:
    """Another spelling of its id would be another numbering, kept for ever, for each there is."""
    caller = Caller(circle.member.pk)
    open_topic(circle.room.topic, caller, None, None)
    for key in (str(circle.room.pk).upper(), circle.room.pk.hex, f"-{circle.room.pk}"):
        with pytest.raises(NotFound):
            open_topic(f"room:{key}", caller, None, None)
    assert Stream.objects.filter(topic__istartswith="room:").count() == 1
