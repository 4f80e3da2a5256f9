"""The VP8 payload descriptor (RFC 7741): what a forwarder reads and rewrites of it."""

from typing import NamedTuple


class Picture(NamedTuple):
    """Places in the payload, 0 where absent: a descriptor's first byte is never one of them."""

    id_place: int
    id_bits: int  # 7 or 15
    tl0_place: int
    frame_place: int
    starts_frame: bool

    def picture_id(self, payload: bytes | bytearray) -> int:
        if self.id_bits == 15:
            return ((payload[self.id_place] & 0x7F) << 8) | payload[self.id_place + 1]
        return payload[self.id_place] & 0x7F if self.id_bits else 0


ABSENT = Picture(0, 0, 0, 0, False)


def read(payload: bytes | bytearray) -> Picture:
    """ABSENT when the descriptor does not fit into the payload."""
    try:
        return _read(payload)
    except IndexError:
        return ABSENT


def _read(payload: bytes | bytearray) -> Picture:
    first = payload[0]
    starts = bool(first & 0x10) and not first & 7
    if not first & 0x80:
        return Picture(0, 0, 0, 1, starts)
    flags, place = payload[1], 2
    id_place = id_bits = tl0_place = 0
    if flags & 0x80:
        id_place, id_bits = place, 15 if payload[place] & 0x80 else 7
        place += 2 if id_bits == 15 else 1
    if flags & 0x40:
        tl0_place = place
        place += 1
    if flags & 0x30:
        place += 1
    payload[place - 1]  # the whole descriptor is there, or IndexError
    return Picture(id_place, id_bits, tl0_place, place, starts)


def is_key_frame(payload: bytes | bytearray, picture: Picture) -> bool:
    """True for the first packet of a frame that needs no other."""
    return picture.starts_frame and picture.frame_place < len(payload) and not payload[picture.frame_place] & 1


def height_of(payload: bytes | bytearray, picture: Picture) -> int:
    """The picture's height from a key frame's first packet; 0 when it is not there."""
    place = picture.frame_place
    if len(payload) < place + 10 or payload[place + 3 : place + 6] != b"\x9d\x01\x2a":
        return 0
    return (payload[place + 8] | (payload[place + 9] << 8)) & 0x3FFF
