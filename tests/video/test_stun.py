from hypothesis import given
from hypothesis import strategies as st

from video.worker import stun

TRANSACTION = bytes(range(12))
ADDRESS = ("198.51.100.7", 40_000)
# A check as Chromium 156 sent it, with NETWORK-COST, ICE-CONTROLLING and PRIORITY between.
RECORDED = bytes.fromhex(
    "000100502112a44252445266755044686a5451710006000d36613639313037373a6d733951000000c057000400010000802a00088d255d14456e"
    "3ccd002400046e7e1eff00080014293c8fb52193c3e9106bc651b1851dd7e250df7f80280004660f1d43"
)


def test_a_browsers_check_is_read() -> None:
    request = stun.read_request(RECORDED)
    assert request is not None
    assert (request.username, request.nominates) == ("6a691077:ms9Q", False)
    assert not request.is_signed_with(b"another password")


def test_a_written_check_is_read_with_its_signature() -> None:
    request = stun.read_request(stun.write_request(TRANSACTION, "us:them", b"secret", nominates=True))
    assert request is not None
    assert (request.transaction, request.username, request.nominates) == (TRANSACTION, "us:them", True)
    assert request.is_signed_with(b"secret") and not request.is_signed_with(b"Secret")


def test_what_follows_the_signature_does_not_count() -> None:
    """An attacker on the way could append it: a nomination there moves nobody's media."""
    honest = stun.write_request(TRANSACTION, "us:them", b"secret", nominates=False)
    forged = bytearray(honest[:-8] + b"\x00\x25\x00\x00")
    forged[2:4] = (len(forged) - 20).to_bytes(2, "big")
    request = stun.read_request(bytes(forged))
    assert request is not None and request.is_signed_with(b"secret")
    assert not request.nominates


def test_an_answer_says_where_the_check_came_from() -> None:
    from aioice import stun as peer  # another implementation reads it

    message = peer.parse_message(stun.write_success(TRANSACTION, ADDRESS, b"secret"))
    assert message.attributes["XOR-MAPPED-ADDRESS"] == ADDRESS
    assert message.check_message_integrity(b"secret")


@given(st.integers(0, len(RECORDED)))
def test_a_truncated_check_is_none(length: int) -> None:
    assert (stun.read_request(RECORDED[:length]) is not None) == (length == len(RECORDED))


@given(st.binary(max_size=200))
def test_absurd_bytes_are_none(data: bytes) -> None:
    assert stun.read_request(data) is None


@given(st.integers(0, len(RECORDED) - 1), st.integers(1, 255))
def test_a_damaged_check_is_none_or_keeps_its_words(place: int, flip: int) -> None:
    damaged = bytearray(RECORDED)
    damaged[place] ^= flip
    request = stun.read_request(bytes(damaged))
    assert request is None or not request.is_signed_with(b"secret")
