"""The control port: who may ask, and what is refused."""

import asyncio
from uuid import uuid4

import msgspec
import pytest
from aiortc.rtcdtlstransport import RTCCertificate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.video.peers import Listener, Publisher
from tests.video.workers import Ear, Worker, running_worker
from video import media_words as words
from video.backend import MediaAway, MediaRefused, Speaking, WorkerBackend
from video.worker import bounds, descriptions
from video.worker.errors import Refusal
from video.worker.port import is_public

CERTIFICATE = RTCCertificate.generateCertificate()


async def test_a_wrong_secret_is_refused(worker: Worker) -> None:
    stranger = worker.backend("another secret")
    with pytest.raises(MediaAway):
        await stranger.stats(uuid4())
    await stranger.stop()


async def test_a_false_worker_is_refused(unused_tcp_port: int) -> None:
    """Who listens on the control port without the secret learns no description of anybody."""

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words.framed(words.Challenge(version=words.VERSION, nonce=words.fresh_nonce())))
        await reader.readexactly(4)
        writer.write(words.framed(words.Welcome(proof="0" * 64, epoch="x")))
        heard.append(await reader.read(10_000))
        writer.close()

    heard: list[bytes] = []
    server = await asyncio.start_server(pretend, "127.0.0.1", unused_tcp_port)
    backend = WorkerBackend([f"127.0.0.1:{unused_tcp_port}"], "secret")
    with pytest.raises(MediaAway):
        await backend.stats(uuid4())
    await backend.stop()
    server.close()
    await server.wait_closed()
    assert heard and all(b"stats" not in each for each in heard)


async def test_a_connection_that_proves_nothing_is_closed(worker: Worker) -> None:
    host, port = worker.control.split(":")
    for hello in (b"\xff\xff\xff\xff", b"\0\0\0\2{}", b"\0\0\0\5hello", b"GET / HTTP/1.1\r\n\r\n"):
        reader, writer = await asyncio.open_connection(host, int(port))
        await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))
        writer.write(hello)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_what_has_no_form_is_refused_before_it_leaves(backend: WorkerBackend) -> None:
    for call in (
        backend.publish(uuid4(), uuid4(), "x" * (words.MAX_SDP_CHARS + 1), {}),
        backend.publish(uuid4(), uuid4(), "v=0", {"0": "smell"}),
        backend.publish(uuid4(), uuid4(), "v=0", {"m" * 40: "audio"}),
        backend.want(uuid4(), uuid4(), [(uuid4(), "camera", -1)]),
        backend.want(uuid4(), uuid4(), [(uuid4(), "camera", 1)] * 1_000),
    ):
        with pytest.raises(MediaRefused, match="bad_word"):
            await call


async def test_unknown_sessions_are_refused_and_leaving_twice_is_not(backend: WorkerBackend) -> None:
    for ask in (
        backend.attach(uuid4(), uuid4()),
        backend.answer(uuid4(), uuid4(), "v=0"),
        backend.reoffer(uuid4(), uuid4()),
        backend.publish(uuid4(), uuid4(), "v=0", {}),
        backend.want(uuid4(), uuid4(), []),
        backend.pause(uuid4(), uuid4(), "audio", True),
        backend.allow(uuid4(), uuid4(), True),
    ):
        with pytest.raises(MediaRefused, match="no_session"):
            await ask
    await backend.leave(uuid4(), uuid4())
    await backend.close(uuid4())
    assert (await backend.stats(uuid4())).sessions == ()


async def test_descriptions_that_do_not_fit_are_refused_by_name(backend: WorkerBackend) -> None:
    call = uuid4()
    listener, publisher = Listener(CERTIFICATE, backend, call), Publisher(CERTIFICATE, backend, call)
    joined = await backend.join(call, listener.session, True)
    offer, publishing = joined.subscribe_offer, publisher.offer()
    answer = listener.answer(offer, with_rtx=True)

    async def refused(ask: object, reason: str) -> None:
        with pytest.raises(MediaRefused, match=reason):
            await ask  # type: ignore[misc]

    session = listener.session
    await refused(backend.answer(call, session, "v=0"), "bad_sdp")
    await refused(backend.answer(call, session, publishing), "bad_sdp")
    await backend.answer(call, session, answer)
    await refused(backend.answer(call, session, answer), "bad_state")
    stranger = Listener(RTCCertificate.generateCertificate(), backend, call)
    await backend.reoffer(call, session)
    await refused(backend.answer(call, session, stranger.answer(offer, with_rtx=True)), "bad_state")
    await refused(backend.publish(call, session, publishing, {"7": "audio"}), "bad_sdp")
    await refused(backend.publish(call, session, publishing, {"0": "camera"}), "bad_sdp")
    await refused(backend.publish(call, session, publishing.replace("VP8", "VP9"), {"1": "camera"}), "bad_sdp")
    await refused(backend.publish(call, session, publishing + "m=audio 9 RTP 0\r\n" * 99, {}), "too_many")
    for peer in (listener, publisher, stranger):
        peer.sock.close()


async def test_joining_again_with_one_id_starts_the_session_afresh(backend: WorkerBackend) -> None:
    call, session = uuid4(), uuid4()
    first = await backend.join(call, session, True)
    second = await backend.join(call, session, True)
    assert first.subscribe_offer != second.subscribe_offer
    assert len((await backend.stats(call)).sessions) == 1
    assert [slot.media for slot in second.slots] == ["audio"] * bounds.AUDIO_SLOTS + ["video"] * bounds.VIDEO_SLOTS


async def test_who_speaks_is_told_once_to_each_process_that_holds_a_session(worker: Worker) -> None:
    first, second, third = (worker.backend() for _ in range(3))
    ears = [Ear(backend) for backend in (first, second, third)]
    call = uuid4()
    speaker = Publisher(CERTIFICATE, first, call)
    await speaker.join()
    for _ in range(2):
        await second.join(call, uuid4(), False)
    await third.join(uuid4(), uuid4(), False)

    async def speak() -> None:
        sequence = 0
        while True:
            sequence += 1
            speaker.send_sound(sequence, level=10)
            await asyncio.sleep(0.02)

    speaking = asyncio.create_task(speak())
    told = [await ear.until(Speaking) for ear in ears[:2]]
    assert [event.sessions for event in told] == [(speaker.session,)] * 2
    speaking.cancel()
    await asyncio.gather(speaking, return_exceptions=True)
    silent = [await ear.until(Speaking) for ear in ears[:2]]
    assert [event.sessions for event in silent] == [(), ()]
    for ear in ears:
        assert not any(isinstance(event, Speaking) for event in ear.events)
    await speaker.close()
    for backend in (first, second, third):
        await backend.stop()


async def test_a_worker_in_the_open_answers_no_neighbour() -> None:
    """Without the setting for local use, a check from a private address is not answered."""
    with running_worker(DJANGO_SETTINGS_MODULE="tests.video.open_settings") as worker:
        backend = worker.backend()
        listener = Listener(CERTIFICATE, backend, uuid4())
        joined = await backend.join(listener.call, listener.session, False)
        await backend.answer(listener.call, listener.session, listener.answer(joined.subscribe_offer, with_rtx=True))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(listener.connect(joined.subscribe_offer), 1)
        await listener.close()
        await backend.stop()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("169.254.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
        ("8.8.8.8", True),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


OFFER = Publisher.offer  # a publisher needs a socket; its text is made once below


@pytest.fixture(scope="module")
def offer_text() -> str:
    publisher = Publisher(CERTIFICATE, WorkerBackend(["127.0.0.1:1"], ""), uuid4())
    text = publisher.offer(["q", "h", "f"])
    publisher.sock.close()
    return text


def test_an_offer_is_read_into_what_matters(offer_text: str) -> None:
    offer = descriptions.read(offer_text)
    audio, video = offer.sections
    assert (audio.media, audio.codec, audio.sends) == ("audio", 63, True)
    assert (video.codec, video.rtx, video.rids) == (45, 46, ("q", "h", "f"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(data=st.data())
def test_a_mutated_offer_is_read_or_refused(offer_text: str, data: st.DataObject) -> None:
    lines = offer_text.split("\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["drop", "repeat", "cut", "swap", "absurd"]))
        line = lines[place]
        if change == "drop":
            lines.pop(place)
        elif change == "repeat":
            lines.insert(place, line)
        elif change == "cut":
            lines[place] = line[: data.draw(st.integers(0, len(line)))]
        elif change == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], line
        else:
            lines[place] = line[:8] + data.draw(st.text(max_size=20))
        if not lines:
            break
    try:
        offer = descriptions.read("\r\n".join(lines))
    except Refusal as refusal:
        assert refusal.code in {"bad_sdp", "too_many"}
        return
    ours = descriptions.Ours("user", "password", ("sha-256", "AA"), (("127.0.0.1", 1),), 1)
    taken = frozenset(section.mid for section in offer.sections if section.is_usable and section.sends)
    assert descriptions.read(descriptions.write_answer(ours, offer, taken)).username == "user"


def test_every_word_survives_the_wire() -> None:
    ask = words.Want(call=uuid4(), session=uuid4(), wishes=(words.Wish(source=uuid4(), kind="screen", height=720),))
    request = words.Request(id=3, ask=ask)
    assert msgspec.json.decode(msgspec.json.encode(request), type=words.Request) == request
