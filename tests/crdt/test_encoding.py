"""lib0's encoding: golden samples, then truncated and absurd ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.crdt.encoding import MAX_SAFE, Malformed, Reader, var_bytes, var_string, var_uint

GOLDEN = [
    (0, "00"),
    (1, "01"),
    (127, "7f"),
    (128, "8001"),
    (300, "ac02"),
    (2**32, "8080808010"),
    (MAX_SAFE, "ffffffffffffff0f"),
]


@pytest.mark.parametrize(("number", "written"), GOLDEN)
def test_numbers_are_written_as_lib0_writes_them(number: int, written: str) -> None:
    assert var_uint(number).hex() == written
    assert Reader(bytes.fromhex(written)).var_uint() == number


def test_a_string_counts_its_bytes_not_its_characters() -> None:
    assert var_string("é✊") == b"\x05\xc3\xa9\xe2\x9c\x8a"
    assert Reader(b"\x05\xc3\xa9\xe2\x9c\x8a").var_string() == "é✊"


@pytest.mark.parametrize("number", [number for number, _ in GOLDEN if number > 127])
def test_a_truncated_number_is_malformed(number: int) -> None:
    whole = var_uint(number)
    for length in range(len(whole)):
        with pytest.raises(Malformed):
            Reader(whole[:length]).var_uint()


@pytest.mark.parametrize(
    "absurd", [b"\xff" * 8, b"\xff" * 9, b"\x80" * 8 + b"\x01", b"\xff" * 7 + b"\x10", b"\xff" * 1000]
)
def test_a_number_javascript_cannot_count_to_is_malformed(absurd: bytes) -> None:
    with pytest.raises(Malformed):
        Reader(absurd).var_uint()


def test_claimed_lengths_and_counts_are_checked_against_what_remains() -> None:
    with pytest.raises(Malformed):
        Reader(var_uint(500_000_000)).var_bytes()
    with pytest.raises(Malformed):
        Reader(var_uint(3) + b"12345").count(2)
    assert Reader(var_uint(2) + b"1234").count(2) == 2


def test_a_string_that_is_not_utf8_is_malformed() -> None:
    with pytest.raises(Malformed):
        Reader(b"\x02\xc3\x28").var_string()


@given(st.lists(st.one_of(st.integers(0, MAX_SAFE), st.binary(), st.text())))
def test_what_is_written_is_read_again(values: list[int | bytes | str]) -> None:
    def write(value: int | bytes | str) -> bytes:
        if isinstance(value, int):
            return var_uint(value)
        return var_bytes(value) if isinstance(value, bytes) else var_string(value)

    reader = Reader(b"".join(write(value) for value in values))
    for value in values:
        if isinstance(value, int):
            assert reader.var_uint() == value
        else:
            assert (reader.var_bytes() if isinstance(value, bytes) else reader.var_string()) == value
    reader.finish()
