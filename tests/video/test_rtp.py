import struct

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from tests.video.peers import frame
from video.worker import rtp, vp8
from video.worker.incoming import numbers_in, shift_picture

PLAIN = struct.pack("!BBHLL", 0x80, 96, 7, 8, 9) + b"payload"
ONE_BYTE = struct.pack("!BBHLL", 0x90, 96, 7, 8, 9) + bytes.fromhex("bede0002 10ff 00 32010203 00") + b"payload"
TWO_BYTE = struct.pack("!BBHLL", 0x90, 96, 7, 8, 9) + bytes.fromhex("10000002 1001ff 2000 000000") + b"payload"


@pytest.mark.parametrize(("packet", "start"), [(PLAIN, 12), (ONE_BYTE, 24), (TWO_BYTE, 24)])
def test_the_payload_begins_behind_header_and_extensions(packet: bytes, start: int) -> None:
    assert rtp.payload_start(packet, len(packet)) == start
    assert packet[start:] == b"payload"


def test_extensions_are_read_in_both_forms() -> None:
    assert rtp.extensions(ONE_BYTE, len(ONE_BYTE)) == {1: b"\xff", 3: b"\x01\x02\x03"}
    assert rtp.extensions(TWO_BYTE, len(TWO_BYTE)) == {16: b"\xff", 32: b""}
    assert rtp.extensions(PLAIN, len(PLAIN)) == {}


@given(st.binary(max_size=80))
def test_absurd_packets_are_read_without_a_fault(data: bytes) -> None:
    start = rtp.payload_start(data, len(data))
    assert 0 <= start <= len(data)
    assert all(len(value) <= len(data) for value in rtp.extensions(data, len(data)).values())


@given(st.integers(0, len(ONE_BYTE)))
def test_a_truncated_packet_has_no_payload_beyond_its_end(length: int) -> None:
    assert rtp.payload_start(ONE_BYTE[:length], length) <= length


@pytest.mark.parametrize("picture_id", [None, 5, 127, 128, 32_767])
@pytest.mark.parametrize("tl0", [None, 0, 255])
def test_a_vp8_descriptor_is_read_as_aiortc_writes_it(picture_id: int | None, tl0: int | None) -> None:
    descriptor = VpxPayloadDescriptor(
        partition_start=1,
        partition_id=0,
        picture_id=picture_id,
        tl0picidx=tl0,
        tid=(0, 0) if tl0 is not None else None,
    )
    payload = bytes(descriptor) + b"\x01rest"
    picture = vp8.read(payload)
    assert payload[picture.frame_place :] == b"\x01rest"
    assert picture.picture_id(payload) == (picture_id or 0)
    assert (payload[picture.tl0_place] if picture.tl0_place else None) == tl0


def test_a_key_frame_tells_itself_and_its_height() -> None:
    key, delta = frame(True, 3, 4), frame(False, 3, 4)
    assert vp8.is_key_frame(key, vp8.read(key)) and vp8.height_of(key, vp8.read(key)) == 360
    assert not vp8.is_key_frame(delta, vp8.read(delta)) and vp8.height_of(delta, vp8.read(delta)) == 0


@given(st.binary(max_size=30))
def test_absurd_descriptors_are_read_without_a_fault(payload: bytes) -> None:
    picture = vp8.read(payload)
    vp8.is_key_frame(payload, picture)
    vp8.height_of(payload, picture)
    if picture.id_bits:
        picture.picture_id(payload)


@given(st.integers(0, 0x7FFF), st.integers(0, 255), st.integers(0, 0x7FFF), st.integers(0, 255))
def test_pictures_are_renumbered_around_the_end(picture: int, tl0: int, id_shift: int, tl0_shift: int) -> None:
    packet = bytearray(b"x" * 20 + frame(False, picture, tl0, b"body"))
    before = bytes(packet)
    shift_picture(packet, 20, vp8.read(bytes(packet[20:28])), id_shift, tl0_shift)
    assert numbers_in(bytes(packet[20:])) == ((picture + id_shift) & 0x7FFF, (tl0 + tl0_shift) & 0xFF)
    assert (packet[:22], packet[25:]) == (bytearray(before[:22]), bytearray(before[25:]))
