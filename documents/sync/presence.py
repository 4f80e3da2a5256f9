"""Who is here, and where their cursors are: the awareness of one open document. Nothing of it is stored.

A number belongs to the socket that first told a newer clock of it; what a socket tells of other numbers is an echo
(every y-websocket client repeats what it hears) and is passed over in silence.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from collab.crdt import messages
from collab.crdt.messages import Presence as Entry

from . import limits
from .peer import Peer

GONE = "null"
LARGEST_CLOCK = 2**31
DEEPEST_STATE = 8
# Numbers that left, remembered so that a late echo does not bring them back.
NUMBERS_REMEMBERED = 4000
COLOUR = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")


@dataclass(slots=True)
class Known:
    """What was last told of one number. `owner` is its socket here, or the name of the process that has it."""

    clock: int
    state: str
    owner: Peer | str | None
    person_id: UUID | None
    heard_at: float


class Presence:
    def __init__(self) -> None:
        self._known: OrderedDict[int, Known] = OrderedDict()
        self._present: dict[int, Known] = {}

    def __len__(self) -> int:
        return len(self._present)

    def hear(self, peer: Peer, entries: Iterable[Entry], bound: dict[int, UUID], now: float) -> list[int]:
        """Take what the peer tells of its own numbers; return those that changed."""
        changed = []
        for entry in entries:
            if self._is_theirs(peer, entry, bound):
                self._take(entry.client, self._known_of(entry, peer, now))
                changed.append(entry.client)
        return changed

    def _is_theirs(self, peer: Peer, entry: Entry, bound: dict[int, UUID]) -> bool:
        known = self._known.get(entry.client)
        if entry.clock > LARGEST_CLOCK:
            return False
        if known is not None and (entry.clock <= known.clock or known.person_id not in (None, peer.person_id)):
            return False
        if bound.get(entry.client, peer.person_id) != peer.person_id:
            return False
        if known is None or known.owner is not peer:
            if entry.state == GONE or len(self._present) >= limits.AWARENESS_ENTRIES:
                return False
            return len(peer.numbers) < limits.NUMBERS_A_SOCKET
        return True

    def _known_of(self, entry: Entry, peer: Peer, now: float) -> Known:
        peer.numbers.add(entry.client)
        state = clean(entry.state, name=peer.name, person_id=peer.person_id)
        return Known(entry.clock, state, peer, peer.person_id, now)

    def _take(self, number: int, known: Known) -> None:
        self._known[number] = known
        self._known.move_to_end(number)
        if known.state == GONE:
            self._present.pop(number, None)
        else:
            self._present[number] = known
        while len(self._known) > NUMBERS_REMEMBERED:
            oldest = next(iter(self._known))
            if oldest in self._present:
                break
            del self._known[oldest]

    def numbers_to_repeat(self, peer: Peer, entries: Iterable[Entry]) -> list[Entry]:
        """Numbers that came back with an old clock (a reconnected page): said to be gone, their page tells anew."""
        repeat = []
        for entry in entries:
            known = self._known.get(entry.client)
            if known is not None and known.state == GONE and entry.clock <= known.clock and entry.state != GONE:
                repeat.append(Entry(entry.client, known.clock, GONE))
        return repeat

    def hear_of(self, process: str, entries: Iterable[Entry], now: float) -> list[int]:
        """What another process tells of its sockets, already clean."""
        changed = []
        for entry in entries:
            known = self._known.get(entry.client)
            if known is not None and (isinstance(known.owner, Peer) or entry.clock < known.clock):
                continue
            if known is not None and entry.clock == known.clock and known.state == entry.state:
                known.heard_at = now
                continue
            person_id = known.person_id if known else None
            owner = process if entry.state != GONE else None
            self._take(entry.client, Known(entry.clock, entry.state, owner, person_id, now))
            changed.append(entry.client)
        return changed

    def leave(self, peer: Peer, now: float) -> list[int]:
        """The peer's socket is gone, and its numbers with it."""
        return self._remove([n for n in peer.numbers if n in self._present and self._present[n].owner is peer], now)

    def expire(self, now: float) -> list[int]:
        """Numbers nobody told of for long: a page that froze, a process that was killed."""
        late = [n for n, known in self._present.items() if now - known.heard_at > limits.AWARENESS_EXPIRES]
        return self._remove(late, now)

    def _remove(self, numbers: list[int], now: float) -> list[int]:
        for number in numbers:
            known = self._present[number]
            self._take(number, Known(known.clock + 1, GONE, None, known.person_id, now))
        return numbers

    def entries(self, numbers: Iterable[int]) -> list[Entry]:
        known = ((number, self._known.get(number)) for number in numbers)
        return [Entry(number, one.clock, one.state) for number, one in known if one is not None]

    def everybody(self) -> bytes:
        """The message that tells of all who are here."""
        return messages.awareness(self.entries(list(self._present)))

    def mine(self) -> list[int]:
        """The numbers whose sockets are in this process."""
        return [number for number, known in self._present.items() if isinstance(known.owner, Peer)]


def clean(state: str, *, name: str, person_id: UUID) -> str:
    """A peer's state as others get it: bounded, JSON, under the name the server knows. Nonsense is nobody."""
    if len(state) > limits.AWARENESS_BYTES or len(state.encode()) > limits.AWARENESS_BYTES:
        return GONE
    try:
        fields = msgspec.json.decode(state)
    except (msgspec.DecodeError, RecursionError):
        return GONE
    if not isinstance(fields, dict) or _depth(fields) > DEEPEST_STATE:
        return GONE
    fields["user"] = _user(fields.get("user"), name, person_id)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _user(told: Any, name: str, person_id: UUID) -> dict[str, str]:
    user = {"id": str(person_id), "name": name}
    colour = told.get("color") if isinstance(told, dict) else None
    if isinstance(colour, str) and COLOUR.fullmatch(colour):
        user["color"] = colour
    return user


def _depth(value: Any) -> int:
    """Iterative: what is nested deep must not be walked by recursion."""
    deepest = 0
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(one, dict):
            waiting += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]
    return deepest
