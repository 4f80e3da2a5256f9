"""The live socket at its door, against a real server process."""

import json
import uuid

import pytest
from websockets.exceptions import InvalidStatus

from collab.realtime.consumers import MAX_FRAME_BYTES, MAX_OFFENCES, MAX_SOCKETS_A_PERSON
from people.models import Person
from tests.realtime.browsers import ORIGIN, Browser, session_for
from tests.realtime.servers import Server
from tests.realtime.words import rename

CIRCLE = "circle:lyon"


def test_a_page_gets_the_picture_then_each_announcement(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as browser:
        picture = browser.follow(CIRCLE)
        assert picture["data"]["data"]["names"][str(bob.pk)] == bob.name
        rename(circle="lyon", by=bob, name="Bob")
        heard = browser.wait("circle.renamed")
        assert heard["data"] == {"person_id": str(bob.pk), "name": "Bob"}
        assert heard["seq"] == picture["seq"] + 1


def test_a_word_is_carried_out_and_answered(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as speaker, server.browser(bob) as hearer:
        hearer.follow(CIRCLE)
        answer = speaker.ask("circle.rename", {"circle": "lyon", "name": "Alix"})
        assert answer["type"] == "done" and answer["data"]["name"] == "Alix"
        assert hearer.wait("circle.renamed")["data"]["name"] == "Alix"


def test_who_is_not_signed_in_is_refused(server: Server, circle: list[Person]) -> None:
    with Browser(server.host, None) as browser:
        assert browser.wait_closed() == 4401
    with Browser(server.host, "x" * 32) as browser:
        assert browser.wait_closed() == 4401
    circle[0].is_active = False
    circle[0].save()
    with server.browser(circle[0]) as browser:
        assert browser.wait_closed() == 4401


def test_anothers_topic_is_refused_like_an_absent_one(server: Server, circle: list[Person]) -> None:
    alice, *_, stranger = circle
    with server.browser(stranger) as browser:
        forbidden = browser.ask("topic.subscribe", {"topic": CIRCLE})
        absent = browser.ask("topic.subscribe", {"topic": "circle:nowhere"})
        no_such_kind = browser.ask("topic.subscribe", {"topic": "spoon:lyon"})
        answers = [{**answer, "id": None} for answer in (forbidden, absent, no_such_kind)]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0]["code"] == "not_found"
        rename(circle="lyon", by=alice, name="Alix")
        browser.fence()
        assert "circle.renamed" not in browser.types()


ODD = [
    "",
    "null",
    "[]",
    "{",
    '"word"',
    json.dumps({"v": 1}),
    json.dumps({"v": 2, "id": str(uuid.uuid4()), "type": "test.echo", "data": {"text": "x"}}),
    json.dumps({"v": 1, "id": "seven", "type": "test.echo", "data": {"text": "x"}}),
    json.dumps({"v": 1, "id": str(uuid.uuid4()), "type": "test.echo", "data": {"text": 7}}),
    json.dumps({"v": 1, "id": str(uuid.uuid4()), "type": "test.echo", "data": {"text": "x", "stranger": 1}}),
    json.dumps({"v": 1, "id": str(uuid.uuid4()), "type": "test.echo", "data": {"text": "a\x00b"}}),
    json.dumps({"v": 1, "id": str(uuid.uuid4()), "type": "test.echo", "data": {"text": "\ud800"}}),
    json.dumps({"v": 1, "id": str(uuid.uuid4()), "type": "no.such", "data": {}}),
    json.dumps({"v": 1, "id": str(uuid.uuid4()), "type": "__init__", "data": {}}),
    json.dumps({"v": 1, "id": str(uuid.uuid4()), "type": "topic.subscribe", "data": {"topic": "../etc"}}),
    json.dumps(
        {
            "v": 1,
            "id": str(uuid.uuid4()),
            "type": "topic.subscribe",
            "data": {"topic": "circle:lyon", "seq": "1"},
        }
    ),
    "[" * 10_000,
    '{"v":1,"data":' * 1_000,
    '{"v":NaN,"id":null,"type":"x","data":{}}',
    '{"v":1e999,"id":null,"type":"x","data":{}}',
    "x" * (MAX_FRAME_BYTES + 1),
    "é" * (MAX_FRAME_BYTES // 2 + 1),
    b"binary",
    b"",
]


@pytest.mark.parametrize("part", range(0, len(ODD), MAX_OFFENCES - 2))
def test_every_odd_frame_has_its_answer_and_the_socket_lives(server: Server, circle: list[Person], part: int) -> None:
    with server.browser(circle[0]) as browser:
        for odd in ODD[part : part + MAX_OFFENCES - 2]:
            browser.socket.send(odd)
            answer = browser.next()
            assert (answer["type"], answer["code"]) == ("error", "bad_word"), odd[:80]
        assert browser.ask("test.echo", {"text": "still here"})["type"] == "done"


def test_who_goes_on_with_bad_words_is_closed(server: Server, circle: list[Person]) -> None:
    with server.browser(circle[0]) as browser:
        for _ in range(MAX_OFFENCES + 1):
            browser.socket.send("nonsense")
        assert browser.wait_closed() == 4400
        assert browser.types() == ["error"] * (MAX_OFFENCES + 1)


def test_a_bug_is_answered_and_hidden(server: Server, circle: list[Person]) -> None:
    with server.browser(circle[0]) as browser:
        answer = browser.ask("test.break", {})
        assert answer["type"] == "error" and answer["code"] == "broken"
        assert "a bug" not in json.dumps(answer)
        assert browser.ask("test.echo", {"text": "x"})["type"] == "done"


def test_an_async_door_answers_its_own_socket_alone(server: Server, circle: list[Person]) -> None:
    with server.browser(circle[0]) as one, server.browser(circle[0]) as other:
        assert one.ask("test.echo", {"text": "à moi"})["data"]["connection"]
        assert [frame["data"] for frame in one.heard if frame["type"] == "test.echo"] == [{"text": "à moi"}]
        other.fence()
        assert "test.echo" not in other.types()


def test_a_whisper_reaches_who_follows_and_is_limited(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as hums, server.browser(bob) as hears:
        hears.follow(CIRCLE)
        answers = [hums.ask("circle.hum", {"circle": "lyon"}) for _ in range(4)]
        assert [answer["type"] for answer in answers] == ["done", "done", "done", "error"]
        assert answers[3]["code"] == "too_fast"
        assert hears.wait("circle.hummed")["seq"] is None


def test_a_limit_is_a_persons_on_all_devices_and_nobody_elses(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as phone, server.browser(alice) as laptop, server.browser(bob) as neighbour:
        for device in (phone, phone, laptop):
            assert device.ask("circle.hum", {"circle": "lyon"})["type"] == "done"
        assert laptop.ask("circle.hum", {"circle": "lyon"})["code"] == "too_fast"
        assert neighbour.ask("circle.hum", {"circle": "lyon"})["type"] == "done"


def test_a_person_has_only_so_many_sockets(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    session = session_for(alice)
    pages = [Browser(server.host, session) for _ in range(MAX_SOCKETS_A_PERSON)]
    for page in pages:
        page.fence()
    with Browser(server.host, session) as one_more:
        assert one_more.wait_closed() == 4429
    with server.browser(bob) as neighbour:
        neighbour.fence()
    pages.pop().socket.close()
    with Browser(server.host, session) as again:
        again.fence()
    for page in pages:
        page.socket.close()


WRONG_ORIGINS = [
    None,
    "null",
    "",
    "https://testserver",
    "http://testserver:8000",
    "http://testserver.evil.example",
    "http://evil-testserver",
    "http://www.testserver",
    "http://TESTSERVER",
    "http://testserver/",
    "http://testserver@evil.example",
    "testserver",
    f"{ORIGIN}, {ORIGIN}",
]


@pytest.mark.parametrize("origin", WRONG_ORIGINS)
def test_a_page_from_elsewhere_is_refused(server: Server, circle: list[Person], origin: str | None) -> None:
    session = session_for(circle[0])
    with Browser(server.host, session) as ours:
        ours.fence()
    with pytest.raises(InvalidStatus) as refusal:
        Browser(server.host, session, origin=origin)
    assert refusal.value.response.status_code in (400, 403)
