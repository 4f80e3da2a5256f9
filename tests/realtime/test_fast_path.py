"""The seam between our uvicorn protocol and the library's: odd frames mean the same with it and without it.

Everything here runs twice: on the fast path, and on plain ASGI under uvicorn's own protocol.
"""

import json
import struct
import uuid

import pytest

from collab.realtime import hub
from collab.realtime.protocol import Message, announcement, encode
from people.models import Person
from tests.realtime.browsers import session_for
from tests.realtime.servers import Server, Servers
from tests.realtime.wires import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Closed, RawWire, frame
from tests.realtime.words import Renamed, rename

CIRCLE = "circle:lyon"
# 160 kB each: together more than the system's own buffers take.
BATCHES = 60


@pytest.fixture(params=["fast", "plain"])
def server(request: pytest.FixtureRequest, servers: Servers) -> Server:
    return servers.start(environment={"TEST_PROTOCOL": request.param})


def word(type_: str = "test.echo", **data: object) -> bytes:
    data = data or {"text": "x"}
    return json.dumps({"v": 1, "id": str(uuid.uuid4()), "type": type_, "data": data}).encode()


def answer(wire: RawWire) -> dict[str, object]:
    """The next answer; announcements are passed over."""
    while True:
        opcode, payload = wire.receive()
        assert opcode == TEXT
        told: dict[str, object] = json.loads(payload)
        if told["type"] in {"done", "error"}:
            return told


def closing_code(wire: RawWire) -> int | None:
    with pytest.raises(Closed) as closed:
        while True:
            wire.receive()
    return closed.value.code


def whole(text: bytes) -> list[bytes]:
    return [frame(TEXT, text)]


def in_fragments(text: bytes) -> list[bytes]:
    return [frame(TEXT, text[:5], fin=False), frame(CONTINUATION, text[5:9], fin=False), frame(CONTINUATION, text[9:])]


def byte_by_byte(text: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in frame(TEXT, text)]


def with_a_ping_between_fragments(text: bytes) -> list[bytes]:
    return [frame(TEXT, text[:5], fin=False), frame(PING, b"?"), frame(CONTINUATION, text[5:])]


def in_one_write_with_another(text: bytes) -> list[bytes]:
    return [frame(PONG, b"unasked") + frame(TEXT, text)]


CUTS = [whole, in_fragments, byte_by_byte, with_a_ping_between_fragments, in_one_write_with_another]


def test_a_word_is_the_same_word_however_it_is_cut(server: Server, circle: list[Person]) -> None:
    with RawWire(server.host, session_for(circle[0])) as wire:
        for cut in CUTS:
            for part in cut(word()):
                wire.send(part)
            if cut is with_a_ping_between_fragments:
                assert wire.receive() == (PONG, b"?")
            assert answer(wire)["type"] == "done", cut.__name__


def test_odd_frames_are_answered_and_the_socket_ends_where_it_must(server: Server, circle: list[Person]) -> None:
    """One server for many short sockets."""
    session = session_for(circle[0])
    good = word()
    ends: list[tuple[str, bytes, set[int | None]]] = [
        ("unmasked", frame(TEXT, good, masked=False), {1002}),
        ("reserved bit", frame(TEXT, good, reserved=0x40), {1002}),
        ("reserved opcode", frame(0x3, good), {1002}),
        ("long ping", frame(PING, b"x" * 126), {1002}),
        ("ping in fragments", frame(PING, b"x", fin=False), {1002}),
        ("continuation of nothing", frame(CONTINUATION, good), {1002}),
        ("new message in fragments", frame(TEXT, good, fin=False) + frame(TEXT, good), {1002}),
        ("not UTF-8", frame(TEXT, b"\xff\xfe"), {1007}),
        ("longer than any socket takes", frame(TEXT, b"x" * (1024 * 1024 + 1)), {1009}),
        ("claims 2 GiB", bytes([0x80 | BINARY, 0x80 | 127]) + struct.pack("!Q", 2**31) + b"mask", {1009}),
        ("claims more than there can be", bytes([0x80 | BINARY, 0xFF]) + b"\xff" * 8 + b"mask", {1002, 1009}),
        ("close", frame(CLOSE, struct.pack("!H", 1000)), {1000}),
        ("close without a code", frame(CLOSE, b""), {None, 1000, 1005}),
        ("close with half a code", frame(CLOSE, b"\x03"), {1002}),
    ]
    for name, data, codes in ends:
        with RawWire(server.host, session) as wire:
            wire.send(frame(TEXT, good))
            assert answer(wire)["type"] == "done", name
            wire.send(data)
            assert closing_code(wire) in codes, name
    with RawWire(server.host, session) as wire:
        wire.send(frame(PING, b"alive?"))
        assert wire.receive() == (PONG, b"alive?")
        wire.send(frame(BINARY, b"\x00\x01"))
        assert answer(wire)["code"] == "bad_word"
        wire.send(frame(TEXT, good))
        assert answer(wire)["type"] == "done", "the process and the socket live"


def test_odd_origins_never_open_a_socket(server: Server, circle: list[Person]) -> None:
    session = session_for(circle[0])
    for headers in (
        b"Origin: http://testserver\x0b\r\n",
        b"Origin: http://testserver\r\nOrigin: http://testserver\r\n",
        b"Origin: http://testserver\r\norigin: http://evil.example\r\n",
        b"X-Origin: http://testserver\r\n",
    ):
        with RawWire(server.host, session, headers=headers) as wire:
            assert wire.status in {400, 403}, headers
    with RawWire(server.host, session) as wire:
        assert wire.status == 101


def test_a_reader_that_does_not_read_is_closed_and_costs_little(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with RawWire(server.host, session_for(alice), receive_buffer=4096) as slow, server.browser(bob) as quick:
        slow.send(frame(TEXT, word("topic.subscribe", topic=CIRCLE)))
        assert answer(slow)["type"] == "done"
        quick.follow(CIRCLE)
        before = server.rss_kib()
        for batch in range(BATCHES):
            for _ in range(10):
                message = Renamed(person_id=str(batch), name="b" * 16_000)
                hub._hint({"topic": CIRCLE, "frame": _whisper(CIRCLE, message)})
            rename(circle="lyon", by=bob, name=f"{batch}")
            quick.wait_for(lambda heard: heard["seq"] is not None and heard["type"] == "circle.renamed", 30)
            quick.heard.clear()
        assert server.rss_kib() - before < 24 * 1024
        assert closing_code(slow) in {4408, None}  # None: cut, because it did not read the close frame either
        quick.fence()


def _whisper(topic: str, message: Message) -> str:
    return announcement(topic, None, message.type, encode(message)).decode()
