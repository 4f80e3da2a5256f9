"""Calls at the live socket: real web processes, a real media worker, and pages that say the words."""

import asyncio
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from django.conf import settings

from people.models import Person
from tests.factories import PersonFactory
from tests.realtime.browsers import Browser
from tests.realtime.servers import Server, Servers, servers
from tests.video.circle import allow, draw
from tests.video.workers import Worker, running_worker
from video.access import CallRight
from video.models import Participant
from video.protocol import LONGEST_SDP

__all__ = ["servers"]

WATCH, SPEAK, MODERATE = CallRight.WATCH, CallRight.SPEAK, CallRight.MODERATE
# "A removed person's session ends within two seconds."
AT_ONCE_SECONDS = 2
ABSURD_SDP = ["v=0", "nonsense", "v=0\r\nm=audio 9 X 111\r\n" * 40, "v=0\r\n" + "a=" * 5000, "\u202e" * 200]

MakePerson = Callable[[CallRight | None], Person]


@pytest.fixture(scope="module")
def media() -> Iterator[Worker]:
    with running_worker(COLLAB_MEDIA_SECRET=settings.MEDIA_SECRET) as worker:
        yield worker


@pytest.fixture
def start(servers: Servers, media: Worker) -> Callable[[], Server]:
    return lambda: servers.start(words="tests.video.circle", environment={"COLLAB_MEDIA_CONTROL": media.control})


@pytest.fixture
def server(start: Callable[[], Server]) -> Server:
    return start()


@pytest.fixture
def call_id() -> UUID:
    return uuid4()


@pytest.fixture
def person_with(call_id: UUID, transactional_db: None) -> MakePerson:
    def make(right: CallRight | None) -> Person:
        person: Person = PersonFactory()
        allow(person, call_id, right)
        return person

    return make


@cache
def a_real_offer() -> str:
    async def offer() -> str:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.addTransceiver("audio", direction="sendonly")
        await peer.setLocalDescription(await peer.createOffer())
        sdp: str = peer.localDescription.sdp
        await peer.close()
        return sdp

    return asyncio.run(offer())


def ask(page: Browser, word: str, call_id: UUID, session: UUID | None = None, **data: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {"call": str(call_id), **data}
    if session is not None:
        facts["session"] = str(session)
    return page.ask(f"call.{word}", facts)


def join(page: Browser, call_id: UUID, session: UUID | None = None) -> UUID:
    session = session or uuid4()
    answer = ask(page, "join", call_id, session, mic=True, camera=True)
    assert answer["type"] == "done", answer
    assert answer["data"]["offer"].startswith("v=0")
    return session


def state(mic: bool = True, camera: bool = True, screen: bool = False) -> dict[str, bool]:
    return {"mic": mic, "camera": camera, "screen": screen}


def test_who_joins_gets_an_offer_and_everybody_hears_of_it(
    server: Server, call_id: UUID, person_with: MakePerson
) -> None:
    ada, bao = person_with(SPEAK), person_with(WATCH)
    topic = f"call:{call_id}"
    with server.browser(ada) as speaker, server.browser(bao) as watcher:
        picture = watcher.follow(topic)["data"]["data"]
        session = join(speaker, call_id)
        assert any(frame["type"] == "call.slots" for frame in speaker.heard), "the places of what it will hear"
        answer = ask(speaker, "publish", call_id, session, sdp=a_real_offer(), sources={"0": "audio"})
        assert answer["type"] == "done" and "m=audio" in answer["data"]["answer"], answer
        ask(speaker, "state", call_id, session, **state(mic=False))
        ask(speaker, "leave", call_id, session)
        for word in ("call.joined", "call.changed", "call.left"):
            draw(picture, word, watcher.wait(word, topic=topic)["data"])
        assert picture == watcher.follow(topic)["data"]["data"] == {"participants": []}


@pytest.mark.parametrize("right", [None, WATCH, SPEAK, MODERATE])
def test_each_word_for_each_right(
    server: Server, call_id: UUID, person_with: MakePerson, right: CallRight | None
) -> None:
    """Success and refusal side by side, at the door."""
    me, other = person_with(right), person_with(SPEAK)
    stranger = "not_found" if right is None else None
    publishes = stranger or ("watch_only" if right == WATCH else None)
    moderates = stranger or ("forbidden" if right is not None and right < MODERATE else None)
    with server.browser(me) as page, server.browser(other) as others:
        theirs, mine = join(others, call_id), uuid4()
        mine_state = state() if right != WATCH else state(mic=False, camera=False)
        held = "not_in_call" if right is None else None
        wanted: list[tuple[str, dict[str, Any], UUID | None, str | None]] = [
            ("join", {"mic": True, "camera": True}, mine, stranger),
            ("want", {"pictures": [{"source": str(theirs), "kind": "camera", "height": 360}]}, mine, held),
            ("reoffer", {}, mine, held),
            ("publish", {"sdp": a_real_offer(), "sources": {"0": "audio"}}, mine, held or publishes),
            ("state", mine_state, mine, held),
            ("resume", state(), mine, stranger),
            ("mute", {"person": str(other.pk)}, None, moderates),
            ("mute", {}, None, moderates),
            ("remove", {"person": str(other.pk)}, None, moderates),
            ("leave", {}, mine, None),
        ]
        for word, data, session, code in wanted:
            answer = ask(page, word, call_id, session, **data)
            assert (answer["type"], answer.get("code")) == (("error", code) if code else ("done", None)), word
        subscribed = page.ask("topic.subscribe", {"topic": f"call:{call_id}"})
        assert subscribed.get("code") == stranger
    assert Participant.objects.filter(pk=theirs).exists() == (right != MODERATE)


def test_who_is_not_signed_in_says_nothing(server: Server) -> None:
    with Browser(server.host, None) as page:
        assert page.wait_closed() == 4401


def test_nobody_speaks_for_anothers_session(server: Server, call_id: UUID, person_with: MakePerson) -> None:
    owner, other = person_with(SPEAK), person_with(MODERATE)
    with server.browser(owner) as page, server.browser(other) as intruder, server.browser(owner) as second_tab:
        session = join(page, call_id)
        words: list[tuple[str, dict[str, Any]]] = [
            ("answer", {"sdp": "v=0"}),
            ("reoffer", {}),
            ("publish", {"sdp": "v=0", "sources": {"0": "audio"}}),
            ("want", {"pictures": []}),
            ("state", state()),
        ]
        for word, data in words:
            assert ask(intruder, word, call_id, session, **data)["code"] == "not_in_call"
            assert ask(second_tab, word, call_id, session, **data)["code"] == "not_in_call"
        assert ask(intruder, "resume", call_id, session, **state())["code"] == "not_in_call"
        assert ask(intruder, "join", call_id, session, mic=True, camera=True)["code"] == "bad_word"
        ask(intruder, "leave", call_id, session)
        assert ask(page, "want", call_id, session, pictures=[])["type"] == "done", "its owner still speaks for it"


def test_bad_input_is_refused_and_the_call_goes_on(server: Server, call_id: UUID, person_with: MakePerson) -> None:
    person = person_with(SPEAK)
    with server.browser(person) as page:
        session = join(page, call_id)
        for sdp in ABSURD_SDP:
            answer = ask(page, "publish", call_id, session, sdp=sdp, sources={"0": "audio"})
            assert answer["code"] in {"bad_description", "media_refused", "bad_word"}, (sdp[:30], answer)
    with server.browser(person) as page:
        session = join(page, call_id)
        assert ask(page, "answer", call_id, session, sdp="nonsense")["code"] == "bad_description"
        bad: list[tuple[str, dict[str, Any]]] = [
            ("answer", {"sdp": "v" * (LONGEST_SDP + 1)}),
            ("answer", {"sdp": ""}),
            ("publish", {"sdp": "v=0", "sources": {"0": "camera", "; DROP": "audio"}}),
            ("publish", {"sdp": "v=0", "sources": {"0": "everything"}}),
            ("want", {"pictures": [{"source": str(session), "kind": "camera", "height": -1}]}),
            ("state", {**state(), "hand": True}),
        ]
        for word, data in bad:
            assert ask(page, word, call_id, session, **data)["code"] == "bad_word", word
    with server.browser(person) as page:
        assert ask(page, "join", uuid4(), uuid4(), mic=True, camera=True)["code"] == "not_found"
        answer = page.ask("call.join", {"call": str(call_id), "session": "mine", "mic": True, "camera": True})
        assert answer["code"] == "bad_word"
        join(page, call_id)


def test_who_is_removed_is_cut_off_at_once(server: Server, call_id: UUID, person_with: MakePerson) -> None:
    chair, speaker = person_with(MODERATE), person_with(SPEAK)
    with server.browser(chair) as moderator, server.browser(speaker) as page:
        page.follow(f"call:{call_id}")
        session = join(page, call_id)
        assert ask(moderator, "remove", call_id, person=str(speaker.pk))["type"] == "done"
        left = page.wait("call.left", seconds=AT_ONCE_SECONDS)
        assert left["data"] == {"session": str(session), "why": "removed"}
        page.wait("call.ended", seconds=AT_ONCE_SECONDS)
        assert ask(page, "want", call_id, session, pictures=[])["code"] == "not_in_call"
        assert ask(page, "join", call_id, uuid4(), mic=True, camera=True)["code"] == "removed_from_call"


def test_a_lost_right_ends_the_session_and_a_smaller_one_ends_publishing(
    server: Server, call_id: UUID, person_with: MakePerson
) -> None:
    person, witness = person_with(SPEAK), person_with(SPEAK)
    topic = f"call:{call_id}"
    with server.browser(person) as page, server.browser(witness) as other:
        other.follow(topic)
        session = join(page, call_id)
        allow(person, call_id, WATCH)
        changed = other.wait("call.changed", topic=topic, seconds=AT_ONCE_SECONDS)["data"]["participant"]
        assert (changed["right"], changed["mic"], changed["camera"]) == ("watch", False, False)
        assert ask(page, "publish", call_id, session, sdp="v=0", sources={"0": "audio"})["code"] == "watch_only"
        allow(person, call_id, None)
        page.wait("call.ended", seconds=AT_ONCE_SECONDS)
        assert other.wait("call.left", topic=topic, seconds=AT_ONCE_SECONDS)["data"]["why"] == "ended"
    assert not Participant.objects.filter(pk=session).exists()


def test_a_muted_person_hears_who_did_it(server: Server, call_id: UUID, person_with: MakePerson) -> None:
    chair, speaker = person_with(MODERATE), person_with(SPEAK)
    with server.browser(chair) as moderator, server.browser(speaker) as page:
        page.follow(f"call:{call_id}")
        session = join(page, call_id)
        ask(moderator, "mute", call_id, person=str(speaker.pk))
        data = page.wait("call.changed", seconds=AT_ONCE_SECONDS)["data"]
        assert (data["by"], data["participant"]["session"]) == (str(chair.pk), str(session))
        assert data["participant"]["mic"] is False


def test_a_page_that_vanished_leaves_within_seconds(server: Server, call_id: UUID, person_with: MakePerson) -> None:
    person, witness = person_with(SPEAK), person_with(SPEAK)
    with server.browser(witness) as other:
        other.follow(f"call:{call_id}")
        page = server.browser(person)
        session = join(page, call_id)
        page.socket.close()
        left = other.wait("call.left", seconds=15)
        assert left["data"] == {"session": str(session), "why": "lost"}


def test_a_page_comes_back_on_another_process_after_its_own_was_killed(
    start: Callable[[], Server], call_id: UUID, person_with: MakePerson
) -> None:
    one, other = start(), start()
    person, witness = person_with(SPEAK), person_with(SPEAK)
    topic = f"call:{call_id}"
    with other.browser(witness) as watching:
        watching.follow(topic)
        page = one.browser(person)
        session = join(page, call_id)
        one.kill()
        with other.browser(person) as again:
            answer = ask(again, "resume", call_id, session, **state(camera=False))
            assert answer["type"] == "done", answer
            assert ask(again, "want", call_id, session, pictures=[])["type"] == "done"
            assert ask(again, "reoffer", call_id, session)["data"]["offer"].startswith("v=0")
            changed = watching.wait("call.changed", topic=topic)["data"]["participant"]
            assert (changed["session"], changed["camera"]) == (str(session), False)
            watching.fence()
            assert "call.left" not in watching.types(topic)


def test_a_restarted_media_worker_is_joined_again_unseen(
    server: Server, media: Worker, call_id: UUID, person_with: MakePerson
) -> None:
    person, witness = person_with(SPEAK), person_with(SPEAK)
    topic = f"call:{call_id}"
    with server.browser(person) as page, server.browser(witness) as other:
        other.follow(topic)
        session = join(page, call_id)
        media.kill()
        media.start()
        assert page.wait("call.lost", seconds=20)["data"] == {"call": str(call_id), "session": str(session)}
        assert ask(page, "want", call_id, session, pictures=[])["code"] == "not_in_call"
        join(page, call_id, session)
        assert ask(page, "want", call_id, session, pictures=[])["type"] == "done"
        other.fence()
        assert other.types(topic).count("call.joined") == 1 and "call.left" not in other.types(topic)


def test_a_call_without_its_media_worker_says_so(servers: Servers, call_id: UUID, person_with: MakePerson) -> None:
    person = person_with(SPEAK)
    nowhere = servers.start(words="tests.video.circle", environment={"COLLAB_MEDIA_CONTROL": "127.0.0.1:9"})
    with nowhere.browser(person) as page:
        answer = ask(page, "join", call_id, uuid4(), mic=True, camera=True)
        assert answer["code"] == "media_away"
    assert not Participant.objects.exists(), "who could not enter is not shown"
