"""What is said in a room."""

import uuid

import pytest

from collab.realtime.streams import told_after
from rooms import pictures, services
from rooms.errors import EmptyText, RoomIsClosed, WriteReused
from rooms.models import ChatMessage
from tests.rooms.announced import announced, draw_room, refused, rolled_back, room_picture
from tests.rooms.conftest import Circle


def say(circle: Circle, text: str = "Bonjour à tou·tes") -> ChatMessage:
    return services.post_message(room_id=circle.room.pk, by=circle.member, message_id=uuid.uuid4(), text=text)


def test_a_message_is_kept_and_announced(circle: Circle) -> None:
    with announced(circle.room.topic) as heard:
        message = say(circle)
    assert (message.number, message.text, message.author) == (1, "Bonjour à tou·tes", circle.member)
    (word,) = heard.words
    assert word[0] == "chat.posted"
    assert word[1]["line"] == {
        "id": str(message.pk),
        "number": 1,
        "author": str(circle.member.pk),
        "name": "Chloé Durand",
        "text": "Bonjour à tou·tes",
        "at": message.created.isoformat(),
    }


def test_a_rolled_back_message_announces_nothing(circle: Circle) -> None:
    with announced(circle.room.topic) as heard, rolled_back():
        say(circle)
    assert heard.words == []
    assert say(circle).number == 1


def test_the_same_id_is_the_same_message(circle: Circle) -> None:
    sent = {"room_id": circle.room.pk, "by": circle.member, "message_id": uuid.uuid4(), "text": "Une fois"}
    with announced(circle.room.topic) as heard:
        first = services.post_message(**sent)
        again = services.post_message(**sent)
    assert first == again
    assert heard.types == ["chat.posted"]
    with pytest.raises(WriteReused):
        services.post_message(**{**sent, "by": circle.other_member})


def test_messages_are_numbered_in_the_servers_order(circle: Circle) -> None:
    assert [say(circle, text).number for text in ("un", "deux", "trois")] == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00"])
def test_nothing_is_not_said(circle: Circle, text: str) -> None:
    with announced(circle.room.topic) as heard, pytest.raises(EmptyText):
        say(circle, text)
    assert heard.words == []


def test_a_closed_room_hears_nothing(circle: Circle) -> None:
    services.close_room(room_id=circle.room.pk, by=circle.animator)
    with pytest.raises(RoomIsClosed):
        say(circle)


def test_one_removes_ones_own_message_and_its_place_stays(circle: Circle) -> None:
    message = say(circle, "trop vite écrit")
    with announced(circle.room.topic) as heard:
        services.remove_message(room_id=circle.room.pk, by=circle.member, message_id=message.pk)
        services.remove_message(room_id=circle.room.pk, by=circle.member, message_id=message.pk)
    assert heard.words == [("chat.removed", {"message": str(message.pk)})]
    message.refresh_from_db()
    assert (message.number, message.text, message.removed) == (1, "", True)
    (line,), _ = pictures.lines(circle.room)
    assert line.text is None and line.name == "Chloé Durand"


def test_a_host_removes_anybodys_message_and_a_member_does_not(circle: Circle) -> None:
    message = say(circle)
    for person, code in [
        (circle.other_member, "forbidden"),
        (circle.participant, "forbidden"),
        (circle.follower, "not_found"),
        (circle.stranger, "not_found"),
    ]:
        with refused(code):
            services.remove_message(room_id=circle.room.pk, by=person, message_id=message.pk)
    services.remove_message(room_id=circle.room.pk, by=circle.manager, message_id=message.pk)
    message.refresh_from_db()
    assert message.removed


def test_a_message_of_another_room_is_not_found(circle: Circle) -> None:
    other = services.create_room(title="Ailleurs", group=circle.group, by=circle.animator)
    message = say(circle)
    with refused("not_found"):
        services.remove_message(room_id=other.pk, by=circle.animator, message_id=message.pk)


def test_every_announcement_of_the_chat_makes_the_fresh_picture(circle: Circle) -> None:
    drawn = room_picture(circle.room)
    with announced(circle.room.topic) as heard:
        first = say(circle, "un")
        say(circle, "deux")
        services.remove_message(room_id=circle.room.pk, by=circle.animator, message_id=first.pk)
    for word in heard.words:
        draw_room(drawn, *word)
    assert drawn == room_picture(circle.room)


def test_the_picture_of_a_long_chat_is_bounded_and_still_exact(circle: Circle) -> None:
    fill(circle, 500)
    drawn = room_picture(circle.room)
    assert [line["number"] for line in drawn["chat"]] == list(range(401, 501))
    assert drawn["earlier"] is True
    with announced(circle.room.topic) as heard:
        say(circle, "et encore un")
    draw_room(drawn, *heard.words[0])
    assert drawn == room_picture(circle.room)


def test_the_window_says_when_there_is_more(circle: Circle) -> None:
    fill(circle, 99)
    drawn = room_picture(circle.room)
    assert drawn["earlier"] is False
    with announced(circle.room.topic) as heard:
        say(circle, "le centième")
        say(circle, "le cent-unième")
    draw_room(drawn, *heard.words[0])
    assert drawn["earlier"] is False
    draw_room(drawn, *heard.words[1])
    assert drawn["earlier"] is True
    assert drawn == room_picture(circle.room)


def test_earlier_messages_come_in_windows(circle: Circle) -> None:
    fill(circle, 250)
    windows = []
    before: int | None = None
    earlier = True
    while earlier:
        lines, earlier = pictures.lines(circle.room, before)
        windows.append([line.number for line in lines])
        before = lines[0].number
    assert windows == [list(range(151, 251)), list(range(51, 151)), list(range(1, 51))]


def fill(circle: Circle, count: int) -> None:
    ChatMessage.objects.bulk_create(
        ChatMessage(room=circle.room, number=number, author=circle.member, text=f"message {number}")
        for number in range(1, count + 1)
    )
    circle.room.last_message = count
    circle.room.save(update_fields=["last_message"])


def test_the_text_of_a_removed_message_is_gone_from_what_was_announced(circle: Circle) -> None:
    message, other = say(circle, "12 rue du Secret"), say(circle, "celui-ci reste")
    services.remove_message(room_id=circle.room.pk, by=circle.animator, message_id=message.pk)
    told = b"".join(one.data for one in told_after(circle.room.topic, 0))
    assert "Secret" not in told.decode() and "celui-ci reste" in told.decode()
    assert told.count(str(other.pk).encode()) == 1
