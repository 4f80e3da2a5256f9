"""Damaged datagrams of every kind at a real worker: it goes on forwarding."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Awaitable, Callable
from uuid import uuid4

from aiortc.rtcdtlstransport import RTCCertificate

from tests.video.peers import OPUS, RTX, VP8, Listener, frame
from tests.video.test_forwarding import Scene
from tests.video.workers import Ear, Worker
from video.backend import WorkerBackend
from video.worker import bounds, rtcp, stun
from video.worker.port import MediaPort

CERTIFICATE = RTCCertificate.generateCertificate()
ROUNDS = 400


async def goes_on(scene: Scene, sequence: int) -> None:
    picture = await scene.picture(sequence, key=True)
    assert picture[1] & 0x7F == 96


async def test_strangers_datagrams(worker: Worker, backend: WorkerBackend, ear: Ear) -> None:
    chance = random.Random(1)
    scene = Scene(backend, ear)
    await scene.open()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.connect(("127.0.0.1", worker.udp_port))
        check = stun.write_request(b"t" * 12, "a:b", b"c", nominates=True)
        for first in range(256):
            stranger.send(bytes([first]))
            stranger.send(bytes([first]) + chance.randbytes(chance.randrange(1, 1_400)))
        for _ in range(ROUNDS):
            damaged = bytearray(check)
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            stranger.send(bytes(damaged[: chance.randrange(1, len(damaged) + 1)]))
        stranger.send(b"")
        stranger.send(b"\x80" * 9_000)
    await goes_on(scene, 100)
    await scene.close()


async def test_authentic_but_absurd_packets(backend: WorkerBackend, ear: Ear) -> None:
    """From somebody with a key: only libsrtp's own demands are met."""
    chance = random.Random(2)
    scene = Scene(backend, ear)
    await scene.open(rids="qhf")
    publisher = scene.publisher
    publisher.send_picture(1, key=True, rid="f", ssrc=77)
    for _ in range(ROUNDS):
        payload_type = chance.choice((OPUS, VP8, RTX, 0, 127))
        ssrc = chance.choice((77, *publisher.ssrcs.values(), publisher.rtx_ssrc, chance.getrandbits(32)))
        head = bytes((0x80 | chance.choice((0, 0x20)), payload_type)) + chance.randbytes(6) + ssrc.to_bytes(4, "big")
        body = chance.choice(
            (b"", chance.randbytes(chance.randrange(1, 40)), frame(True, 1, 1)[: chance.randrange(16)])
        )
        publisher.send_rtp(head + body)
        extension = b"\xbe\xde\x00\x02" + chance.randbytes(8)
        publisher.send_rtp(bytes((head[0] | 0x10,)) + head[1:] + extension + body)
    for _ in range(ROUNDS):
        absurd = bytearray(
            rtcp.write_nack(1, scene.video, [chance.getrandbits(16)])
            + rtcp.write_sender_report(77, 1, 2, 3, 4)
            + rtcp.write_estimate(1, chance.getrandbits(30), [scene.video])
        )
        for _ in range(chance.randrange(6)):
            absurd[chance.randrange(4, len(absurd))] = chance.randrange(256)
        absurd[1] = chance.choice((200, 201, 202, 203, 204, 205, 206))
        scene.listener.send_rtcp(bytes(absurd))
        publisher.send_rtcp(bytes(absurd))
    fresh = Scene(backend, ear)
    await fresh.open()
    await goes_on(fresh, 100)
    await scene.close()
    await fresh.close()


async def test_a_flood_of_one_person_is_bounded(backend: WorkerBackend, ear: Ear) -> None:
    scene, neighbour = Scene(backend, ear), Scene(backend, ear)
    await scene.open()
    await neighbour.open()
    for sequence in range(12_000):
        scene.publisher.send_sound(sequence)
    await goes_on(neighbour, 5)
    stats = await backend.stats(scene.call)
    assert stats.sessions
    await scene.close()
    await neighbour.close()


async def test_damaged_handshakes(backend: WorkerBackend, ear: Ear) -> None:
    """Who damages its own handshake loses its own connection, or not even that."""
    chance = random.Random(3)
    for _ in range(4):
        listener = Listener(CERTIFICATE, backend, uuid4())
        joined = await backend.join(listener.call, listener.session, False)
        answer = listener.answer(joined.subscribe_offer, with_rtx=True)
        await backend.answer(listener.call, listener.session, answer)
        whole = listener._send

        async def damaged(data: bytes, whole: Callable[[bytes], Awaitable[None]] = whole) -> None:
            for _ in range(20):
                broken = bytearray(data)
                broken[chance.randrange(1, len(broken))] = chance.randrange(256)
                await whole(bytes(broken[: chance.randrange(14, len(broken) + 1)]))
            await whole(data)

        listener._send = damaged  # type: ignore[method-assign]
        with contextlib.suppress(AssertionError, TimeoutError):
            await asyncio.wait_for(listener.connect(joined.subscribe_offer), 2)
        await listener.close()
    scene = Scene(backend, ear)
    await scene.open()
    await goes_on(scene, 100)
    await scene.close()


def test_who_knows_no_name_uses_up_nobodys_checks() -> None:
    port = MediaPort("127.0.0.1", 0, allow_local=True)
    try:
        for number in range(100):
            port._check(stun.write_request(b"t" * 12, f"nobody{number}:x", b"p", nominates=True), ("127.0.0.1", 9))
        assert port._checks_left == bounds.MAX_CHECKS_PER_SECOND
    finally:
        port._sock.close()
