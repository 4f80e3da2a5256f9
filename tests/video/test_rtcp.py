from aiortc import rtp as peer
from hypothesis import given
from hypothesis import strategies as st

from video.worker import rtcp

REPORT = rtcp.Report(
    ssrc=7, fraction_lost=26, packets_lost=70_000, highest_sequence=99, jitter=3, last_report=4, delay=5
)


def test_a_sender_report_is_read_by_another_implementation_and_by_us() -> None:
    packet = rtcp.write_sender_report(1, 0x1234_5678_9ABC_DEF0, 2, 3, 2**32 + 4)
    (read,) = peer.RtcpPacket.parse(packet)
    assert (read.ssrc, read.sender_info.rtp_timestamp, read.sender_info.packet_count) == (1, 2, 3)
    assert read.sender_info.octet_count == 4
    assert rtcp.read(packet) == [rtcp.SenderReport(1, 0x5678_9ABC)]


def test_receiver_reports_come_back_as_they_went() -> None:
    reports = [REPORT] * 40  # more than one packet holds
    packet = rtcp.write_receiver_reports(1, reports)
    assert [len(read.reports) for read in peer.RtcpPacket.parse(packet)] == [31, 9]
    assert rtcp.read(packet) == reports
    (empty,) = peer.RtcpPacket.parse(rtcp.write_receiver_reports(1, []))
    assert empty.reports == []


@given(st.lists(st.integers(0, 65_535), min_size=1, max_size=100, unique=True))
def test_what_was_lost_is_named_exactly(sequences: list[int]) -> None:
    sequences.sort()
    packet = rtcp.write_nack(1, 2, sequences)
    assert rtcp.read(packet) == [rtcp.Nack(2, tuple(sequences))]
    (read,) = peer.RtcpPacket.parse(packet)
    assert sorted(read.lost) == sequences


def test_a_nack_goes_around_the_end_of_the_sequence() -> None:
    packet = rtcp.write_nack(1, 2, [65_534, 65_535, 0, 3])
    assert len(packet) == 16
    assert rtcp.read(packet) == [rtcp.Nack(2, (65_534, 65_535, 0, 3))]


def test_key_requests_in_both_forms() -> None:
    assert rtcp.read(rtcp.write_key_request(1, 2)) == [rtcp.KeyRequest(2)]
    fir = bytes.fromhex("84ce0004 00000001 00000000 00000009 05000000")
    assert rtcp.read(fir) == [rtcp.KeyRequest(9)]


@given(st.integers(0, 2**40))
def test_an_estimate_is_close_to_what_was_written(bits: int) -> None:
    packet = rtcp.write_estimate(1, bits, [7, 8])
    (read,) = rtcp.read(packet)
    assert isinstance(read, rtcp.Estimate)
    assert bits * 0.9999 - 1 <= read.bits_per_second <= bits
    (feedback,) = peer.RtcpPacket.parse(packet)
    assert peer.unpack_remb_fci(feedback.fci)[1] == [7, 8]


def test_an_absurd_estimate_is_bounded() -> None:
    packet = bytearray(rtcp.write_estimate(1, 1, [7]))
    packet[17:20] = b"\xff\xff\xff"
    (read,) = rtcp.read(bytes(packet))
    assert read == rtcp.Estimate(2**53)


COMPOUND = rtcp.write_receiver_reports(1, [REPORT]) + rtcp.write_nack(1, 2, [5, 9]) + rtcp.write_key_request(1, 2)


@given(st.integers(0, len(COMPOUND)))
def test_a_truncated_compound_gives_what_is_whole(length: int) -> None:
    items = rtcp.read(COMPOUND[:length])
    assert items == rtcp.read(COMPOUND)[: len(items)]


@given(st.binary(max_size=300))
def test_absurd_bytes_give_no_fault(data: bytes) -> None:
    rtcp.read(data)


def test_a_datagram_full_of_nacks_is_bounded() -> None:
    absurd = rtcp.HEAD.pack(0x81, rtcp.TRANSPORT_FEEDBACK, 2 + 350) + b"\0" * 8 + b"\xff" * 4 * 350
    (read,) = rtcp.read(absurd)
    assert isinstance(read, rtcp.Nack) and len(read.sequences) <= rtcp.MAX_NACKED + 16
