"""lib0's encoding: numbers of variable length, and bytes and strings with their length before them.

Every read is checked against the bytes that remain: a peer's claim is never believed.
"""

MAX_SAFE = 2**53 - 1  # what JavaScript can count to
MAX_DIGITS = 8  # 7 bits each: 8 bytes hold 2**56


class Malformed(ValueError):
    """Bytes that are not what they claim to be."""


def var_uint(number: int) -> bytes:
    assert number >= 0
    digits = bytearray()
    while number > 127:
        digits.append(128 | (number & 127))
        number >>= 7
    digits.append(number)
    return bytes(digits)


def var_bytes(data: bytes) -> bytes:
    return var_uint(len(data)) + data


def var_string(text: str) -> bytes:
    """The length counts bytes, not characters."""
    return var_bytes(text.encode())


class Reader:
    """Reads from the front; raises Malformed instead of running over the end."""

    __slots__ = ("_data", "_end", "at")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._end = len(data)
        self.at = 0

    @property
    def remaining(self) -> int:
        return self._end - self.at

    def uint8(self) -> int:
        if self.at >= self._end:
            raise Malformed("truncated")
        value = self._data[self.at]
        self.at += 1
        return value

    def var_uint(self) -> int:
        data, end = self._data, self._end
        if self.at < end and data[self.at] < 128:  # most are small, and this is the busiest line of all
            self.at += 1
            return data[self.at - 1]
        number = shift = 0
        for at in range(self.at, min(end, self.at + MAX_DIGITS)):
            digit = data[at]
            number |= (digit & 127) << shift
            if digit < 128:
                if number > MAX_SAFE:
                    raise Malformed("number too large")
                self.at = at + 1
                return number
            shift += 7
        raise Malformed("number truncated or too long")

    def take(self, length: int) -> bytes:
        if length > self._end - self.at:
            raise Malformed("claims more bytes than there are")
        start = self.at
        self.at = start + length
        return self._data[start : self.at]

    def since(self, start: int) -> bytes:
        """What was read from `start` on."""
        return self._data[start : self.at]

    def skip(self, length: int) -> None:
        if length > self._end - self.at:
            raise Malformed("claims more bytes than there are")
        self.at += length

    def var_bytes(self) -> bytes:
        return self.take(self.var_uint())

    def var_string(self) -> str:
        try:
            return self.var_bytes().decode()
        except UnicodeDecodeError as error:
            raise Malformed("not UTF-8") from error

    def skip_var_bytes(self) -> None:
        self.skip(self.var_uint())

    def finish(self) -> None:
        if self.at != self._end:
            raise Malformed("bytes left over")

    def count(self, smallest: int) -> int:
        """A claimed number of entries of at least `smallest` bytes each: no more than there is room for."""
        number = self.var_uint()
        if number * smallest > self._end - self.at:
            raise Malformed("claims more entries than there is room for")
        return number
