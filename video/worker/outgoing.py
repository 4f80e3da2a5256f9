"""What a browser gets: slots. A slot is one stream for the listener whose source and layer change underneath."""

import secrets
import struct
import time
from collections import deque
from typing import TYPE_CHECKING

from . import rtcp, vp8
from .descriptions import VP8_RTX
from .incoming import (
    AUDIO_CLOCK,
    TEMPLATE_HEADER_BYTES,
    VIDEO_CLOCK,
    Layer,
    PlanEntry,
    Track,
    numbers_in,
    shift_picture,
)

if TYPE_CHECKING:
    from .listening import Listening

MAX_EXPECTED = 10_000  # between two reports; more is nonsense
KEPT_STRETCHES = 4  # a retransmission may be asked for after a switch
SEQUENCE = struct.Struct("!HL")
PATCH = struct.Struct("!HLL")


class Stretch:
    """A time during which a slot carried one layer: how numbers of the layer become numbers of the slot."""

    __slots__ = ("first", "last", "layer", "picture_shift", "sequence_shift", "timestamp_shift", "tl0_shift")

    def __init__(self, layer: Layer, first: int) -> None:
        self.layer, self.first = layer, first
        self.last: int | None = None  # extended sequence numbers of the layer
        self.sequence_shift = self.timestamp_shift = self.picture_shift = self.tl0_shift = 0

    def source_sequence(self, sequence: int) -> int | None:
        """The layer's number of a packet that left with `sequence`, None when it did not leave in this stretch."""
        source = (sequence - self.sequence_shift) & 0xFFFF
        extended = self.layer.extended - ((self.layer.highest - source) & 0xFFFF)
        if extended < self.first or (self.last is not None and extended > self.last):
            return None
        return source


class Slot:
    def __init__(self, mid: str, media: str, listening: "Listening") -> None:
        self.mid, self.media, self._listening = mid, media, listening
        self.ssrc = fresh_ssrc()
        self.rtx_ssrc = fresh_ssrc() if media == "video" else None
        self.source: Track | None = None
        self.height = 0  # as the page shows it
        self.stretches: deque[Stretch] = deque(maxlen=KEPT_STRETCHES)
        self.live: Stretch | None = None
        self._aim: Layer | None = None
        self._rtx_sequence = secrets.randbelow(0x8000)
        # Where the slot's own numbers stand while no layer flows.
        self._sequence = secrets.randbelow(0x8000)
        self._timestamp = secrets.randbits(32)
        self._picture = secrets.randbelow(0x8000)
        self._tl0 = secrets.randbelow(256)
        self._left_at = 0.0
        self._packets = self._octets = 0
        self._reported: rtcp.Report | None = None

    @property
    def clock(self) -> int:
        return AUDIO_CLOCK if self.media == "audio" else VIDEO_CLOCK

    @property
    def octets(self) -> int:
        return self._octets + (self.live.layer.forwarded_octets if self.live else 0)

    @property
    def layer(self) -> Layer | None:
        return self.live.layer if self.live else None

    @property
    def target(self) -> Layer | None:
        """The layer that flows or will, at its next key frame."""
        return self._aim or self.layer

    def show(self, source: Track | None) -> None:
        if source is not self.source:
            self.stop()
            self.source = source

    def aim_at(self, layer: Layer) -> None:
        """Flow from `layer` as soon as it lets in: sound at once, pictures at a key frame."""
        if self.target is layer:
            return
        self._forget_aim()
        if layer is not self.layer:
            self._aim = layer
            layer.waiting.append(self)

    def begin(self, layer: Layer, template: bytes, now: float) -> None:
        """Called by the layer for the packet that is about to be spread."""
        self._end_stretch()
        self._aim = None
        sequence, timestamp = SEQUENCE.unpack_from(template, 2)
        stretch = Stretch(layer, layer.extended - ((layer.highest - sequence) & 0xFFFF))
        stretch.sequence_shift = (self._sequence + 1 - sequence) & 0xFFFF
        paused = max(1, int((now - self._left_at) * self.clock)) if self._left_at else 0
        stretch.timestamp_shift = (self._timestamp + paused - timestamp) & 0xFFFFFFFF
        if self.media == "video":
            picture, tl0 = numbers_in(template[TEMPLATE_HEADER_BYTES : TEMPLATE_HEADER_BYTES + 8])
            stretch.picture_shift = (self._picture + 1 - picture) & 0x7FFF
            stretch.tl0_shift = (self._tl0 + 1 - tl0) & 0xFF
        self._packets -= layer.forwarded
        self._octets -= layer.forwarded_octets
        self.live = stretch
        self.stretches.append(stretch)
        layer.add(self)

    def stop(self) -> None:
        self._forget_aim()
        self._end_stretch()

    def _forget_aim(self) -> None:
        if self._aim is not None and self in self._aim.waiting:
            self._aim.waiting.remove(self)
        self._aim = None

    def _end_stretch(self) -> None:
        stretch, self.live = self.live, None
        if stretch is None:
            return
        layer = stretch.layer
        layer.remove(self)
        stretch.last = layer.extended
        self._sequence = (layer.highest + stretch.sequence_shift) & 0xFFFF
        self._timestamp = (layer.timestamp + stretch.timestamp_shift) & 0xFFFFFFFF
        self._left_at = layer.heard
        if self.media == "video":
            picture, tl0 = layer.picture_numbers()
            self._picture = (picture + stretch.picture_shift) & 0x7FFF
            self._tl0 = (tl0 + stretch.tl0_shift) & 0xFF
        self._packets += layer.forwarded
        self._octets += layer.forwarded_octets

    def plan_entry(self) -> PlanEntry | None:
        connection, stretch = self._listening.connection, self.live
        if stretch is None or connection.outbound is None or connection.destination is None:
            return None
        return (
            connection.outbound.handle,
            connection.destination.pointer,
            stretch.sequence_shift,
            stretch.timestamp_shift,
            stretch.picture_shift,
            stretch.tl0_shift,
            self.ssrc,
            stretch.first,
        )

    def sender_report(self, now: float) -> bytes:
        """Empty while nothing flows."""
        if self.live is None:
            return b""
        layer = self.live.layer
        elapsed = int((now - layer.heard) * self.clock)
        timestamp = (layer.timestamp + self.live.timestamp_shift + elapsed) & 0xFFFFFFFF
        packets, octets = self._packets + layer.forwarded, self._octets + layer.forwarded_octets
        return rtcp.write_sender_report(self.ssrc, rtcp.ntp_now(time.time()), timestamp, packets, octets)

    def loss_since_last(self, report: rtcp.Report) -> tuple[int, int]:
        """Packets lost and packets expected since the listener's report before."""
        before, self._reported = self._reported, report
        if before is None:
            return 0, 0
        expected = (report.highest_sequence - before.highest_sequence) & 0xFFFFFFFF
        lost = (report.packets_lost - before.packets_lost) & 0xFFFFFF
        return (0, 0) if expected > MAX_EXPECTED or lost > expected else (lost, expected)

    def repeat(self, sequence: int, *, with_rtx: bool) -> bytes:
        """The packet that left as `sequence`, for the listener who lost it. Empty when it is no longer kept."""
        for stretch in reversed(self.stretches):
            source = stretch.source_sequence(sequence)
            if source is not None and (template := stretch.layer.template_of(source)):
                return self._repeated(stretch, template, sequence, with_rtx=with_rtx)
        return b""

    def _repeated(self, stretch: Stretch, template: bytes, sequence: int, *, with_rtx: bool) -> bytes:
        packet = bytearray(template)
        timestamp = (int.from_bytes(template[4:8], "big") + stretch.timestamp_shift) & 0xFFFFFFFF
        if stretch.picture_shift or stretch.tl0_shift:
            picture = vp8.read(template[TEMPLATE_HEADER_BYTES : TEMPLATE_HEADER_BYTES + 8])
            shift_picture(packet, TEMPLATE_HEADER_BYTES, picture, stretch.picture_shift, stretch.tl0_shift)
        if not with_rtx or self.rtx_ssrc is None:
            # Byte for byte what left before: sealing other bytes under a used number would give the key stream away.
            PATCH.pack_into(packet, 2, sequence, timestamp, self.ssrc)
            return bytes(packet)
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        PATCH.pack_into(packet, 2, self._rtx_sequence, timestamp, self.rtx_ssrc)
        packet[1] = (packet[1] & 0x80) | VP8_RTX
        packet[TEMPLATE_HEADER_BYTES:TEMPLATE_HEADER_BYTES] = sequence.to_bytes(2, "big")
        return bytes(packet)


def fresh_ssrc() -> int:
    return secrets.randbelow(2**32 - 2) + 1
