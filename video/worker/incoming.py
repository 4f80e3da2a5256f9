"""What a browser sends: tracks, and their layers. `Layer.take` is the hot path of the worker.

A packet is opened once and made into a template; for each listener a copy gets its own sequence number, timestamp and
SSRC (and VP8 picture numbers, where a slot has changed its source), is sealed in place and waits in the outbox.
All that differs between listeners is prepared in `plan`, so that the loop looks nothing up.
"""

import struct
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from . import bounds, rtcp, rtp, vp8
from .descriptions import OPUS, VP8, Section
from .outbox import NAME_STRIDE, PLACE_BYTES, PLACES, Outbox
from .rtp import HEADER_BYTES
from .srtp import new_length, protect_rtp

if TYPE_CHECKING:
    from .outgoing import Slot

HEAD = struct.Struct("!BBHLL")
PATCH = struct.Struct("!HLL")  # sequence, timestamp, SSRC: all that every listener has of its own
HISTORY_MASK = bounds.HISTORY_PACKETS - 1
TEMPLATE_HEADER_BYTES = 20  # 12 and one extension of at most four bytes

AUDIO_CLOCK, VIDEO_CLOCK = 48_000, 90_000
ABS_SEND_TIME_HEAD = b"\xbe\xde\x00\x01" + bytes([(rtp.ABS_SEND_TIME_ID << 4) | 2])
AUDIO_LEVEL_HEAD = b"\xbe\xde\x00\x01" + bytes([rtp.AUDIO_LEVEL_ID << 4])

KEY_REQUEST_SECONDS = 0.5
ASK_AGAIN_SECONDS = 0.08
ASK_TIMES = 8
MISSING_SECONDS = 1.0
ALIVE_SECONDS = 1.5
ATTACK, DECAY = 0.3, 0.05  # a word is heard within 100 ms, a pause within it is not the end
SILENT = 127
RESET_STEP = 1_000  # a jump of the sequence that is no loss but a new beginning

# SRTP handle, destination, shifts of sequence, timestamp, picture id and TL0PICIDX, SSRC, first packet.
PlanEntry = tuple[object, int, int, int, int, int, int, int]


class Track:
    """One thing a session publishes: its microphone, its camera, its screen, the screen's sound."""

    def __init__(self, session: UUID, kind: str, section: Section, outbox: Outbox) -> None:
        self.session, self.kind, self.section = session, kind, section
        self.media = section.media
        self.outbox = outbox
        self.is_paused = False
        self.layers: dict[str, Layer] = {}
        self.loudness = 0.0  # 0 to 127, smoothed
        self.level_number = section.extensions.get(rtp.AUDIO_LEVEL, 0)

    def alive_layers(self, now: float) -> "list[Layer]":
        """From the smallest; all of them while none has been heard yet."""
        order = [self.layers[rid] for rid in ("", "q", "h", "f") if rid in self.layers]
        return [layer for layer in order if now - layer.heard < ALIVE_SECONDS] or order

    def end(self) -> None:
        for layer in self.layers.values():
            layer.end()


class Missing:
    __slots__ = ("asked", "next_ask", "since")

    def __init__(self, now: float) -> None:
        self.since = self.next_ask = now
        self.asked = 0


class Layer:
    """One stream of packets: a whole track, or one size of a simulcast."""

    def __init__(self, track: Track, ssrc: int, rid: str) -> None:
        self.track, self.ssrc, self.rid = track, ssrc, rid
        self.is_audio = track.media == "audio"
        self.clock = AUDIO_CLOCK if self.is_audio else VIDEO_CLOCK
        self.plan: list[PlanEntry] = []
        self.slots: list[Slot] = []
        self.waiting: list[Slot] = []  # for a key frame
        self.history: list[bytes] = [b""] * bounds.HISTORY_PACKETS
        self.missing: dict[int, Missing] = {}
        self.started = False
        self.highest = 0
        self.extended = 0
        self.first_extended = 0
        self.timestamp = 0
        self.heard = time.monotonic()
        self.height = 0
        self.received = self.octets = 0
        self.forwarded = self.forwarded_octets = 0
        self.bits_per_second = 0
        self.lost_percent = 0.0
        self.sender_report = 0
        self.sender_report_at = 0.0
        self._expected_before = self._received_before = self._octets_before = 0
        self.key_wanted = False  # by a listener; the waiting slots want one anyhow
        self._key_asked = 0.0
        self._length = new_length()

    # --- the hot path ---

    def take(self, packet: bytearray, length: int, now: float) -> None:
        first, second, sequence, timestamp, _ssrc = HEAD.unpack_from(packet)
        start = HEADER_BYTES + ((first & 15) << 2)
        if first & 0x10:
            if start + 4 > length:
                return
            start += 4 + (((packet[start + 2] << 8) | packet[start + 3]) << 2)
        if start > length:
            return
        step = (sequence - self.highest) & 0xFFFF
        if not self.started:
            self._start(sequence)
            step = 1
        elif step == 1:
            self.extended += 1
        elif step == 0 or (step >= 0x8000 and sequence not in self.missing):
            return  # had it, or too old to tell
        elif step < 0x8000:
            self._note_gap(step, now)
        else:
            del self.missing[sequence]
        is_late = step >= 0x8000
        if not is_late:
            self.highest, self.timestamp, self.heard = sequence, timestamp, now
        self.received += 1
        self.octets += length
        if self.is_audio:
            level = self._level_of(packet, start)
            self._hear(level)
            extension = AUDIO_LEVEL_HEAD + bytes((level, 0, 0))
            payload_type = OPUS
        else:
            extension = ABS_SEND_TIME_HEAD + (int(now * 262_144) & 0xFFFFFF).to_bytes(3, "big")
            payload_type = VP8
        if not self.plan and not self.waiting:
            return
        head = HEAD.pack(0x90 | (first & 0x20), (second & 0x80) | payload_type, sequence, timestamp, 0)
        template = b"".join((head, extension, packet[start:length]))
        self.history[sequence & HISTORY_MASK] = template
        if not self.is_audio and length > start and packet[start] & 0x10:
            self._look_for_key(template, now)
        elif self.is_audio and self.waiting:
            self._let_in(template, now)
        plan: Sequence[PlanEntry] = self.plan
        if is_late:
            age = (self.highest - sequence) & 0xFFFF
            plan = [entry for entry in plan if entry[7] <= self.extended - age]
        if plan:
            self.forwarded += 1
            self.forwarded_octets += len(template) - TEMPLATE_HEADER_BYTES
            self._spread(template, sequence, timestamp, plan)

    def _spread(self, template: bytes, sequence: int, timestamp: int, plan: Sequence[PlanEntry]) -> None:
        outbox = self.track.outbox
        arena, lengths, names, pointers = outbox.arena, outbox.lengths, outbox.names, outbox.pointers
        length, patch, protect, size = self._length, PATCH.pack_into, protect_rtp, len(template)
        count = outbox.count
        picture: vp8.Picture | None = None
        for handle, name, sequence_shift, timestamp_shift, picture_shift, tl0_shift, ssrc, _since in plan:
            if count == PLACES:
                outbox.count = count
                outbox.flush()
                count = 0
            place = count * PLACE_BYTES
            arena[place : place + size] = template
            patch(
                arena, place + 2, (sequence + sequence_shift) & 0xFFFF, (timestamp + timestamp_shift) & 0xFFFFFFFF, ssrc
            )
            if picture_shift or tl0_shift:
                if picture is None:
                    picture = vp8.read(template[TEMPLATE_HEADER_BYTES : TEMPLATE_HEADER_BYTES + 8])
                shift_picture(arena, place + TEMPLATE_HEADER_BYTES, picture, picture_shift, tl0_shift)
            length[0] = size
            if protect(handle, pointers[count], length):
                continue
            lengths[2 * count + 1] = length[0]
            names[count * NAME_STRIDE] = name
            count += 1
        outbox.count = count

    def _start(self, sequence: int) -> None:
        self.started = True
        self.extended = self.first_extended = sequence
        self._expected_before = sequence - 1

    def _note_gap(self, step: int, now: float) -> None:
        if step > RESET_STEP:
            self.missing.clear()
        else:
            for back in range(min(step - 1, bounds.MAX_MISSING), 0, -1):
                self.missing[(self.highest + step - back) & 0xFFFF] = Missing(now)
            while len(self.missing) > bounds.MAX_MISSING:
                del self.missing[next(iter(self.missing))]
        self.extended += step

    def _level_of(self, packet: bytearray, start: int) -> int:
        """The audio level the browser measured: 0 is loud, 127 silent; the top bit says voice."""
        number = self.track.level_number
        place = rtp.value_place(packet, start, number) if number else 0
        return packet[place] if place else SILENT

    def _hear(self, level: int) -> None:
        track = self.track
        rise = (127 - (level & 127)) - track.loudness
        track.loudness += rise * (ATTACK if rise > 0 else DECAY)

    def _look_for_key(self, template: bytes, now: float) -> None:
        payload = template[TEMPLATE_HEADER_BYTES : TEMPLATE_HEADER_BYTES + 20]
        picture = vp8.read(payload)
        if vp8.is_key_frame(payload, picture):
            self.height = vp8.height_of(payload, picture) or self.height
            self.key_wanted = False
            if self.waiting:
                self._let_in(template, now)

    def _let_in(self, template: bytes, now: float) -> None:
        waiting, self.waiting = self.waiting, []
        for slot in waiting:
            slot.begin(self, template, now)

    # --- slots ---

    def replan(self) -> None:
        self.plan = [entry for slot in self.slots if (entry := slot.plan_entry()) is not None]

    def add(self, slot: "Slot") -> None:
        self.slots.append(slot)
        self.replan()

    def remove(self, slot: "Slot") -> None:
        if slot in self.slots:
            self.slots.remove(slot)
            self.replan()

    def end(self) -> None:
        for slot in [*self.slots, *self.waiting]:
            slot.stop()
        self.waiting.clear()

    def template_of(self, sequence: int) -> bytes:
        """Empty when it is no longer kept."""
        template = self.history[sequence & HISTORY_MASK]
        return template if template and int.from_bytes(template[2:4], "big") == sequence else b""

    def picture_numbers(self) -> tuple[int, int]:
        """Picture id and TL0PICIDX of the newest packet."""
        payload = self.template_of(self.highest)[TEMPLATE_HEADER_BYTES : TEMPLATE_HEADER_BYTES + 8]
        return numbers_in(payload)

    # --- what the sender is told ---

    def key_request_due(self, now: float) -> bool:
        """True when a key frame is to be asked for now: many listeners' requests become one."""
        if not (self.key_wanted or self.waiting) or now - self._key_asked < KEY_REQUEST_SECONDS:
            return False
        self._key_asked, self.key_wanted = now, False
        return True

    def due(self, now: float) -> list[int]:
        """The packets to ask for again, in order."""
        asked: list[int] = []
        for sequence, missing in list(self.missing.items()):
            if now - missing.since > MISSING_SECONDS:
                del self.missing[sequence]
            elif now >= missing.next_ask and missing.asked < ASK_TIMES:
                missing.asked += 1
                missing.next_ask = now + ASK_AGAIN_SECONDS
                asked.append(sequence)
        return asked

    def report(self, now: float, seconds: float) -> rtcp.Report:
        """What was received since the last report; also renews the figures shown to people."""
        expected = self.extended - self._expected_before
        received = self.received - self._received_before
        lost = max(0, expected - received)
        self._expected_before, self._received_before = self.extended, self.received
        self.bits_per_second = int((self.octets - self._octets_before) * 8 / seconds)
        self._octets_before = self.octets
        self.lost_percent = 100 * lost / expected if expected > 0 else 0.0
        total_lost = max(0, self.extended - self.first_extended + 1 - self.received)
        return rtcp.Report(
            ssrc=self.ssrc,
            fraction_lost=min(255, lost * 256 // expected) if expected > 0 else 0,
            packets_lost=min(total_lost, 0x7FFFFF),
            highest_sequence=self.extended,
            jitter=0,
            last_report=self.sender_report,
            delay=int((now - self.sender_report_at) * 65_536) if self.sender_report else 0,
        )


def shift_picture(packet: bytearray, payload: int, picture: vp8.Picture, id_shift: int, tl0_shift: int) -> None:
    """Renumber in place: a browser's decoder stops at a jump of either number."""
    if picture.id_bits == 15:
        place = payload + picture.id_place
        value = (((packet[place] & 0x7F) << 8) | packet[place + 1]) + id_shift
        packet[place] = 0x80 | (value >> 8) & 0x7F
        packet[place + 1] = value & 0xFF
    elif picture.id_bits:
        place = payload + picture.id_place
        packet[place] = (packet[place] + id_shift) & 0x7F
    if picture.tl0_place:
        place = payload + picture.tl0_place
        packet[place] = (packet[place] + tl0_shift) & 0xFF


def numbers_in(payload: bytes) -> tuple[int, int]:
    picture = vp8.read(payload)
    return picture.picture_id(payload), payload[picture.tl0_place] if picture.tl0_place else 0
