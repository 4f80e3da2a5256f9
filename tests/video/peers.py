"""A browser's end of a connection without a browser: one UDP socket, ICE checks, DTLS as client, SRTP.

For what a browser does not let a test do: send a packet twice, too late, damaged, or thirty times a millisecond.
"""

import asyncio
import contextlib
import re
import secrets
import socket
import struct
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from video.backend import MediaBackend
from video.worker import stun
from video.worker.outgoing import fresh_ssrc
from video.worker.srtp import Inbound, Outbound

CHECK_SECONDS = 0.2
CONSENT_SECONDS = 2.0
MID_NUMBER, LEVEL_NUMBER, RID_NUMBER = 9, 10, 11  # other numbers than the worker's own
OPUS, VP8, RTX = 63, 45, 46


class Peer:
    """One association. `on_rtp` and `on_rtcp` get opened packets; without them nothing is opened."""

    role = "controlling"

    def __init__(self, certificate: RTCCertificate) -> None:
        self.certificate = certificate
        self.username, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.sock.setblocking(False)
        self.on_rtp: Callable[[bytes], None] | None = None
        self.on_rtcp: Callable[[bytes], None] | None = None
        self.on_sealed: Callable[[bytes], None] | None = None  # media as they came
        self.outbound: Outbound | None = None
        self._received = bytearray(2_048)
        self._inbound: Inbound | None = None
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._answered = asyncio.Event()
        self._dtls = RTCDtlsTransport(self, [certificate])
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self, remote_sdp: str) -> None:
        username, password = _field(remote_sdp, "ice-ufrag"), _field(remote_sdp, "ice-pwd")
        candidate = re.search(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) ", remote_sdp)
        assert candidate is not None
        self.sock.connect((candidate[1], int(candidate[2])))
        asyncio.get_running_loop().add_reader(self.sock.fileno(), self._read)
        self._tasks.append(asyncio.create_task(self._check(f"{username}:{self.username}", password.encode())))
        await self._answered.wait()
        algorithm, value = _field(remote_sdp, "fingerprint").split()
        self._dtls._set_role("client")
        fingerprint = RTCDtlsFingerprint(algorithm=algorithm, value=value)
        await self._dtls.start(RTCDtlsParameters(fingerprints=[fingerprint], role="server"))
        assert self._dtls.state == "connected"
        self._inbound = Inbound(self._dtls._rx_srtp, self._received)
        self.outbound = Outbound(self._dtls._tx_srtp)

    async def _check(self, username: str, password: bytes) -> None:
        while True:
            transaction = secrets.token_bytes(12)
            self.sock.send(stun.write_request(transaction, username, password, nominates=True))
            await asyncio.sleep(CONSENT_SECONDS if self._answered.is_set() else CHECK_SECONDS)

    def _read(self) -> None:
        while True:
            try:
                length = self.sock.recv_into(self._received)
            except OSError:
                return
            first = self._received[0]
            if first < 4:
                self._answered.set()
            elif 20 <= first < 64:
                self._inbox.put_nowait(bytes(self._received[:length]))
            elif self._inbound is not None:
                if self.on_sealed is not None:
                    self.on_sealed(bytes(self._received[:length]))
                self._take_media(self._inbound, length)

    def _take_media(self, inbound: Inbound, length: int) -> None:
        if 192 <= self._received[1] <= 223:
            if self.on_rtcp is not None and (opened := inbound.open_rtcp(length)):
                self.on_rtcp(bytes(self._received[:opened]))
        elif self.on_rtp is not None and (opened := inbound.open_rtp(length)):  # not a replay
            self.on_rtp(bytes(self._received[:opened]))

    def send_rtp(self, packet: bytes) -> None:
        assert self.outbound is not None
        self.sock.send(self.outbound.seal_rtp(packet))

    def send_rtcp(self, packet: bytes) -> None:
        assert self.outbound is not None
        self.sock.send(self.outbound.seal_rtcp(packet))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        asyncio.get_running_loop().remove_reader(self.sock.fileno())
        with contextlib.suppress(OSError):  # the worker may be gone
            await self._dtls.stop()
        self.sock.close()

    # --- the names aiortc's DTLS calls its transport by ---

    async def _recv(self) -> bytes:
        return await self._inbox.get()

    async def _send(self, data: bytes) -> None:
        self.sock.send(data)

    def _identity(self, setup: str) -> list[str]:
        fingerprint = self.certificate.getFingerprints()[0]
        return [
            "c=IN IP4 0.0.0.0",
            "a=rtcp-mux",
            f"a=ice-ufrag:{self.username}",
            f"a=ice-pwd:{self.password}",
            f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}",
            f"a=setup:{setup}",
        ]


class Listener(Peer):
    def __init__(self, certificate: RTCCertificate, backend: MediaBackend, call: UUID) -> None:
        super().__init__(certificate)
        self.backend, self.call, self.session = backend, call, uuid4()
        self.ssrcs: dict[str, int] = {}  # by mid
        self.rtx_ssrcs: dict[str, int] = {}

    async def join(self, *, with_rtx: bool = True) -> None:
        joined = await self.backend.join(self.call, self.session, False)
        offer = joined.subscribe_offer
        await self.backend.answer(self.call, self.session, self.answer(offer, with_rtx=with_rtx))
        await self.connect(offer)

    def answer(self, offer: str, *, with_rtx: bool) -> str:
        lines = _head(re.findall(r"a=mid:(\S+)", offer))
        for section in offer.split("\r\nm=")[1:]:
            media, mid = section.split(" ", 1)[0], _field(section, "mid")
            self.ssrcs[mid] = int(_field(section, "ssrc").split()[0])
            if media == "audio":
                lines += ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2"]
            else:
                self.rtx_ssrcs[mid] = int(_field(section, "ssrc-group").split()[2])
                lines += [f"m=video 9 UDP/TLS/RTP/SAVPF 96{' 97' * with_rtx}", "a=rtpmap:96 VP8/90000"]
                lines += ["a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"] if with_rtx else []
            lines += [f"a=mid:{mid}", "a=recvonly", *self._identity("active")]
        return "\r\n".join(lines) + "\r\n"


class Publisher(Peer):
    def __init__(self, certificate: RTCCertificate, backend: MediaBackend, call: UUID) -> None:
        super().__init__(certificate)
        self.backend, self.call, self.session = backend, call, uuid4()
        self.ssrcs = {"audio": fresh_ssrc(), "camera": fresh_ssrc()}
        self.rtx_ssrc = fresh_ssrc()

    async def join(self, *, rids: Sequence[str] = ()) -> None:
        await self.backend.join(self.call, self.session, True)
        sources = {"0": "audio", "1": "camera"}
        answer = await self.backend.publish(self.call, self.session, self.offer(rids), sources)
        await self.connect(answer)

    def offer(self, rids: Sequence[str] = ()) -> str:
        lines = [
            *_head(["0", "1"]),
            f"m=audio 9 UDP/TLS/RTP/SAVPF {OPUS}",
            "a=mid:0",
            "a=sendonly",
            *self._identity("actpass"),
            f"a=extmap:{MID_NUMBER} urn:ietf:params:rtp-hdrext:sdes:mid",
            f"a=extmap:{LEVEL_NUMBER} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            f"a=rtpmap:{OPUS} opus/48000/2",
            f"a=ssrc:{self.ssrcs['audio']} cname:x",
            f"m=video 9 UDP/TLS/RTP/SAVPF {VP8} {RTX}",
            "a=mid:1",
            "a=sendonly",
            *self._identity("actpass"),
            f"a=extmap:{MID_NUMBER} urn:ietf:params:rtp-hdrext:sdes:mid",
            f"a=extmap:{RID_NUMBER} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
            f"a=rtpmap:{VP8} VP8/90000",
            f"a=rtpmap:{RTX} rtx/90000",
            f"a=fmtp:{RTX} apt={VP8}",
        ]
        if rids:
            lines += [*(f"a=rid:{rid} send" for rid in rids), f"a=simulcast:send {';'.join(rids)}"]
        else:
            camera = self.ssrcs["camera"]
            lines.append(f"a=ssrc-group:FID {camera} {self.rtx_ssrc}")
            lines += [f"a=ssrc:{camera} cname:x", f"a=ssrc:{self.rtx_ssrc} cname:x"]
        return "\r\n".join(lines) + "\r\n"

    def send_sound(self, sequence: int, payload: bytes = b"sound", level: int = 20) -> None:
        extension = struct.pack("!HHBBBB", 0xBEDE, 1, LEVEL_NUMBER << 4, level, 0, 0)
        head = struct.pack("!BBHLL", 0x90, OPUS, sequence & 0xFFFF, sequence * 960 & 0xFFFFFFFF, self.ssrcs["audio"])
        self.send_rtp(head + extension + payload)

    def send_picture(
        self, sequence: int, *, key: bool = False, picture: int = 0, body: bytes = b"", rid: str = "", ssrc: int = 0
    ) -> None:
        """One packet that is a whole frame."""
        extension, flags = b"", 0x80
        if rid:
            items = bytes((MID_NUMBER << 4, ord("1"), RID_NUMBER << 4, ord(rid)))
            extension, flags = struct.pack("!HH", 0xBEDE, 1) + items, 0x90
        head = struct.pack(
            "!BBHLL", flags, 0x80 | VP8, sequence & 0xFFFF, sequence * 3000 & 0xFFFFFFFF, ssrc or self.ssrcs["camera"]
        )
        self.send_rtp(head + extension + frame(key, picture, picture, body))


def frame(key: bool, picture: int, tl0: int, body: bytes = b"") -> bytes:
    """A VP8 payload with its descriptor: a 15-bit picture id and TL0PICIDX."""
    descriptor = bytes((0x90, 0xE0, 0x80 | (picture >> 8) & 0x7F, picture & 0xFF, tl0 & 0xFF, 0))
    start = b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 360) if key else b"\x01\x00\x00"
    return descriptor + start + body


def _head(mids: Sequence[str]) -> list[str]:
    return ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(mids)}"]


def _field(sdp: str, name: str) -> str:
    found = re.search(rf"a={name}:([^\r\n]+)", sdp)
    assert found is not None, f"no {name}"
    return found[1]
