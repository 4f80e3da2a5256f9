"""Transport-wide feedback, read back by an independent reading of the draft."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from video.worker.arrivals import MAX_PACKETS, Arrivals


def read(packet: bytes) -> tuple[list[tuple[int, float | None]], int]:
    """(number, seconds or None) of each packet told of, and the feedback's own number."""
    first, kind, words = struct.unpack_from("!BBH", packet)
    assert (first, kind, 4 * (words + 1)) == (0x80 | 15, 205, len(packet))
    base, count = struct.unpack_from("!HH", packet, 12)
    reference, feedback = int.from_bytes(packet[16:19], "big"), packet[19]
    place, symbols = 20, []
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", packet, place)
        place += 2
        if chunk >> 15 == 0:  # a run
            symbols += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif chunk >> 14 & 1:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    told: list[tuple[int, float | None]] = []
    ticks = reference * 256
    for offset, symbol in enumerate(symbols[:count]):
        if symbol == 0:
            told.append(((base + offset) & 0xFFFF, None))
            continue
        form, size = ("!B", 1) if symbol == 1 else ("!h", 2)
        ticks += struct.unpack_from(form, packet, place)[0]
        place += size
        told.append(((base + offset) & 0xFFFF, ticks / 4_000))
    assert len(packet) - place < 4 and not any(packet[place:])
    return told, feedback


def test_each_packet_is_told_of_once_lost_ones_too() -> None:
    arrivals = Arrivals()
    for number, at in [(65_534, 10.0), (65_535, 10.001), (1, 10.1), (2, 10.05), (4, 11.0)]:
        arrivals.note(number, at)
    told, count = read(arrivals.feedback(1, 2))
    assert told == [(65_534, 10.0), (65_535, 10.001), (0, None), (1, 10.1), (2, 10.05), (3, None), (4, 11.0)]
    assert arrivals.feedback(1, 2) == b""
    arrivals.note(3, 11.1)  # it was told to be lost
    arrivals.note(7, 11.2)
    assert read(arrivals.feedback(1, 2)) == ([(5, None), (6, None), (7, 11.2)], count + 1)


def test_a_jump_begins_anew() -> None:
    arrivals = Arrivals()
    arrivals.note(1, 1.0)
    arrivals.note(20_000, 2.0)
    assert read(arrivals.feedback(1, 2))[0] == [(20_000, 2.0)]


@given(st.lists(st.tuples(st.integers(0, 65_535), st.floats(0, 1_000)), max_size=600))
def test_whatever_comes_the_feedback_is_whole_and_fits_a_datagram(packets: list[tuple[int, float]]) -> None:
    arrivals = Arrivals()
    for number, at in packets:
        arrivals.note(number, at)
    while feedback := arrivals.feedback(1, 2):
        told, _count = read(feedback)
        assert len(feedback) <= 1_200 and 0 < len(told) <= MAX_PACKETS
