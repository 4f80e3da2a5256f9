"""What a Yjs update (format 1) claims, read without trusting it, before pycrdt sees a byte of it.

pycrdt believes counts: five bytes can make it take a gigabyte. It also keeps an update whose predecessors are missing
without a word. So every update is walked here first, to the last byte, and what it writes, refers to and deletes is
known. Nothing here knows any application. See docs/protocol/documents.md, "What is checked".
"""

import struct
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from .encoding import Malformed, Reader, var_uint

# yrs counts clocks in 32 bits; half of that leaves room for every sum.
LARGEST_CLOCK = 2**31 - 1
DEEPEST_VALUE = 12

GC, DELETED, JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY = range(9)
SKIP = 10
XML_ELEMENT, XML_HOOK, LAST_TYPE = 3, 5, 6

EMPTY = b"\x00\x00"

Id = tuple[int, int]
State = dict[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """One struct: `length` clocks of one client from `clock` on."""

    client: int
    clock: int
    length: int
    kind: int
    origin: Id | None = None
    right: Id | None = None
    parent: str | Id | None = None
    key: str | None = None
    content: bytes | str | tuple[bytes, ...] = b""

    @property
    def end(self) -> int:
        return self.clock + self.length

    def needs(self, known: Mapping[int, int]) -> Id | None:
        """The first clock that must be there before this run and is not in `known`."""
        if self.clock > known.get(self.client, 0):
            return self.client, known.get(self.client, 0)
        for one in (self.origin, self.right, self.parent):
            if isinstance(one, tuple) and one[1] >= known.get(one[0], 0):
                return one
        return None


@dataclass(slots=True)
class Claims:
    """What an update writes, needs and deletes."""

    runs: list[Run] = field(default_factory=list)
    deletes: list[tuple[int, int, int]] = field(default_factory=list)  # client, clock, length

    @property
    def is_empty(self) -> bool:
        return not self.runs and not self.deletes

    def writers(self) -> set[int]:
        return {run.client for run in self.runs}

    def writers_beyond(self, state: Mapping[int, int]) -> set[int]:
        """Those that write something new."""
        return {run.client for run in self.runs if run.end > state.get(run.client, 0)}

    def deletes_within(self, other: "Claims") -> bool:
        """Whether `other` deletes all that this does."""
        theirs: dict[int, list[tuple[int, int]]] = {}
        for client, clock, length in sorted(other.deletes):
            ranges = theirs.setdefault(client, [])
            if ranges and clock <= ranges[-1][1]:
                ranges[-1] = ranges[-1][0], max(ranges[-1][1], clock + length)
            else:
                ranges.append((clock, clock + length))
        for client, clock, length in self.deletes:
            ranges = theirs.get(client, [])
            at = bisect_right(ranges, (clock, LARGEST_CLOCK + 1)) - 1
            if at < 0 or ranges[at][1] < clock + length:
                return False
        return True

    def ends(self) -> State:
        """The clock each client stands at when all of this is in."""
        ends: State = {}
        for run in self.runs:
            if run.end > ends.get(run.client, 0):
                ends[run.client] = run.end
        return ends

    def is_new_to(self, state: Mapping[int, int]) -> bool:
        """Whether it writes anything beyond `state`. Deletions are always taken as new."""
        return bool(self.deletes) or any(run.end > state.get(run.client, 0) for run in self.runs)

    def gap_after(self, state: Mapping[int, int]) -> Id | None:
        """The first thing it needs that neither `state` nor itself holds: pycrdt would set the update aside."""
        if len(self.runs) == 1:  # somebody types
            run = self.runs[0]
            gap = run.needs(state)
            if gap is not None or not self.deletes:
                return gap
            known = {**state, run.client: max(run.end, state.get(run.client, 0))}
        else:
            _, known, gap = self._taken_after(state)
            if gap is not None:
                return gap
        for client, clock, length in self.deletes:
            if clock + length > known.get(client, 0):
                return client, known.get(client, 0)
        return None

    def in_order(self, state: Mapping[int, int]) -> list[Run]:
        """The runs in an order in which each finds what it refers to; those after a gap are missing."""
        return self.runs if len(self.runs) == 1 else self._taken_after(state)[0]

    def _taken_after(self, state: Mapping[int, int]) -> tuple[list[Run], State, Id | None]:
        """Take each run when all that it refers to is there, until none is left or the rest waits (a cycle does)."""
        known = dict(state)
        taken: list[Run] = []
        lines: dict[int, deque[Run]] = {}
        for run in self.runs:
            lines.setdefault(run.client, deque()).append(run)
        # Client whose clocks are needed → (the clock, the client that needs it), the lowest clock first.
        waiting: dict[int, list[tuple[int, int]]] = {}
        ready = list(lines)
        while ready:
            client = ready.pop()
            line = lines[client]
            while line:
                needed = line[0].needs(known)
                if needed is not None:
                    heappush(waiting.setdefault(needed[0], []), (needed[1], client))
                    break
                run = line.popleft()
                taken.append(run)
                known[client] = max(known.get(client, 0), run.end)
                others = waiting.get(client)
                while others and others[0][0] < known[client]:
                    ready.append(heappop(others)[1])
        for line in lines.values():
            if line:
                return taken, known, line[0].needs(known)
        return taken, known, None

    def overlap_with(self, state: Mapping[int, int]) -> State:
        """For each client whose clocks are written again: the first one."""
        first: State = {}
        for run in self.runs:
            if run.clock < state.get(run.client, 0):
                first[run.client] = min(run.clock, first.get(run.client, run.clock))
        return first


def read_update(data: bytes) -> Claims:
    """Walk a whole update; raise Malformed where it is not one."""
    reader = Reader(data)
    claims = Claims()
    for _ in range(reader.count(3)):
        structs = reader.count(1)
        client = reader.var_uint()
        clock = reader.var_uint()
        for _ in range(structs):
            clock = _read_struct(reader, client, clock, claims.runs)
    _read_deletes(reader, claims.deletes)
    reader.finish()
    return claims


def split(data: bytes, size: int) -> list[bytes]:
    """One whole, trusted update as several of about `size` bytes each, to be applied in their order."""
    if len(data) <= size:
        return [data]
    reader = Reader(data)
    parts: list[bytes] = []
    blocks: list[bytes] = []
    filled = 0
    for _ in range(reader.count(3)):
        left = reader.count(1)
        client, clock = reader.var_uint(), reader.var_uint()
        while left:
            start, first, taken = reader.at, clock, 0
            while left and (taken == 0 or filled + reader.at - start < size):
                clock = _read_struct(reader, client, clock, [])
                left -= 1
                taken += 1
            blocks.append(var_uint(taken) + var_uint(client) + var_uint(first) + reader.since(start))
            filled += reader.at - start
            if filled >= size:
                parts.append(var_uint(len(blocks)) + b"".join(blocks) + b"\x00")
                blocks, filled = [], 0
    return [*parts, var_uint(len(blocks)) + b"".join(blocks) + reader.take(reader.remaining)]


def _read_struct(reader: Reader, client: int, clock: int, runs: list[Run]) -> int:
    info = reader.uint8()
    if info == SKIP:
        return _later(clock, reader.var_uint())
    kind = info & 31
    run = Run(client, clock, reader.var_uint(), GC) if kind == GC else _read_item(reader, client, clock, info, kind)
    if run.length < 1:
        raise Malformed("an empty struct")
    runs.append(run)
    return _later(clock, run.length)


def _later(clock: int, length: int) -> int:
    if clock + length > LARGEST_CLOCK:
        raise Malformed("clock too large")
    return clock + length


def _read_item(reader: Reader, client: int, clock: int, info: int, kind: int) -> Run:
    origin = _read_id(reader) if info & 0x80 else None
    right = _read_id(reader) if info & 0x40 else None
    parent: str | Id | None = None
    key = None
    if origin is None and right is None:
        has_name = reader.var_uint()
        if has_name > 1:
            raise Malformed("neither a name nor an id")
        parent = reader.var_string() if has_name else _read_id(reader)
        key = reader.var_string() if info & 0x20 else None
    length, content = _read_content(reader, kind)
    return Run(client, clock, length, kind, origin, right, parent, key, content)


def _read_id(reader: Reader) -> Id:
    client = reader.var_uint()
    clock = reader.var_uint()
    if clock > LARGEST_CLOCK:
        raise Malformed("clock too large")
    return client, clock


def _read_content(reader: Reader, kind: int) -> tuple[int, bytes | str | tuple[bytes, ...]]:
    if kind == STRING:
        text = reader.var_string()
        return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2, text
    if kind == DELETED:
        return reader.var_uint(), b""
    if kind == ANY:
        return _read_many(reader, _skip_any)
    if kind == JSON:
        return _read_many(reader, lambda inner: inner.skip_var_bytes())
    start = reader.at
    if kind == FORMAT:
        reader.var_string()
        reader.var_string()
    elif kind == TYPE:
        type_ref = reader.var_uint()
        if type_ref > LAST_TYPE:
            raise Malformed("a type nobody here knows")
        if type_ref in (XML_ELEMENT, XML_HOOK):
            reader.var_string()
    elif kind == EMBED:
        reader.var_string()
    elif kind == BINARY:
        reader.skip_var_bytes()
    else:  # sub-documents and moves: no client of ours writes them
        raise Malformed("content of a kind that is not taken")
    return 1, reader.since(start)


def _read_many(reader: Reader, skip: Callable[[Reader], None]) -> tuple[int, tuple[bytes, ...]]:
    parts = []
    for _ in range(reader.count(1)):
        start = reader.at
        skip(reader)
        parts.append(reader.since(start))
    return len(parts), tuple(parts)


def _skip_any(reader: Reader, depth: int = 0) -> None:
    """lib0's `any`: a byte for the type, then the value."""
    if depth > DEEPEST_VALUE:
        raise Malformed("a value nested too deep")
    kind = reader.uint8()
    if kind in (127, 126, 121, 120):  # undefined, null, false, true
        return
    if kind == 125:  # integer: the first digit holds the sign and six bits
        for _ in range(10):
            if reader.uint8() < 128:
                return
        raise Malformed("number too long")
    if kind == 124:
        reader.skip(4)
    elif kind in (123, 122):
        reader.skip(8)
    elif kind in (119, 116):  # string, bytes
        reader.skip_var_bytes()
    elif kind == 118:
        for _ in range(reader.count(2)):
            reader.skip_var_bytes()
            _skip_any(reader, depth + 1)
    elif kind == 117:
        for _ in range(reader.count(1)):
            _skip_any(reader, depth + 1)
    else:
        raise Malformed("a value of no known type")


def _read_deletes(reader: Reader, deletes: list[tuple[int, int, int]]) -> None:
    for _ in range(reader.count(2)):
        client = reader.var_uint()
        for _ in range(reader.count(2)):
            clock = reader.var_uint()
            length = reader.var_uint()
            _later(clock, length)
            if length:
                deletes.append((client, clock, length))


# --- state vectors ---


def read_state(data: bytes) -> State:
    """A state vector: which clock of each client comes next."""
    reader = Reader(data)
    state: State = {}
    for _ in range(reader.count(2)):
        client = reader.var_uint()
        clock = reader.var_uint()
        if clock > LARGEST_CLOCK:
            raise Malformed("clock too large")
        state[client] = clock
    reader.finish()
    return state


def write_state(state: Mapping[int, int]) -> bytes:
    parts = [var_uint(len(state))]
    for client, clock in state.items():
        parts.append(var_uint(client))
        parts.append(var_uint(clock))
    return b"".join(parts)


# --- one clock, one content ---


def contradicts(ours: Claims, theirs: Claims) -> Id | None:
    """The first (client, clock) that both write, with different content or in a different place.

    Yjs never looks: two replicas with such a pair have equal state vectors and different texts for ever. What either
    side has deleted is not compared, as its content is gone.
    """
    known = {place: unit for run in ours.runs for place, unit in _units(run)}
    for run in theirs.runs:
        for place, unit in _units(run):
            mine = known.get(place)
            if mine is not None and mine != unit:
                return place
    return None


def _units(run: Run) -> Iterator[tuple[Id, tuple[object, ...]]]:
    """One entry a clock, so that it does not matter how either side cut its structs."""
    if run.kind in (GC, DELETED):
        return
    origin = run.origin
    for offset, part in enumerate(_parts(run)):
        place = run.client, run.clock + offset
        yield place, (run.kind, part, origin, run.right)
        origin = place


def _parts(run: Run) -> Sequence[object]:
    if isinstance(run.content, str):
        data = run.content.encode("utf-16-le")
        return struct.unpack(f"<{len(data) // 2}H", data)
    return run.content if isinstance(run.content, tuple) else (run.content,)
