"""RTCP (RFC 3550, 4585, 5104, REMB): the packets that a forwarder ends, and those it writes."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SENDER_REPORT = 200
RECEIVER_REPORT = 201
BYE = 203
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206

NACK = 1  # of TRANSPORT_FEEDBACK
TRANSPORT_CC = 15
PLI = 1  # of PAYLOAD_FEEDBACK
FIR = 4
APPLICATION = 15

NTP_EPOCH_SECONDS = 2_208_988_800
MAX_PACKETS = 32  # in one datagram
MAX_NACKED = 512  # sequence numbers read from one datagram

HEAD = struct.Struct("!BBH")
BLOCK = struct.Struct("!LBBHLLLL")


@dataclass(frozen=True, slots=True)
class SenderReport:
    ssrc: int
    ntp_middle: int  # the middle 32 bits, as a receiver report echoes them


@dataclass(frozen=True, slots=True)
class Report:
    """One report block: what a receiver says of one stream."""

    ssrc: int
    fraction_lost: int  # of 256
    packets_lost: int
    highest_sequence: int
    jitter: int
    last_report: int
    delay: int  # of 65,536 a second


@dataclass(frozen=True, slots=True)
class Nack:
    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyRequest:
    ssrc: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """REMB: what the receiver believes it can receive in all."""

    bits_per_second: int


Item = SenderReport | Report | Nack | KeyRequest | Estimate


def read(data: bytes) -> list[Item]:
    """Everything readable of a compound packet; reading ends at the first packet that does not fit."""
    items: list[Item] = []
    for kind, count, body in _packets(data):
        if kind in (SENDER_REPORT, RECEIVER_REPORT):
            items.extend(_reports(kind, count, body))
        elif kind in (TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK) and len(body) >= 8:
            items.extend(_feedback(kind, count, body))
    return items


def _packets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    place = 0
    for _ in range(MAX_PACKETS):
        if place + 4 > len(data):
            return
        first, kind, words = HEAD.unpack_from(data, place)
        end = place + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            return
        yield kind, first & 31, data[place + 4 : end]
        place = end


def _reports(kind: int, count: int, body: bytes) -> Iterator[Item]:
    place = 4
    if kind == SENDER_REPORT:
        if len(body) < 24:
            return
        ssrc, ntp = struct.unpack_from("!LQ", body)
        yield SenderReport(ssrc, (ntp >> 16) & 0xFFFFFFFF)
        place = 24
    for _ in range(count):
        if place + BLOCK.size > len(body):
            return
        ssrc, fraction, high, low, sequence, jitter, last, delay = BLOCK.unpack_from(body, place)
        yield Report(ssrc, fraction, (high << 16) | low, sequence, jitter, last, delay)
        place += BLOCK.size


def _feedback(kind: int, form: int, body: bytes) -> Iterator[Item]:
    (media_ssrc,) = struct.unpack_from("!L", body, 4)
    if kind == TRANSPORT_FEEDBACK and form == NACK:
        yield Nack(media_ssrc, tuple(_nacked(body)))
    elif kind == PAYLOAD_FEEDBACK and form == PLI:
        yield KeyRequest(media_ssrc)
    elif kind == PAYLOAD_FEEDBACK and form == FIR:
        for place in range(8, len(body) - 7, 8):
            yield KeyRequest(struct.unpack_from("!L", body, place)[0])
    elif kind == PAYLOAD_FEEDBACK and form == APPLICATION and body[8:12] == b"REMB" and len(body) >= 16:
        exponent, mantissa = body[13] >> 2, ((body[13] & 3) << 16) | (body[14] << 8) | body[15]
        yield Estimate(min(mantissa << exponent, 2**53))


def _nacked(body: bytes) -> Iterator[int]:
    given = 0
    for place in range(8, len(body) - 3, 4):
        first, mask = struct.unpack_from("!HH", body, place)
        for bit in range(17):
            if bit == 0 or mask >> (bit - 1) & 1:
                yield (first + bit) & 0xFFFF
                given += 1
        if given >= MAX_NACKED:
            return


def ntp_now(unix_seconds: float) -> int:
    return int((unix_seconds + NTP_EPOCH_SECONDS) * 2**32) & 0xFFFFFFFFFFFFFFFF


def write_sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int) -> bytes:
    return HEAD.pack(0x80, SENDER_REPORT, 6) + struct.pack(
        "!LQLLL", ssrc, ntp, timestamp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF
    )


def write_receiver_reports(ssrc: int, reports: Sequence[Report]) -> bytes:
    """At least one packet, also without reports: a compound packet begins with one."""
    return b"".join(_receiver_report(ssrc, reports[start : start + 31]) for start in range(0, len(reports) or 1, 31))


def _receiver_report(ssrc: int, reports: Sequence[Report]) -> bytes:
    blocks = b"".join(
        BLOCK.pack(
            report.ssrc,
            report.fraction_lost,
            (report.packets_lost >> 16) & 0xFF,
            report.packets_lost & 0xFFFF,
            report.highest_sequence & 0xFFFFFFFF,
            report.jitter,
            report.last_report,
            report.delay & 0xFFFFFFFF,
        )
        for report in reports
    )
    return HEAD.pack(0x80 | len(reports), RECEIVER_REPORT, 1 + 6 * len(reports)) + struct.pack("!L", ssrc) + blocks


def write_nack(ssrc: int, media_ssrc: int, sequences: Iterable[int]) -> bytes:
    """`sequences` in sending order."""
    pairs: list[list[int]] = []
    for sequence in sequences:
        distance = (sequence - pairs[-1][0]) & 0xFFFF if pairs else 0
        if pairs and 1 <= distance <= 16:
            pairs[-1][1] |= 1 << (distance - 1)
        else:
            pairs.append([sequence, 0])
    body = b"".join(struct.pack("!HH", first, mask) for first, mask in pairs)
    return HEAD.pack(0x80 | NACK, TRANSPORT_FEEDBACK, 2 + len(pairs)) + struct.pack("!LL", ssrc, media_ssrc) + body


def write_key_request(ssrc: int, media_ssrc: int) -> bytes:
    return HEAD.pack(0x80 | PLI, PAYLOAD_FEEDBACK, 2) + struct.pack("!LL", ssrc, media_ssrc)


def write_estimate(ssrc: int, bits_per_second: int, media_ssrcs: Sequence[int]) -> bytes:
    exponent = max(0, bits_per_second.bit_length() - 18)
    mantissa = bits_per_second >> exponent
    body = struct.pack(
        "!LL4sBBH", ssrc, 0, b"REMB", len(media_ssrcs), (exponent << 2) | (mantissa >> 16), mantissa & 0xFFFF
    )
    body += b"".join(struct.pack("!L", media) for media in media_ssrcs)
    return HEAD.pack(0x80 | APPLICATION, PAYLOAD_FEEDBACK, len(body) // 4) + body
