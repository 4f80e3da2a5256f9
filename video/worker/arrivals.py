"""When a browser's packets arrived: transport-wide feedback, from which the browser finds out what its line carries.

draft-holmer-rmcat-transport-wide-cc-extensions-01. Every packet of a connection has one more number, whatever stream
it is of; several times a second the browser is told when each came. It notices a filling queue by that, long before
anything is lost.
"""

import struct

from .rtcp import HEAD, TRANSPORT_CC, TRANSPORT_FEEDBACK

TICKS_PER_SECOND = 4_000  # a delta is counted in 250 µs
TICKS_PER_REFERENCE = 256  # the reference time in 64 ms
MAX_PACKETS = 420  # in one feedback: it stays in one datagram, whatever the deltas
MAX_GAP = 1_000  # a jump that is no loss but a new beginning

ABSENT, SMALL, LARGE = 0, 1, 2
SYMBOLS_A_CHUNK = 7


class Arrivals:
    def __init__(self) -> None:
        self._next: int | None = None  # the first number that was not yet told of, not folded to 16 bits
        self._ticks: dict[int, int] = {}
        self._count = 0

    def note(self, sequence: int, now: float) -> None:
        if self._next is None:
            self._next = sequence
        ahead = (sequence - self._next) & 0xFFFF
        if ahead >= 0x8000:
            return  # late: it was told to be lost
        if ahead > MAX_GAP:
            self._ticks.clear()
            self._next, ahead = self._next + ahead, 0
        if len(self._ticks) < MAX_PACKETS:
            self._ticks.setdefault(self._next + ahead, int(now * TICKS_PER_SECOND))

    def feedback(self, ssrc: int, media_ssrc: int) -> bytes:
        """Empty when nothing came since."""
        if not self._ticks or self._next is None:
            return b""
        base = self._next
        last = min(max(self._ticks), base + MAX_PACKETS - 1)
        told = {number: self._ticks.pop(number) for number in sorted(self._ticks) if number <= last}
        self._next = last + 1
        if not told:
            return b""
        reference = next(iter(told.values())) // TICKS_PER_REFERENCE
        before = reference * TICKS_PER_REFERENCE
        symbols: list[int] = []
        deltas = bytearray()
        for number in range(base, last + 1):
            ticks = told.get(number)
            if ticks is None:
                symbols.append(ABSENT)
                continue
            delta, before = max(-0x8000, min(0x7FFF, ticks - before)), ticks
            is_small = 0 <= delta <= 0xFF
            symbols.append(SMALL if is_small else LARGE)
            deltas += bytes((delta,)) if is_small else struct.pack("!h", delta)
        body = struct.pack("!LLHH", ssrc, media_ssrc, base & 0xFFFF, len(symbols))
        body += (reference & 0xFFFFFF).to_bytes(3, "big") + bytes((self._count & 0xFF,))
        body += _chunks(symbols) + bytes(deltas)
        body += b"\0" * (-len(body) % 4)
        self._count += 1
        return HEAD.pack(0x80 | TRANSPORT_CC, TRANSPORT_FEEDBACK, len(body) // 4) + body


def _chunks(symbols: list[int]) -> bytes:
    """Seven symbols of two bits in each sixteen."""
    chunks = bytearray()
    for start in range(0, len(symbols), SYMBOLS_A_CHUNK):
        chunk = 0xC000
        for place, symbol in enumerate(symbols[start : start + SYMBOLS_A_CHUNK]):
            chunk |= symbol << (12 - 2 * place)
        chunks += struct.pack("!H", chunk)
    return bytes(chunks)
