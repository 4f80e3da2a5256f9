"""How many packets a media worker forwards on one core: `python benchmarks/video.py`. Results: docs/benchmarks.md.

A real worker process, real ICE, DTLS and SRTP; publishers send a picture of 720p (1,152-byte packets) and sound, and
listeners count what arrives. Listeners are read by `recvmmsg` and not opened, but for one that tells the delay: the
client must not be what is measured. CPU is the worker's own, from the kernel's books.
"""

import argparse
import asyncio
import os
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab.server.settings.test")

import uvloop  # noqa: E402
from aiortc.rtcdtlstransport import RTCCertificate  # noqa: E402
from cffi import FFI  # noqa: E402

from benchmarks.report import options, percentile, report  # noqa: E402
from tests.video.peers import Listener, Publisher  # noqa: E402
from tests.video.workers import running_worker  # noqa: E402
from video.worker.bounds import AUDIO_SLOTS, VIDEO_SLOTS  # noqa: E402

PACKET_BYTES = 1_152
PICTURES_PER_SECOND = 110  # packets of one 720p30 picture at about 1 Mbit/s
SOUNDS_PER_SECOND = 50
TICK_SECONDS = 0.01
PAYLOAD = 20  # where it begins in a packet of the worker: 12 bytes and one extension
SETTLE_SECONDS = 1.5

ffi = FFI()
ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr { void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
                void *msg_control; size_t msg_controllen; int msg_flags; };
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int recvmmsg(int, struct mmsghdr *, unsigned int, int, void *);
""")
libc = ffi.dlopen(None)


class Counter:
    """Reads many datagrams in one call, into one place: only their number counts."""

    BATCH = 64

    def __init__(self) -> None:
        self.packets = 0
        self._bytes = ffi.new("char[2048]")
        self._iovec = ffi.new("struct iovec *", {"iov_base": self._bytes, "iov_len": 2048})
        self._messages = ffi.new("struct mmsghdr[]", self.BATCH)
        for place in range(self.BATCH):
            self._messages[place].msg_hdr.msg_iov = self._iovec
            self._messages[place].msg_hdr.msg_iovlen = 1

    def read(self, descriptor: int) -> None:
        while (count := libc.recvmmsg(descriptor, self._messages, self.BATCH, 0x40, ffi.NULL)) > 0:
            self.packets += count
            if count < self.BATCH:
                return


@dataclass
class Result:
    publishers: int
    listeners: int
    packets_in: int
    packets_out: int
    delivered_percent: float
    cpu_percent: float
    microseconds_a_packet: float
    packets_a_core: int
    p50_ms: float
    p99_ms: float


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(publishers: int, listeners: int, times: float, seconds: float) -> Result:
    with running_worker() as worker:
        backend = worker.backend()
        call, certificate = uuid4(), RTCCertificate.generateCertificate()
        sources = [Publisher(certificate, backend, call) for _ in range(publishers)]
        for source in sources:
            await source.join()
        ears = [Listener(certificate, backend, call) for _ in range(listeners)]
        for ear in ears:
            await ear.join()
        counter, delays = Counter(), []
        loop = asyncio.get_running_loop()
        watch(ears[0], delays, counter)
        for ear in ears[1:]:
            loop.add_reader(ear.sock.fileno(), counter.read, ear.sock.fileno())
        stream = load(sources, times)
        await run(stream, SETTLE_SECONDS)
        counter.packets, cpu = 0, cpu_seconds(worker.process.pid)
        delays.clear()
        began = time.monotonic()
        sent = await run(stream, seconds)
        elapsed, used = time.monotonic() - began, cpu_seconds(worker.process.pid) - cpu
        await asyncio.sleep(0.1)
        for peer in [*sources, *ears]:
            await peer.close()
        await backend.stop()
    # A listener has so many slots: of eight voices it gets four.
    heard = PICTURES_PER_SECOND * min(publishers, VIDEO_SLOTS) + SOUNDS_PER_SECOND * min(publishers, AUDIO_SLOTS)
    due = sent * listeners * heard / ((PICTURES_PER_SECOND + SOUNDS_PER_SECOND) * publishers)
    return Result(
        publishers=publishers,
        listeners=listeners,
        packets_in=round(sent / elapsed),
        packets_out=round(counter.packets / elapsed),
        delivered_percent=round(100 * counter.packets / due, 1),
        cpu_percent=round(100 * used / elapsed, 1),
        microseconds_a_packet=1e6 * used / max(1, counter.packets),
        packets_a_core=round(counter.packets / used) if used else 0,
        p50_ms=1e3 * percentile(delays, 50),
        p99_ms=1e3 * percentile(delays, 99),
    )


def watch(ear: Listener, delays: list[float], counter: Counter) -> None:
    """The one listener whose packets are opened: pictures carry the time they left at."""
    pictures = {ssrc for mid, ssrc in ear.ssrcs.items() if mid.startswith("v")}

    def hear(packet: bytes) -> None:
        counter.packets += 1
        is_key = not packet[PAYLOAD + 6] & 1
        if int.from_bytes(packet[8:12], "big") in pictures and not is_key:
            delays.append(time.monotonic() - struct.unpack_from("!d", packet, PAYLOAD + 9)[0])

    ear.on_rtp = hear


def load(sources: list[Publisher], times: float) -> Iterator[int]:
    """Each step sends what is due after one tick, and yields how many packets that was."""
    pictures = sounds = 0
    due_pictures = due_sounds = 0.0
    filler = b"\x55" * (PACKET_BYTES - 12 - 9 - 8)
    while True:
        due_pictures += PICTURES_PER_SECOND * times * TICK_SECONDS
        due_sounds += SOUNDS_PER_SECOND * times * TICK_SECONDS
        count = 0
        while pictures < due_pictures:
            pictures += 1
            for source in sources:
                key = pictures % 200 == 1
                body = struct.pack("!d", time.monotonic())
                source.send_picture(pictures, key=key, picture=pictures & 0x7FFF, body=(b"" if key else body) + filler)
            count += len(sources)
        while sounds < due_sounds:
            sounds += 1
            for source in sources:
                source.send_sound(sounds, b"s" * 80)
            count += len(sources)
        yield count


async def run(stream: Iterator[int], seconds: float) -> int:
    """Steps in time; the number of packets sent."""
    began, ticks, sent = time.monotonic(), 0, 0
    while ticks * TICK_SECONDS < seconds:
        ticks += 1
        sent += next(stream)
        await asyncio.sleep(max(0.0, began + ticks * TICK_SECONDS - time.monotonic()))
    return sent


SCENES = [(1, 1, 1.0), (1, 8, 4.0), (1, 30, 1.0), (1, 30, 4.0), (1, 60, 4.0), (8, 8, 1.0)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--scene", help="publishers,listeners,times the usual packet rate")
    chosen = options(parser)
    scenes = SCENES
    if chosen.scene:
        publishers, listeners, times = chosen.scene.split(",")
        scenes = [(int(publishers), int(listeners), float(times))]
    rows = [asdict(uvloop.run(measure(*scene, chosen.seconds))) for scene in scenes]
    facts = {"packet": f"{PACKET_BYTES} bytes, AES-128-GCM", "client": "one process on the same machine"}
    report("media worker", rows, to=chosen.json, facts=facts)


if __name__ == "__main__":
    main()
