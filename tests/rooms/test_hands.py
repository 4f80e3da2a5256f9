"""Raised hands and the floor."""

import pytest

from people.models import Person
from rooms import services
from rooms.errors import HandIsDown, RoomIsClosed
from rooms.models import Hand, Speech
from tests.rooms.announced import announced, draw_room, refused, rolled_back, room_picture
from tests.rooms.conftest import Circle


def queue(circle: Circle) -> list[Person]:
    return [hand.person for hand in Hand.objects.filter(room=circle.room).order_by("number")]


def test_hands_stand_in_the_servers_order(circle: Circle) -> None:
    for person in (circle.member, circle.participant, circle.animator):
        services.raise_hand(room_id=circle.room.pk, by=person)
    assert queue(circle) == [circle.member, circle.participant, circle.animator]


def test_raising_twice_is_one_hand_in_its_first_place(circle: Circle) -> None:
    with announced(circle.room.topic) as heard:
        for person in (circle.member, circle.other_member, circle.member):
            services.raise_hand(room_id=circle.room.pk, by=person)
    assert queue(circle) == [circle.member, circle.other_member]
    assert heard.types == ["hand.raised", "hand.raised"]
    assert heard.words[0][1]["hand"] == {"person": str(circle.member.pk), "name": "Chloé Durand", "order": 1}


def test_who_lowers_and_raises_again_stands_last(circle: Circle) -> None:
    services.raise_hand(room_id=circle.room.pk, by=circle.member)
    services.raise_hand(room_id=circle.room.pk, by=circle.other_member)
    services.lower_hand(room_id=circle.room.pk, by=circle.member)
    services.raise_hand(room_id=circle.room.pk, by=circle.member)
    assert queue(circle) == [circle.other_member, circle.member]


def test_a_rolled_back_hand_announces_nothing(circle: Circle) -> None:
    with announced(circle.room.topic) as heard, rolled_back():
        services.raise_hand(room_id=circle.room.pk, by=circle.member)
    assert heard.words == [] and queue(circle) == []


def test_lowering_what_is_down_says_nothing(circle: Circle) -> None:
    with announced(circle.room.topic) as heard:
        services.lower_hand(room_id=circle.room.pk, by=circle.member)
    assert heard.words == []


def test_only_a_host_lowers_anothers_hand(circle: Circle) -> None:
    services.raise_hand(room_id=circle.room.pk, by=circle.member)
    for person, code in [
        (circle.other_member, "forbidden"),
        (circle.participant, "forbidden"),
        (circle.follower, "not_found"),
        (circle.stranger, "not_found"),
    ]:
        with refused(code):
            services.lower_hand(room_id=circle.room.pk, by=person, person_id=circle.member.pk)
    services.lower_hand(room_id=circle.room.pk, by=circle.manager, person_id=circle.member.pk)
    assert queue(circle) == []


def test_the_floor_takes_the_hand_down_and_ends_who_spoke(circle: Circle) -> None:
    services.raise_hand(room_id=circle.room.pk, by=circle.member)
    services.give_floor(room_id=circle.room.pk, by=circle.animator, person_id=circle.other_member.pk)
    with announced(circle.room.topic) as heard:
        services.give_floor(room_id=circle.room.pk, by=circle.animator, person_id=circle.member.pk)
    assert queue(circle) == []
    assert heard.types == ["floor.given"]
    assert heard.words[0][1]["floor"]["name"] == "Chloé Durand"
    assert Speech.objects.get(ended_at=None).person == circle.member
    assert Speech.objects.exclude(ended_at=None).get().person == circle.other_member


def test_giving_the_floor_twice_changes_nothing(circle: Circle) -> None:
    with announced(circle.room.topic) as heard:
        first = services.give_floor(room_id=circle.room.pk, by=circle.animator, person_id=circle.member.pk)
        again = services.give_floor(room_id=circle.room.pk, by=circle.manager, person_id=circle.member.pk)
    assert first == again and heard.types == ["floor.given"]


def test_the_floor_is_a_hosts_to_give(circle: Circle) -> None:
    for person, code in [
        (circle.member, "forbidden"),
        (circle.participant, "forbidden"),
        (circle.follower, "not_found"),
        (circle.stranger, "not_found"),
    ]:
        with refused(code):
            services.give_floor(room_id=circle.room.pk, by=person, person_id=circle.member.pk)
    for person in circle.hosts:
        services.give_floor(room_id=circle.room.pk, by=person, person_id=person.pk)


def test_who_may_not_enter_does_not_get_the_floor(circle: Circle) -> None:
    for person in circle.outside:
        with pytest.raises(HandIsDown):
            services.give_floor(room_id=circle.room.pk, by=circle.animator, person_id=person.pk)


def test_who_speaks_or_a_host_ends_it(circle: Circle) -> None:
    services.give_floor(room_id=circle.room.pk, by=circle.animator, person_id=circle.member.pk)
    with refused("forbidden"):
        services.end_floor(room_id=circle.room.pk, by=circle.other_member)
    with announced(circle.room.topic) as heard:
        services.end_floor(room_id=circle.room.pk, by=circle.member)
        services.end_floor(room_id=circle.room.pk, by=circle.member)
    assert heard.words == [("floor.ended", {"person": str(circle.member.pk)})]


def test_a_closed_room_takes_no_hands(circle: Circle) -> None:
    services.close_room(room_id=circle.room.pk, by=circle.animator)
    with pytest.raises(RoomIsClosed):
        services.raise_hand(room_id=circle.room.pk, by=circle.member)


def test_every_announcement_of_hands_makes_the_fresh_picture(circle: Circle) -> None:
    room_id = circle.room.pk
    drawn = room_picture(circle.room)
    for act in [
        lambda: services.raise_hand(room_id=room_id, by=circle.member),
        lambda: services.raise_hand(room_id=room_id, by=circle.participant),
        lambda: services.raise_hand(room_id=room_id, by=circle.other_member),
        lambda: services.lower_hand(room_id=room_id, by=circle.participant),
        lambda: services.give_floor(room_id=room_id, by=circle.animator, person_id=circle.other_member.pk),
        lambda: services.give_floor(room_id=room_id, by=circle.animator, person_id=circle.member.pk),
        lambda: services.end_floor(room_id=room_id, by=circle.member),
    ]:
        with announced(circle.room.topic) as heard:
            act()
        assert len(heard.words) == 1
        draw_room(drawn, *heard.words[0])
        assert drawn == room_picture(circle.room)
