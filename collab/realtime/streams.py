"""What sockets read from SQL: pictures, missed announcements, heads of streams. Called in threads."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from . import topics
from .errors import NotFound
from .models import Announcement, Stream
from .topics import Caller

# A browser that missed more gets a fresh picture instead.
RESUME_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Told:
    seq: int
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """How a topic begins for one socket: a picture at `seq`, or what it missed up to `seq`."""

    epoch: UUID
    seq: int
    picture: Mapping[str, Any] | None
    missed: tuple[Told, ...] = ()


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is of one moment, and no writer waits for it."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        # In WAL mode a deferred transaction that only reads sees one moment; IMMEDIATE would queue with writers.
        connection.ensure_connection()  # it knows its mode from then on
        sqlite: Any = connection
        usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            sqlite.transaction_mode = usual
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _stream(topic: str) -> Stream:
    """The topic's numbering. A topic nobody announced on yet gets one now, so that its epoch is known."""
    stream = Stream.objects.filter(topic=topic).first()
    if stream is None:
        stream, _ = Stream.objects.get_or_create(topic=topic)
    return stream


def open_topic(topic: str, caller: Caller, epoch: UUID | None, seq: int | None) -> Opening:
    """Raise NotFound unless the caller may follow. The socket must already hear the topic's hints."""
    kind, key = topics.find(topic)
    if not kind.may_follow(key, caller):
        raise NotFound()
    _stream(topic)
    with snapshot():
        stream = _stream(topic)
        if epoch == stream.epoch and seq is not None and 0 <= seq <= stream.last_seq:
            missed = _complete(seq, stream.last_seq, told_after(topic, seq))
            if missed is not None:
                return Opening(stream.epoch, stream.last_seq, None, missed)
        return Opening(stream.epoch, stream.last_seq, kind.picture(key, caller))


def _complete(after: int, upto: int, told: list[Told]) -> tuple[Told, ...] | None:
    """All numbers between, or None: some were pruned, or they are too many."""
    if len(told) > RESUME_LIMIT or [one.seq for one in told] != list(range(after + 1, upto + 1)):
        return None
    return tuple(told)


def told_after(topic: str, seq: int) -> list[Told]:
    rows = Announcement.objects.filter(stream_id=topic, seq__gt=seq).order_by("seq")
    some = rows.values_list("seq", "type", "data")[: RESUME_LIMIT + 1]
    return [Told(number, kind, bytes(data)) for number, kind, data in some]


def heads(names: Iterable[str]) -> dict[str, tuple[UUID, int]]:
    """Epoch and last number of each topic."""
    wanted = list(names)
    found: dict[str, tuple[UUID, int]] = {}
    for start in range(0, len(wanted), 500):
        rows = Stream.objects.filter(topic__in=wanted[start : start + 500]).values_list("topic", "epoch", "last_seq")
        found.update({topic: (epoch, last) for topic, epoch, last in rows})
    return found


def may_still_follow(names: Iterable[str], caller: Caller) -> set[str]:
    """Which of the topics the caller may follow now."""
    allowed = set()
    for name in names:
        try:
            kind, key = topics.find(name)
        except NotFound:
            continue
        if kind.may_follow(key, caller):
            allowed.add(name)
    return allowed
