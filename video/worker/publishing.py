"""A browser's publish connection: its tracks, which packet belongs to which, and what its sender is told."""

import time
from collections.abc import Callable, Mapping
from uuid import UUID

from aiortc.rtcdtlstransport import RTCCertificate

from . import bounds, rtcp, rtp
from .arrivals import Arrivals
from .connection import Connection
from .descriptions import Description, Section
from .errors import Refusal
from .incoming import Layer, Track
from .outgoing import fresh_ssrc
from .port import MediaPort

KIND_MEDIA = {"audio": "audio", "screen_audio": "audio", "camera": "video", "screen": "video"}
ARRIVALS_SECONDS = 0.08
ESTIMATE_TO_SENDER = 4_000_000  # the most one browser shall send; loss reports hold it below


class Publishing:
    def __init__(
        self, session: UUID, port: MediaPort, certificate: RTCCertificate, changed: Callable[[], None]
    ) -> None:
        self.session, self._port, self._changed = session, port, changed
        self.connection = Connection(port, certificate, self)
        self.tracks: dict[str, Track] = {}  # by kind
        self.version = 0
        self._layers: dict[int, Layer] = {}
        self._repairs: dict[int, Layer] = {}  # RTX ssrc: the layer it repairs
        self._ssrc = fresh_ssrc()
        self._arrivals = Arrivals()
        self._count_number = 0  # of the extension that numbers every packet of the connection; 0 when there is none
        self._told_arrivals_at = 0.0

    # --- negotiation ---

    def take_offer(self, offer: Description, sources: Mapping[str, str]) -> frozenset[str]:
        """Tracks are made, kept or ended as the offer says. Returns the mids that are taken."""
        taken = _taken(offer, sources)
        for kind, track in list(self.tracks.items()):
            section = taken.get(kind)
            if section is None or section != track.section:
                self._drop(track)
        for kind, section in taken.items():
            if kind not in self.tracks:
                self._add(Track(self.session, kind, section, self._port.outbox))
        if self.connection.remote_username not in ("", offer.username):
            self.connection.renew()
        self._count_number = next(
            (
                each.extensions[rtp.TRANSPORT_SEQUENCE]
                for each in taken.values()
                if rtp.TRANSPORT_SEQUENCE in each.extensions
            ),
            0,
        )
        self.connection.connect(offer.fingerprints, offer.username)
        self.version += 1
        self._changed()
        return frozenset(section.mid for section in taken.values())

    def _add(self, track: Track) -> None:
        self.tracks[track.kind] = track
        section = track.section
        if not section.rids:
            for ssrc in section.ssrcs[:1]:
                self._layer(track, ssrc, "")
            for repair, ssrc in section.repairs.items():
                if ssrc in self._layers and self._layers[ssrc].track is track:
                    self._repairs[repair] = self._layers[ssrc]

    def _drop(self, track: Track) -> None:
        self.tracks.pop(track.kind, None)
        track.end()
        self._layers = {ssrc: layer for ssrc, layer in self._layers.items() if layer.track is not track}
        self._repairs = {ssrc: layer for ssrc, layer in self._repairs.items() if layer.track is not track}

    def _layer(self, track: Track, ssrc: int, rid: str) -> Layer:
        former = track.layers.get(rid)
        if former is not None:
            former.end()
            self._layers.pop(former.ssrc, None)
            self._repairs = {repair: layer for repair, layer in self._repairs.items() if layer is not former}
        layer = track.layers[rid] = self._layers[ssrc] = Layer(track, ssrc, rid)
        self._changed()
        return layer

    def close(self) -> None:
        for track in list(self.tracks.values()):
            self._drop(track)
        self.connection.close()

    # --- from the connection ---

    def stands(self) -> None:
        self._changed()

    def moved(self) -> None:
        pass

    def take_rtp(self, length: int, now: float) -> None:
        packet = self._port.received
        if self._count_number:
            self._note_arrival(packet, length, now)
        ssrc = int.from_bytes(packet[8:12], "big")
        layer = self._layers.get(ssrc)
        if layer is None:
            layer = self._repairs.get(ssrc) or self._learn(packet, length, ssrc)
            if layer is None:
                return
            if layer.ssrc != ssrc:  # it came as a repair
                length = _restore(packet, length)
                if not length:
                    return
        if not layer.track.is_paused:
            layer.take(packet, length, now)

    def _note_arrival(self, packet: bytearray, length: int, now: float) -> None:
        place = rtp.value_place(packet, rtp.payload_start(packet, length), self._count_number)
        if place:
            self._arrivals.note((packet[place] << 8) | packet[place + 1], now)

    def _learn(self, packet: bytearray, length: int, ssrc: int) -> Layer | None:
        """A stream that was not declared says in its first packets what it is."""
        found = rtp.extensions(packet, length)
        payload_type = packet[1] & 0x7F
        for track in self.tracks.values():
            section, numbers = track.section, track.section.extensions
            mid = found.get(numbers.get(rtp.MID, 0), b"")
            if mid != section.mid.encode():
                continue
            if payload_type == section.codec:
                return self._learn_layer(track, ssrc, found.get(numbers.get(rtp.RID, 0), b""))
            if payload_type == section.rtx:
                return self._learn_repair(track, ssrc, found.get(numbers.get(rtp.REPAIRED_RID, 0), b""))
        return None

    def _learn_layer(self, track: Track, ssrc: int, rid: bytes) -> Layer | None:
        name = rid.decode("ascii", "replace")
        if name not in (track.section.rids or ("",)):
            return None
        return self._layer(track, ssrc, name)

    def _learn_repair(self, track: Track, ssrc: int, rid: bytes) -> Layer | None:
        layer = track.layers.get(rid.decode("ascii", "replace"))
        if layer is not None and len(self._repairs) < 2 * bounds.MAX_LAYERS * len(self.tracks):
            self._repairs[ssrc] = layer
        return layer

    def take_rtcp(self, data: bytes) -> None:
        for item in rtcp.read(data):
            if isinstance(item, rtcp.SenderReport) and (layer := self._layers.get(item.ssrc)):
                layer.sender_report, layer.sender_report_at = item.ntp_middle, time.monotonic()

    # --- towards the sender ---

    def step_often(self, now: float) -> None:
        """Many times a second: lost packets, and key frames that slots wait for. Also tells what arrived."""
        if now - self._told_arrivals_at > ARRIVALS_SECONDS and self.connection.stands and self._layers:
            self._told_arrivals_at = now
            if feedback := self._arrivals.feedback(self._ssrc, next(iter(self._layers))):
                self.connection.send_rtcp(feedback)
        for layer in self._layers.values():
            if layer.is_audio or not self.connection.stands:
                continue
            if layer.missing and (sequences := layer.due(now)):
                self.connection.send_rtcp(rtcp.write_nack(self._ssrc, layer.ssrc, sequences))
            if layer.key_request_due(now):
                self.connection.send_rtcp(rtcp.write_key_request(self._ssrc, layer.ssrc))

    def report(self, now: float, seconds: float) -> None:
        """Once a second."""
        started = [layer for layer in self._layers.values() if layer.started]
        reports = [layer.report(now, seconds) for layer in started]
        for layer in started:
            if layer.is_audio:
                layer.due(now)  # sound is not asked for again; this forgets what is too old to come
        if not self.connection.stands or not reports:
            return
        packet = rtcp.write_receiver_reports(self._ssrc, reports)
        videos = [layer.ssrc for layer in started if not layer.is_audio]
        if videos and not self._count_number:
            packet += rtcp.write_estimate(self._ssrc, ESTIMATE_TO_SENDER, videos)
        self.connection.send_rtcp(packet)


def _taken(offer: Description, sources: Mapping[str, str]) -> dict[str, Section]:
    """By kind."""
    taken: dict[str, Section] = {}
    by_mid = {section.mid: section for section in offer.sections}
    for mid, kind in sources.items():
        section = by_mid.get(mid)
        if section is None or section.media != KIND_MEDIA[kind]:
            raise Refusal("bad_sdp", f"no {KIND_MEDIA[kind]} section {mid}")
        if kind in taken:
            raise Refusal("too_many", f"two sources of the kind {kind}")
        if not section.is_usable:
            raise Refusal("bad_sdp", f"{mid} has neither Opus nor VP8")
        if section.sends:
            taken[kind] = section
    return taken


def _restore(packet: bytearray, length: int) -> int:
    """Turn a retransmission (RFC 4588) into the packet it repeats, in place. 0 when there is none: a probe."""
    start = rtp.payload_start(packet, length)
    length -= rtp.padding_bytes(packet, length)
    if not start or length < start + 2:
        return 0
    packet[2:4] = packet[start : start + 2]
    packet[start : length - 2] = packet[start + 2 : length]
    packet[0] &= 0xDF  # the padding was taken off
    return length - 2
