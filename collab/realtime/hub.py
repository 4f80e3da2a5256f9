"""The hub: services announce here, sockets hear from here. See docs/protocol.md, "Streams".

SQL holds what was announced; Valkey only carries the hint that something was. Each process has one subscription
to Valkey; a hint makes the process read the new announcements once, encode them once, and write the same bytes to
every socket that follows the topic.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import redis
import structlog
from django.db import connection, transaction
from django.db.models import F

from . import local, valkey
from .models import Announcement, Stream
from .protocol import Message, announcement, encode

log = structlog.get_logger(__name__)

# Web machines need not have one clock.
CLOCKS_APART = timedelta(minutes=1)

_rest = valkey.Rest()


def publish(topic: str, message: Message) -> int:
    """Announce a change, inside the transaction that makes it; return its number on the topic.

    It leaves after COMMIT and never after a rollback. The stream's row lock gives the number, so numbers
    are committed in their order.
    """
    assert connection.in_atomic_block, "announce inside the transaction that makes the change"
    stream = _locked(topic)
    stream.last_seq += 1
    stream.save(update_fields=["last_seq"])
    Announcement.objects.create(stream=stream, seq=stream.last_seq, type=message.type, data=encode(message))
    seq = stream.last_seq
    _after_commit({"topic": topic, "seq": seq})
    return seq


def publish_each(messages: Mapping[str, Message]) -> None:
    """Announce one message on each of many topics, like `publish`, in a number of queries that does not grow with them.

    The streams are locked in the topics' order.
    """
    assert connection.in_atomic_block, "announce inside the transaction that makes the change"
    names = sorted(messages)
    known = set(Stream.objects.filter(topic__in=names).values_list("topic", flat=True))
    Stream.objects.bulk_create([Stream(topic=name) for name in names if name not in known], ignore_conflicts=True)
    streams = list(Stream.objects.select_for_update().filter(topic__in=names).order_by("topic"))
    Stream.objects.filter(topic__in=names).update(last_seq=F("last_seq") + 1)
    seqs = {stream.topic: stream.last_seq + 1 for stream in streams}
    Announcement.objects.bulk_create(
        Announcement(stream_id=name, seq=seq, type=messages[name].type, data=encode(messages[name]))
        for name, seq in seqs.items()
    )
    transaction.on_commit(lambda: _hint_each([{"topic": name, "seq": seq} for name, seq in seqs.items()]))


def retell(topic: str, message: Message, *, instead_of: Callable[[bytes], bool], told_at: datetime) -> None:
    """Put a message in the place of one of its type announced at about that time: who resumes must not read it."""
    assert connection.in_atomic_block, "retell inside the transaction that makes the change"
    about_then = (told_at - CLOCKS_APART, told_at + CLOCKS_APART)
    rows = Announcement.objects.filter(stream_id=topic, type=message.type, created__range=about_then)
    found = [pk for pk, data in rows.values_list("pk", "data").iterator() if instead_of(bytes(data))]
    Announcement.objects.filter(pk__in=found).update(data=encode(message))


def whisper(topic: str, message: Message) -> None:
    """Tell who follows the topic now; nothing is kept. For typing, presence, levels: no political content."""
    frame = announcement(topic, None, message.type, encode(message)).decode()
    _after_commit({"topic": topic, "frame": frame})


def revoke(*, person_id: UUID | str, topic: str | None = None) -> None:
    """A right was taken away: every socket of that person asks again what it may follow, within a second."""
    _after_commit({"topic": topic, "recheck": str(person_id)})


def _locked(topic: str) -> Stream:
    stream, _ = Stream.objects.select_for_update().get_or_create(topic=topic)
    return stream


def _after_commit(hint: dict[str, object]) -> None:
    if local.here() is not None:  # an async door has no transaction
        _hint(hint)
    else:
        transaction.on_commit(lambda: _hint(hint))


def _hint(hint: dict[str, object]) -> None:
    _hint_each([hint])


def _hint_each(hints: Sequence[Mapping[str, object]]) -> None:
    """Send hints to all processes. A lost one costs time, not data: each process also looks by itself."""
    outgoing = [(_channel(hint), msgspec.json.encode(hint)) for hint in hints]
    here = local.here()
    if here is not None:  # an async door: nothing may wait on the loop
        for channel, payload in outgoing:
            here.tell(channel, payload)
        return
    if not _rest.is_on:
        try:
            with valkey.from_threads().pipeline(transaction=False) as pipeline:
                for channel, payload in outgoing:
                    pipeline.publish(f"{valkey.PREFIX}:{channel}", payload)
                pipeline.execute()
            return
        except redis.RedisError as error:
            log.warning("hints not sent", error=type(error).__name__)
            _rest.begin()
    for _, payload in outgoing:
        local.deliver_everywhere(payload)  # at least the sockets of this process hear it


def _channel(hint: Mapping[str, object]) -> str:
    return f"person:{hint['recheck']}" if "recheck" in hint else f"topic:{hint['topic']}"
