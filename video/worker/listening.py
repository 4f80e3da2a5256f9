"""A browser's listening connection: its pool of slots, and what it tells of the way to it."""

import time
from collections.abc import Callable

from aiortc.rtcdtlstransport import RTCCertificate

from video.media_words import Slot as SlotWord

from . import bounds, rtcp
from .bandwidth import Bandwidth
from .connection import Connection
from .descriptions import Description, Ours, Outgoing, write_offer
from .errors import Refusal
from .outgoing import Slot
from .port import MediaPort


class Listening:
    def __init__(self, port: MediaPort, certificate: RTCCertificate, stands: Callable[[], None]) -> None:
        self._stands = stands
        self.connection = Connection(port, certificate, self)
        audio = [Slot(f"a{place}", "audio", self) for place in range(bounds.AUDIO_SLOTS)]
        video = [Slot(f"v{place}", "video", self) for place in range(bounds.VIDEO_SLOTS)]
        self.audio, self.video, self.slots = audio, video, audio + video
        self.bandwidth = Bandwidth()
        self.budget: float | None = None
        self.sent_bps = 0
        self.round_trip_ms: float | None = None
        self.version = 0
        self._by_ssrc = {slot.ssrc: slot for slot in self.slots}
        self._with_rtx: frozenset[str] = frozenset()
        self._offered = False
        self._octets_before = 0
        self._repeats_left = bounds.MAX_RETRANSMISSIONS_PER_SECOND

    # --- negotiation ---

    def offer(self, ours: Callable[[Connection, int], Ours]) -> str:
        self.version += 1
        self._offered = True
        pool = [Outgoing(slot.mid, slot.media, slot.ssrc, slot.rtx_ssrc) for slot in self.slots]
        return write_offer(ours(self.connection, self.version), pool)

    def take_answer(self, answer: Description) -> None:
        if not self._offered:
            raise Refusal("bad_state", "an answer without an offer")
        connection = self.connection
        if connection.remote and connection.remote != answer.fingerprints:
            raise Refusal("bad_state", "another certificate: join again")
        if [section.mid for section in answer.sections] != [slot.mid for slot in self.slots]:
            raise Refusal("bad_sdp", "not the sections that were offered")
        self._offered = False
        self._with_rtx = frozenset(section.mid for section in answer.sections if section.rtx is not None)
        connection.connect(answer.fingerprints, answer.username)

    def pool(self) -> tuple[SlotWord, ...]:
        return tuple(
            SlotWord(
                mid=slot.mid,
                media=slot.media,
                source=slot.source.session if slot.source else None,
                kind=slot.source.kind if slot.source else None,
            )
            for slot in self.slots
        )

    def hush(self) -> None:
        for slot in self.slots:
            slot.show(None)

    def close(self) -> None:
        self.hush()
        self.connection.close()

    # --- from the connection ---

    def stands(self) -> None:
        self._stands()

    def moved(self) -> None:
        for slot in self.slots:
            if slot.layer is not None:
                slot.layer.replan()

    def take_rtp(self, length: int, now: float) -> None:
        pass  # a listening connection sends none

    def take_rtcp(self, data: bytes) -> None:
        for item in rtcp.read(data):
            if isinstance(item, rtcp.Nack):
                self._repeat(item)
            elif isinstance(item, rtcp.KeyRequest):
                self._pass_on_key_request(item.ssrc)
            elif isinstance(item, rtcp.Report):
                self._take_report(item)
            elif isinstance(item, rtcp.Estimate):
                self.bandwidth.note_belief(item.bits_per_second)

    def _repeat(self, nack: rtcp.Nack) -> None:
        slot = self._by_ssrc.get(nack.ssrc)
        if slot is None:
            return
        for sequence in nack.sequences:
            if self._repeats_left <= 0:
                return
            if packet := slot.repeat(sequence, with_rtx=slot.mid in self._with_rtx):
                self._repeats_left -= 1
                self.connection.send_rtp(packet)

    def _pass_on_key_request(self, ssrc: int) -> None:
        slot = self._by_ssrc.get(ssrc)
        if slot is not None and slot.layer is not None:
            slot.layer.key_wanted = True  # the sender is asked within milliseconds: publishing.step_often

    def _take_report(self, report: rtcp.Report) -> None:
        if report.ssrc not in self._by_ssrc:
            return
        slot = self._by_ssrc[report.ssrc]
        self.bandwidth.note_loss(*slot.loss_since_last(report))
        if report.last_report:
            now = (rtcp.ntp_now(time.time()) >> 16) & 0xFFFFFFFF
            self.round_trip_ms = ((now - report.last_report - report.delay) & 0xFFFFFFFF) * 1_000 / 65_536

    # --- once a second ---

    def step(self, now: float, seconds: float) -> None:
        self._repeats_left = bounds.MAX_RETRANSMISSIONS_PER_SECOND
        octets = sum(slot.octets for slot in self.slots)
        self.sent_bps = max(0, int((octets - self._octets_before) * 8 / seconds))
        self._octets_before = octets
        self.budget = self.bandwidth.step(self.sent_bps, now)
        if self.connection.stands and (reports := b"".join(slot.sender_report(now) for slot in self.slots)):
            self.connection.send_rtcp(reports)
