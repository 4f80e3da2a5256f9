"""What the worker does to packets, seen from both ends by peers that are no browsers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest
from aiortc.rtcdtlstransport import RTCCertificate

from tests.video.peers import Listener, Publisher, frame
from tests.video.workers import PATIENCE_SECONDS, Ear
from video.backend import WorkerBackend
from video.worker import rtcp, vp8
from video.worker.incoming import numbers_in

PAYLOAD = 20
CERTIFICATE = RTCCertificate.generateCertificate()


class Got:
    """What arrived at one peer, by SSRC; `until` waits for it."""

    def __init__(self, peer: Listener | Publisher) -> None:
        self.packets: list[bytes] = []
        self.sealed: list[bytes] = []  # replays too
        self.reports: list[rtcp.Item] = []
        self._news = asyncio.Event()
        peer.on_rtp, peer.on_rtcp, peer.on_sealed = self._take_rtp, self._take_rtcp, self._take_sealed

    def _take_rtp(self, packet: bytes) -> None:
        self.packets.append(packet)
        self._news.set()

    def _take_rtcp(self, data: bytes) -> None:
        self.reports.extend(rtcp.read(data))
        self._news.set()

    def _take_sealed(self, datagram: bytes) -> None:
        self.sealed.append(datagram)
        self._news.set()

    def of(self, ssrc: int) -> list[bytes]:
        return [packet for packet in self.packets if int.from_bytes(packet[8:12], "big") == ssrc]

    def sequences(self, ssrc: int) -> list[int]:
        return [int.from_bytes(packet[2:4], "big") for packet in self.of(ssrc)]

    def bodies(self, ssrc: int) -> list[bytes]:
        return [packet[PAYLOAD + 9 :] for packet in self.of(ssrc)]

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                self._news.clear()
                await self._news.wait()


class Scene:
    """A publisher and a listener; the camera's slot is known."""

    def __init__(self, backend: WorkerBackend, ear: Ear) -> None:
        self.backend, self.ear, self.call = backend, ear, uuid4()
        self.publisher = Publisher(CERTIFICATE, backend, self.call)
        self.listener = Listener(CERTIFICATE, backend, self.call)
        self.got, self.told = Got(self.listener), Got(self.publisher)
        self.video = self.audio = self.rtx = 0

    async def open(self, *, rids: str = "", with_rtx: bool = True) -> None:
        await self.listener.join(with_rtx=with_rtx)
        await self.publisher.join(rids=rids)
        source = self.publisher.session
        pool = await self.ear.until_pool(self.listener.session, (source, "audio"), (source, "camera"))
        for slot in pool:
            if slot.source is not None and slot.media == "video":
                self.video = self.listener.ssrcs[slot.mid]
                self.rtx = self.listener.rtx_ssrcs[slot.mid]
            elif slot.source is not None:
                self.audio = self.listener.ssrcs[slot.mid]

    async def picture(self, sequence: int, *, key: bool = False, number: int | None = None) -> bytes:
        """Send one and wait until it has arrived."""
        body = f"picture {sequence}".encode()
        count = len(self.got.of(self.video))
        self.publisher.send_picture(sequence, key=key, picture=sequence if number is None else number, body=body)
        await self.got.until(lambda: len(self.got.of(self.video)) > count)
        return self.got.of(self.video)[-1]

    async def close(self) -> None:
        await self.listener.close()
        await self.publisher.close()


@pytest.fixture
async def scene(backend: WorkerBackend, ear: Ear) -> AsyncIterator[Scene]:
    scene = Scene(backend, ear)
    yield scene
    await scene.close()


async def test_pictures_flow_from_a_key_frame_on_with_the_listeners_own_numbers(scene: Scene) -> None:
    await scene.open()
    scene.publisher.send_picture(99, picture=99)  # nobody could decode it
    first = await scene.picture(100, key=True)
    second = await scene.picture(101)
    assert (first[1] & 0x7F, second[1] & 0x7F) == (96, 96)
    assert vp8.is_key_frame(first[PAYLOAD:], vp8.read(first[PAYLOAD:]))
    assert scene.got.bodies(scene.video)[1:] == [b"picture 101"]
    one, two = scene.got.sequences(scene.video)
    assert (two - one) & 0xFFFF == 1
    assert int.from_bytes(second[4:8], "big") - int.from_bytes(first[4:8], "big") in (3_000, 3_000 - 2**32)


async def test_sound_flows_at_once(scene: Scene) -> None:
    await scene.open()
    for sequence in range(65_530, 65_545):  # around the end of the sequence
        scene.publisher.send_sound(sequence)
    await scene.got.until(lambda: len(scene.got.of(scene.audio)) == 15)
    sequences = scene.got.sequences(scene.audio)
    assert sequences == [(sequences[0] + step) & 0xFFFF for step in range(15)]
    assert all(packet.endswith(b"sound") for packet in scene.got.of(scene.audio))


async def test_a_packet_that_comes_late_is_forwarded_once_in_its_place(scene: Scene) -> None:
    await scene.open()
    await scene.picture(10, key=True)
    await scene.picture(12)
    await scene.picture(11)
    scene.publisher.send_picture(11, picture=11, body=b"again")
    await scene.picture(13)
    first, *others = scene.got.sequences(scene.video)
    assert [(sequence - first) & 0xFFFF for sequence in others] == [2, 1, 3]
    assert scene.got.bodies(scene.video)[1:] == [b"picture 12", b"picture 11", b"picture 13"]


async def test_what_was_sent_before_a_listener_began_never_reaches_it_later(scene: Scene) -> None:
    """Its number would be one that another packet had: sealing both would give the key stream away."""
    await scene.open()
    await scene.picture(10, key=True)
    scene.publisher.send_picture(12, picture=12)  # 11 is missing
    await scene.got.until(lambda: len(scene.got.of(scene.video)) == 2)
    await scene.backend.want(scene.call, scene.listener.session, [])
    await scene.ear.until_pool(scene.listener.session, (scene.publisher.session, "audio"))
    await scene.backend.want(scene.call, scene.listener.session, [(scene.publisher.session, "camera", 720)])
    source = scene.publisher.session
    await scene.ear.until_pool(scene.listener.session, (source, "audio"), (source, "camera"))
    await scene.picture(20, key=True)
    scene.publisher.send_picture(11, picture=11, body=b"too late")
    await scene.picture(21)
    assert scene.got.bodies(scene.video)[3:] == [b"picture 21"]
    sequences = scene.got.sequences(scene.video)
    used = [datagram[2:12] for datagram in scene.got.sealed if datagram[1] & 0x7F == 96]
    assert len(set(used)) == len(used)
    assert [(sequence - sequences[0]) & 0xFFFF for sequence in sequences] == [0, 2, 3, 4]


async def test_the_sender_is_asked_for_what_was_lost_until_it_comes(scene: Scene) -> None:
    await scene.open()
    await scene.picture(10, key=True)
    await scene.picture(14)
    await scene.told.until(
        lambda: sum(item == rtcp.Nack(scene.publisher.ssrcs["camera"], (11, 12, 13)) for item in scene.told.reports) > 1
    )
    await scene.picture(12)
    scene.told.reports.clear()
    await scene.told.until(lambda: rtcp.Nack(scene.publisher.ssrcs["camera"], (11, 13)) in scene.told.reports)


async def test_a_repair_of_the_sender_becomes_the_packet_it_repeats(scene: Scene) -> None:
    await scene.open()
    await scene.picture(10, key=True)
    await scene.picture(12)
    lost = bytearray(b"\x80\x2e" + b"\0\1" + (11 * 3000).to_bytes(4, "big"))  # payload type 46
    lost += scene.publisher.rtx_ssrc.to_bytes(4, "big") + (11).to_bytes(2, "big")
    scene.publisher.send_rtp(bytes(lost) + frame(False, 11, 11, b"picture 11"))
    await scene.got.until(lambda: len(scene.got.of(scene.video)) == 3)
    assert scene.got.bodies(scene.video)[-1] == b"picture 11"
    padding = bytearray(lost)
    padding[0] |= 0x20
    scene.publisher.send_rtp(bytes(padding[:12]) + b"\0" * 99 + b"\x64")  # a probe: padding alone
    await scene.picture(13)
    assert len(scene.got.of(scene.video)) == 4


async def test_a_listener_gets_again_what_it_lost(scene: Scene) -> None:
    await scene.open()
    await scene.picture(10, key=True)
    lost = await scene.picture(11)
    await scene.picture(12)
    scene.listener.send_rtcp(rtcp.write_receiver_reports(1, []) + rtcp.write_nack(1, scene.video, [number_of(lost)]))
    await scene.got.until(lambda: scene.got.of(scene.rtx))
    (again,) = scene.got.of(scene.rtx)
    assert again[1] & 0x7F == 97
    assert (again[4:8], again[12:20]) == (lost[4:8], lost[12:20])
    assert again[PAYLOAD:] == lost[2:4] + lost[PAYLOAD:]


async def test_without_rtx_it_is_the_very_same_datagram(scene: Scene) -> None:
    """Other bytes sealed under a used number would give the key stream away."""
    await scene.open(with_rtx=False)
    await scene.picture(10, key=True)
    lost = await scene.picture(11)
    await scene.picture(12)
    scene.listener.send_rtcp(rtcp.write_nack(1, scene.video, [number_of(lost)]))

    def same() -> list[bytes]:
        return [datagram for datagram in scene.got.sealed if datagram[1:12] == lost[1:12]]

    await scene.got.until(lambda: len(same()) == 2)
    assert len(set(same())) == 1


def number_of(packet: bytes) -> int:
    return int.from_bytes(packet[2:4], "big")


async def test_numbers_of_pictures_go_on_when_the_source_changes_also_in_repairs(scene: Scene) -> None:
    await scene.open()
    await scene.picture(500, key=True, number=32_767)
    last = await scene.picture(501, number=0)
    await scene.backend.want(scene.call, scene.listener.session, [(scene.publisher.session, "camera", 720)])
    other = Publisher(CERTIFICATE, scene.backend, scene.call)
    await other.join()
    await scene.backend.want(scene.call, scene.listener.session, [(other.session, "camera", 720)])
    sounds = [(scene.publisher.session, "audio"), (other.session, "audio")]
    pool = await scene.ear.until_pool(scene.listener.session, *sounds, (other.session, "camera"))
    mid = next(slot.mid for slot in pool if slot.kind == "camera")
    assert scene.listener.ssrcs[mid] == scene.video, "the slot that became free is used again"
    other.send_picture(7, key=True, picture=9_000)
    other.send_picture(8, picture=9_001, body=b"other")
    await scene.got.until(lambda: len(scene.got.of(scene.video)) == 4)
    first, second = scene.got.of(scene.video)[2:]
    numbers = [numbers_in(packet[PAYLOAD:]) for packet in (last, first, second)]
    assert [(picture - numbers[0][0]) & 0x7FFF for picture, _tl0 in numbers] == [0, 1, 2]
    assert [(tl0 - numbers[0][1]) & 0xFF for _picture, tl0 in numbers] == [0, 1, 2]
    scene.listener.send_rtcp(rtcp.write_nack(1, scene.video, [number_of(second)]))
    scene.listener.send_rtcp(rtcp.write_nack(1, scene.video, [number_of(last)]))
    await scene.got.until(lambda: len(scene.got.of(scene.rtx)) == 2)
    repaired, before_the_change = scene.got.of(scene.rtx)
    assert repaired[PAYLOAD + 2 :] == second[PAYLOAD:]
    assert before_the_change[PAYLOAD + 2 :] == last[PAYLOAD:]
    await other.close()


async def test_a_key_frame_is_asked_for_once_however_many_ask(scene: Scene) -> None:
    await scene.open()
    request = rtcp.KeyRequest(scene.publisher.ssrcs["camera"])
    await scene.told.until(lambda: request in scene.told.reports)  # for the waiting slot
    await scene.picture(10, key=True)
    scene.told.reports.clear()
    for _ in range(20):
        scene.listener.send_rtcp(rtcp.write_key_request(1, scene.video))
    await scene.told.until(lambda: request in scene.told.reports)
    await scene.told.until(lambda: any(isinstance(item, rtcp.Report) for item in scene.told.reports))
    assert scene.told.reports.count(request) <= 3


async def test_each_side_gets_its_reports(scene: Scene) -> None:
    await scene.open()
    await scene.picture(10, key=True)
    await scene.picture(13)
    scene.publisher.send_sound(1)

    def of_camera(item: rtcp.Item) -> bool:
        return isinstance(item, rtcp.Report) and item.ssrc == scene.publisher.ssrcs["camera"]

    await scene.told.until(lambda: any(of_camera(item) for item in scene.told.reports))
    report = next(item for item in scene.told.reports if of_camera(item))
    assert isinstance(report, rtcp.Report)
    assert (report.highest_sequence & 0xFFFF, report.packets_lost, report.fraction_lost) == (13, 2, 128)
    await scene.told.until(lambda: any(isinstance(item, rtcp.Estimate) for item in scene.told.reports))
    senders = {scene.video, scene.audio}
    await scene.got.until(
        lambda: senders <= {item.ssrc for item in scene.got.reports if isinstance(item, rtcp.SenderReport)}
    )


async def test_a_listener_who_loses_much_gets_the_small_picture(scene: Scene) -> None:
    await scene.open(rids="qhf")
    sizes = {"q": 1_001, "h": 1_002, "f": 1_003}
    heard: set[bytes] = set()
    sequence = reports = 0

    async def send_until(size: bytes, *, lost: int) -> None:
        nonlocal sequence, reports
        async with asyncio.timeout(PATIENCE_SECONDS):
            while size not in heard:
                sequence += 1
                for rid, ssrc in sizes.items():
                    weight = {"q": 40, "h": 200, "f": 900}[rid]
                    body = rid.encode() * weight
                    scene.publisher.send_picture(
                        sequence, key=sequence % 10 == 1, picture=sequence, body=body, rid=rid, ssrc=ssrc
                    )
                if lost and sequence % 20 == 0:
                    reports += 1
                    report = rtcp.Report(scene.video, 0, lost * reports, 100 * reports, 0, 0, 0)
                    scene.listener.send_rtcp(rtcp.write_receiver_reports(1, [report]))
                await asyncio.sleep(0.01)
                heard.update(packet[-1:] for packet in scene.got.of(scene.video))

    await send_until(b"f", lost=0)
    heard.clear()
    scene.got.packets.clear()
    await send_until(b"q", lost=50)


async def test_the_loudest_are_heard_when_there_are_more_than_slots(backend: WorkerBackend, ear: Ear) -> None:
    call = uuid4()
    listener = Listener(CERTIFICATE, backend, call)
    await listener.join()
    people = [Publisher(CERTIFICATE, backend, call) for _ in range(6)]
    for person in people:
        await person.join()
    loud: UUID = people[5].session

    def is_heard() -> bool:
        return any(slot.source == loud and slot.kind == "audio" for slot in ear.pools.get(listener.session, ()))

    async with asyncio.timeout(PATIENCE_SECONDS):
        sequence = 0
        while not is_heard():
            sequence += 1
            for person in people:
                person.send_sound(sequence, level=10 if person.session == loud else 127)
            await asyncio.sleep(0.02)
    for peer in [listener, *people]:
        await peer.close()
