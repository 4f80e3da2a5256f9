"""The messages of the y-websocket protocol, and one of our own. See docs/protocol/documents.md."""

from collections.abc import Iterable
from dataclasses import dataclass

from .encoding import Malformed, Reader, var_bytes, var_string, var_uint

SYNC, AWARENESS, AUTH, QUERY_AWARENESS = range(4)
STEP_1, STEP_2, UPDATE = range(3)
# Ours. Clients that do not know it skip it: y-websocket has no handler for it.
ACKNOWLEDGED = 100


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """What the sender has: answer with what it lacks."""

    state: bytes


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """What the receiver lacked."""

    update: bytes


@dataclass(frozen=True, slots=True)
class SyncUpdate:
    update: bytes


@dataclass(frozen=True, slots=True)
class Presence:
    """One client's awareness: `state` is JSON, "null" for a client that left."""

    client: int
    clock: int
    state: str


@dataclass(frozen=True, slots=True)
class AwarenessUpdate:
    entries: tuple[Presence, ...]


@dataclass(frozen=True, slots=True)
class QueryAwareness:
    pass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message type nobody here speaks."""

    kind: int


Incoming = SyncStep1 | SyncStep2 | SyncUpdate | AwarenessUpdate | QueryAwareness | Unknown


def read_message(data: bytes) -> Incoming:
    """Read one frame; raise Malformed unless it is one whole message."""
    reader = Reader(data)
    kind = reader.var_uint()
    message: Incoming
    if kind == SYNC:
        message = _read_sync(reader)
    elif kind == AWARENESS:
        message = AwarenessUpdate(read_awareness(reader.var_bytes()))
    elif kind == QUERY_AWARENESS:
        message = QueryAwareness()
    else:
        return Unknown(kind)
    reader.finish()
    return message


def _read_sync(reader: Reader) -> SyncStep1 | SyncStep2 | SyncUpdate:
    step = reader.var_uint()
    if step > UPDATE:
        raise Malformed("no such sync message")
    body = reader.var_bytes()
    return (SyncStep1, SyncStep2, SyncUpdate)[step](body)


def read_awareness(data: bytes) -> tuple[Presence, ...]:
    reader = Reader(data)
    entries = tuple(Presence(reader.var_uint(), reader.var_uint(), reader.var_string()) for _ in range(reader.count(3)))
    reader.finish()
    return entries


def sync_step_1(state: bytes) -> bytes:
    return b"\x00\x00" + var_bytes(state)


def sync_step_2(update: bytes) -> bytes:
    return b"\x00\x01" + var_bytes(update)


def sync_update(update: bytes) -> bytes:
    return b"\x00\x02" + var_bytes(update)


def awareness(entries: Iterable[Presence]) -> bytes:
    known = list(entries)
    body = [var_uint(len(known))]
    for entry in known:
        body += (var_uint(entry.client), var_uint(entry.clock), var_string(entry.state))
    return b"\x01" + var_bytes(b"".join(body))


def query_awareness() -> bytes:
    return b"\x03"


def acknowledged(count: int) -> bytes:
    """The first `count` sync messages with content (step 2, update) of this socket are committed."""
    return var_uint(ACKNOWLEDGED) + var_uint(count)
