"""Every word at the socket: who may say it, and what is refused."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from collab.realtime import doors
from people.models import Person
from rooms import consumers, protocol, services
from rooms.models import Assembly, Poll
from tests.realtime.browsers import Browser
from tests.realtime.servers import Server
from tests.rooms.conftest import Circle

OURS = [
    entry.word.type for entry in doors.registered() if entry.door.__module__ == consumers.__name__
]  # a new word fails the tests below until it is tried for every role


@pytest.fixture
def assembly(living_circle: Circle) -> Assembly:
    circle = living_circle
    return services.prepare_assembly(
        room_id=circle.room.pk, by=circle.animator, title="Assemblée", items=[("Accueil", 5), ("Bilan", 5)]
    )


def script(circle: Circle, assembly: Assembly) -> Iterator[tuple[str, dict[str, Any], set[str]]]:
    """Each word with what it carries and who may say it, in an order in which all of them work."""
    room, by_assembly = {"room": str(circle.room.pk)}, {"assembly": str(assembly.pk)}
    inside, hosts = {"host", "member", "participant"}, {"host"}
    yield "chat.post", {**room, "message": str(uuid.uuid4()), "text": "Bonjour"}, inside
    message = services.post_message(
        room_id=circle.room.pk, by=circle.other_member, message_id=uuid.uuid4(), text="À retirer"
    )
    yield "chat.remove", {**room, "message": str(message.pk)}, hosts
    yield "hand.raise", room, inside
    yield "hand.lower", room, inside
    yield "floor.give", {**room, "person": str(circle.other_member.pk)}, hosts
    yield "floor.end", room, hosts
    yield "assembly.rename", {**by_assembly, "title": "Assemblée de rentrée"}, hosts
    yield "assembly.open", by_assembly, hosts
    yield "agenda.add", {**by_assembly, "title": "Divers", "minutes": 5}, hosts
    yield "agenda.next", {**by_assembly, "after": None}, hosts
    last = assembly.items.last()
    assert last is not None
    yield "agenda.remove", {**by_assembly, "item": str(last.pk)}, hosts
    yield "poll.create", {**by_assembly, "question": "Pour ?"}, hosts
    dropped = services.create_poll(assembly_id=assembly.pk, by=circle.animator, question="À retirer")
    yield "poll.drop", {"poll": str(dropped.pk)}, hosts
    poll = Poll.objects.first()
    assert poll is not None
    yield "poll.open", {"poll": str(poll.pk)}, hosts
    yield "poll.close", {"poll": str(poll.pk)}, hosts
    yield "assembly.close", by_assembly, hosts
    yield "room.close", room, hosts
    yield "room.open", room, hosts


def test_each_word_is_for_its_roles(server: Server, living_circle: Circle, assembly: Assembly) -> None:
    circle = living_circle
    people: dict[str, Person] = {
        "stranger": circle.stranger,
        "follower": circle.follower,
        "participant": circle.participant,
        "member": circle.member,
        "host": circle.animator,
    }
    browsers = {role: server.browser(person) for role, person in people.items()}
    said = []
    for type_, data, allowed in script(circle, assembly):
        said.append(type_)
        for role, browser in browsers.items():
            if type_ == "chat.post":
                data = {**data, "message": str(uuid.uuid4())}
            answer = browser.ask(type_, data)
            if role in allowed:
                assert answer["type"] == "done", (type_, role, answer)
            else:
                expected = "not_found" if role in {"stranger", "follower"} else "forbidden"
                assert answer.get("code") == expected, (type_, role, answer)
    assert sorted(said) == sorted(OURS)
    for browser in browsers.values():
        browser.socket.close()


def test_each_topic_is_for_who_may_enter(server: Server, living_circle: Circle, assembly: Assembly) -> None:
    circle = living_circle
    for person in circle.inside:
        with server.browser(person) as browser:
            picture = browser.follow(circle.room.topic)["data"]["data"]
            assert picture["room"]["title"] == "Assemblée de quartier"
            assert browser.follow(assembly.topic)["data"]["data"]["items"][0]["title"] == "Accueil"
    for person in circle.outside:
        with server.browser(person) as browser:
            for topic in (circle.room.topic, assembly.topic, f"room:{uuid.uuid4()}", "room:nonsense", "assembly:1"):
                assert browser.ask("topic.subscribe", {"topic": topic})["code"] == "not_found"


def odd(circle: Circle) -> list[tuple[str, dict[str, Any]]]:
    room = str(circle.room.pk)
    message = str(uuid.uuid4())
    return [
        ("chat.post", {"room": room, "message": message, "text": ""}),
        ("chat.post", {"room": room, "message": message, "text": "x" * (protocol.LONGEST_MESSAGE + 1)}),
        ("chat.post", {"room": room, "message": "seven", "text": "x"}),
        ("chat.post", {"room": room, "text": "x"}),
        ("chat.post", {"room": room, "message": message, "text": "x", "author": room}),
        ("hand.raise", {"room": 7}),
    ]


def test_a_malformed_word_is_answered_and_changes_nothing(server: Server, living_circle: Circle) -> None:
    with server.browser(living_circle.member) as browser:
        for type_, data in odd(living_circle):
            assert browser.ask(type_, data)["code"] == "bad_word", (type_, data)
        assert browser.ask("hand.raise", {"room": str(living_circle.room.pk)})["type"] == "done"
    assert not living_circle.room.messages.exists()


def test_an_agenda_and_a_vote_refuse_absurd_words(server: Server, living_circle: Circle, assembly: Assembly) -> None:
    by_assembly = {"assembly": str(assembly.pk)}
    with server.browser(living_circle.animator) as browser:
        for type_, data in [
            ("agenda.add", {**by_assembly, "title": "x", "minutes": -1}),
            ("agenda.add", {**by_assembly, "title": "x", "minutes": 481}),
            ("agenda.add", {**by_assembly, "title": "x" * 121}),
            ("agenda.add", {**by_assembly, "title": ""}),
            ("poll.create", {**by_assembly, "question": "x" * 301}),
            ("assembly.rename", {**by_assembly, "title": ""}),
        ]:
            assert browser.ask(type_, data)["code"] == "bad_word", data
        assert browser.ask("agenda.add", {**by_assembly, "title": "   "})["code"] == "empty_text"
    assert assembly.items.count() == 2


def test_a_repeated_write_is_one_message(server: Server, living_circle: Circle) -> None:
    data = {"room": str(living_circle.room.pk), "message": str(uuid.uuid4()), "text": "Une seule fois"}
    write = str(uuid.uuid4())
    with server.browser(living_circle.member) as browser:
        answers = [browser.ask("chat.post", data, write_id=write) for _ in range(2)]
        again = browser.ask("chat.post", data)
    assert answers[0]["data"] == answers[1]["data"] == again["data"] == {"number": 1}
    assert living_circle.room.messages.count() == 1


def test_who_talks_too_fast_is_told_and_can_go_on_elsewhere(server: Server, living_circle: Circle) -> None:
    room = str(living_circle.room.pk)

    def say(browser: Browser) -> dict[str, Any]:
        return browser.ask("chat.post", {"room": room, "message": str(uuid.uuid4()), "text": "et"})

    with server.browser(living_circle.member) as browser:
        answers = [say(browser) for _ in range(18)]
        assert answers[14]["type"] == "done" and answers[-1]["code"] == "too_fast"
        assert browser.ask("hand.raise", {"room": room})["type"] == "done"
    with server.browser(living_circle.other_member) as neighbour:
        assert say(neighbour)["type"] == "done"


def test_who_is_here_is_told(server: Server, living_circle: Circle) -> None:
    circle = living_circle
    with server.browser(circle.animator) as first:
        first.follow(circle.room.topic)
        with server.browser(circle.member) as second:
            second.follow(circle.room.topic)
            came = first.wait_for(
                lambda frame: frame["type"] == "presence.changed" and str(circle.member.pk) in json_of(frame)
            )
            assert "Chloé Durand" in json_of(came)
        first.wait_for(
            lambda frame: frame["type"] == "presence.changed" and str(circle.member.pk) in frame["data"]["left"],
            seconds=20,
        )


def json_of(frame: dict[str, Any]) -> str:
    import json

    return json.dumps(frame, ensure_ascii=False)
