"""RTP headers (RFC 3550) and their extensions (RFC 8285), read in place."""

import struct

HEADER_BYTES = 12
ONE_BYTE_PROFILE = 0xBEDE
TWO_BYTE_PROFILE = 0x1000

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_SEQUENCE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

# What we send uses these numbers towards every listener, so that one template serves them all.
AUDIO_LEVEL_ID = 1
ABS_SEND_TIME_ID = 3

EXTENSION_HEAD = struct.Struct("!HH")


def payload_start(packet: bytearray | bytes, length: int) -> int:
    """Where the payload begins, 0 when the header does not fit into the packet."""
    if length < HEADER_BYTES or packet[0] >> 6 != 2:
        return 0
    start = HEADER_BYTES + ((packet[0] & 15) << 2)
    if packet[0] & 0x10:
        if start + 4 > length:
            return 0
        start += 4 + (((packet[start + 2] << 8) | packet[start + 3]) << 2)
    return start if start <= length else 0


def extensions(packet: bytearray | bytes, length: int) -> dict[int, bytes]:
    """Every header extension by its number; what does not fit ends the reading."""
    if length < HEADER_BYTES or not packet[0] & 0x10:
        return {}
    place = HEADER_BYTES + ((packet[0] & 15) << 2)
    if place + 4 > length:
        return {}
    profile, size = EXTENSION_HEAD.unpack_from(packet, place)
    place += 4
    end = min(place + 4 * size, length)
    if profile == ONE_BYTE_PROFILE:
        return _one_byte(packet, place, end)
    if profile & 0xFFF0 == TWO_BYTE_PROFILE:
        return _two_byte(packet, place, end)
    return {}


def _one_byte(packet: bytearray | bytes, place: int, end: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while place < end:
        number, size = packet[place] >> 4, (packet[place] & 15) + 1
        if number == 0:  # padding
            place += 1
            continue
        if number == 15 or place + 1 + size > end:
            break
        found[number] = bytes(packet[place + 1 : place + 1 + size])
        place += 1 + size
    return found


def _two_byte(packet: bytearray | bytes, place: int, end: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while place < end:
        number = packet[place]
        if number == 0:
            place += 1
            continue
        if place + 2 > end or place + 2 + packet[place + 1] > end:
            break
        size = packet[place + 1]
        found[number] = bytes(packet[place + 2 : place + 2 + size])
        place += 2 + size
    return found


def value_place(packet: bytearray, start: int, number: int) -> int:
    """Where the value of a one-byte extension stands in a packet whose payload begins at `start`; 0 when absent."""
    place = HEADER_BYTES + ((packet[0] & 15) << 2) + 4
    if not packet[0] & 0x10 or packet[place - 4] != 0xBE or packet[place - 3] != 0xDE:
        return 0
    while place < start - 1:
        item = packet[place]
        if item >> 4 == number:
            return place + 1 if place + 1 + (item & 15) < start else 0
        place += (item & 15) + 2 if item else 1
    return 0


def padding_bytes(packet: bytearray | bytes, length: int) -> int:
    return packet[length - 1] if packet[0] & 0x20 and length > HEADER_BYTES else 0
