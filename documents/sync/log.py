"""The log in SQL: what is true about a document's content. Plain synchronous Django, called through the bridge.

A row's number is given under the document's row lock, so numbers are committed in their order and a process that
knows row n finds what it missed with `seq > n`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from pycrdt import Doc, merge_updates

from collab.crdt.depths import Depths
from collab.crdt.updates import State, contradicts, read_state, read_update
from collab.outbox.services import enqueue
from collab.realtime.errors import NotFound
from collab.realtime.streams import snapshot
from people.models import Person

from ..content import load
from ..models import Client, Document, Snapshot, Update
from . import limits

SNAPSHOTS_KEPT = 2


@dataclass(frozen=True, slots=True)
class Row:
    seq: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """One accepted update, and who wrote it."""

    author: UUID | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What one process accepted for one document since it last stored."""

    document_id: UUID
    known_seq: int
    written: Sequence[Written]
    clients: Mapping[int, UUID] = field(default_factory=dict)  # numbers newly bound


@dataclass(frozen=True, slots=True)
class Stored:
    last_seq: int
    missed: Sequence[Row]  # rows of other processes, between `known_seq` and ours
    rows: Sequence[Row]  # what the batch became


@dataclass(frozen=True, slots=True)
class Loaded:
    seq: int
    compacted_seq: int
    parts: Sequence[bytes]
    clients: Mapping[int, UUID]
    depths: Depths


class Contradiction(Exception):
    """The batch writes clocks of `number` that another process stored with other content: the log wins."""

    def __init__(self, document_id: UUID, number: int) -> None:
        super().__init__(document_id, number)
        self.document_id = document_id
        self.number = number


def load_document(document_id: UUID) -> Loaded:
    """The newest snapshot and the rows after it. Raises rather than give less than the log holds."""
    with snapshot():
        document = Document.objects.filter(pk=document_id).first()
        if document is None:
            raise NotFound()
        newest = Snapshot.objects.filter(document=document, seq__lte=document.last_seq).order_by("-seq").first()
        start = newest.seq if newest else 0
        rows = rows_after(document_id, start, document.last_seq)
        clients = {
            number: person_id
            for number, person_id in Client.objects.filter(document=document).values_list("number", "person")
            if person_id is not None
        }
    _refuse_holes(rows, start, document.last_seq)
    parts = ([bytes(newest.data)] if newest else []) + [row.data for row in rows]
    return Loaded(document.last_seq, document.compacted_seq, parts, clients, _depths(parts))


def _depths(parts: Iterable[bytes]) -> Depths:
    depths = Depths()
    state: State = {}
    for part in parts:
        claims = read_update(part)
        depths.take(claims.in_order(state), state)
        state.update({number: max(end, state.get(number, 0)) for number, end in claims.ends().items()})
    return depths


def rows_after(document_id: UUID, seq: int, up_to: int | None = None) -> list[Row]:
    found = Update.objects.filter(document=document_id, seq__gt=seq).order_by("seq")
    if up_to is not None:
        found = found.filter(seq__lte=up_to)
    return [Row(number, bytes(data)) for number, data in found.values_list("seq", "data")]


def heads(document_ids: Iterable[UUID]) -> dict[UUID, int]:
    return dict(Document.objects.filter(pk__in=list(document_ids)).values_list("pk", "last_seq"))


def append(batches: Sequence[Batch]) -> dict[UUID, Stored]:
    """Store the batches in one transaction; a document that is gone is missing from the answer.

    Raises Contradiction when one batch cannot stand beside what others stored meanwhile; nothing is stored then.
    """
    try:
        return _append(batches)
    except IntegrityError:  # an account was deleted while its edits waited
        return _append([_without_the_gone(batch) for batch in batches])


def _without_the_gone(batch: Batch) -> Batch:
    people = {one.author for one in batch.written if one.author} | set(batch.clients.values())
    here = set(Person.objects.filter(pk__in=people).values_list("pk", flat=True))
    return replace(
        batch,
        written=[Written(one.author if one.author in here else None, one.data) for one in batch.written],
        clients={number: person for number, person in batch.clients.items() if person in here},
    )


def _append(batches: Sequence[Batch]) -> dict[UUID, Stored]:
    stored: dict[UUID, Stored] = {}
    rows: list[Update] = []
    with transaction.atomic():
        ids = [batch.document_id for batch in batches]
        locked = Document.objects.select_for_update().filter(pk__in=ids).order_by("pk").in_bulk()
        now = timezone.now()
        for batch in batches:
            document = locked.get(batch.document_id)
            if document is None:
                continue
            missed = rows_after(document.pk, batch.known_seq) if document.last_seq > batch.known_seq else []
            _refuse_contradictions(missed, batch)
            mine = []
            for seq, (author, data) in enumerate(_rows(batch.written), document.last_seq + 1):
                mine.append(Row(seq, data))
                rows.append(Update(document=document, seq=seq, data=data, author_id=author, created=now))
            document.last_seq += len(mine)
            document.changed = now
            document.save(update_fields=["last_seq", "changed"])
            _ask_for_compaction(document)
            stored[document.pk] = Stored(document.last_seq, missed, mine)
        Update.objects.bulk_create(rows)
        Client.objects.bulk_create(
            [
                Client(document_id=batch.document_id, number=number, person_id=person)
                for batch in batches
                if batch.document_id in stored
                for number, person in batch.clients.items()
            ],
            ignore_conflicts=True,
        )
    return stored


def _rows(written: Sequence[Written]) -> list[tuple[UUID | None, bytes]]:
    """One row for what one author wrote without another between, so that a row never needs a later one."""
    rows = []
    for author, run in groupby(written, key=lambda one: one.author):
        rows += [(author, data) for data in merged([one.data for one in run])]
    return rows


def merged(updates: Sequence[bytes]) -> list[bytes]:
    """The updates in their order, merged where that is cheap."""
    result: list[bytes] = []
    waiting: list[bytes] = []
    size = 0
    for update in updates:
        if waiting and (len(waiting) >= limits.MERGE_UPDATES or size + len(update) > limits.MERGE_BYTES):
            result.append(_merge(waiting))
            waiting, size = [], 0
        waiting.append(update)
        size += len(update)
    if waiting:
        result.append(_merge(waiting))
    return result


def _merge(updates: Sequence[bytes]) -> bytes:
    return updates[0] if len(updates) == 1 else merge_updates(*updates)


def _refuse_contradictions(missed: Sequence[Row], batch: Batch) -> None:
    for row in missed:
        theirs = read_update(row.data)
        numbers = theirs.writers()
        for written in batch.written:
            ours = read_update(written.data)
            place = contradicts(theirs, ours) if numbers & ours.writers() else None
            if place is not None:
                raise Contradiction(batch.document_id, place[0])


def _refuse_holes(rows: Sequence[Row], start: int, end: int) -> None:
    if [row.seq for row in rows] != list(range(start + 1, end + 1)):
        raise RuntimeError("the log has a hole")


def compact(document_id: UUID) -> int:
    """Write a snapshot of all the log holds, checked against it; return the number it goes up to.

    Rows stay: the timeline needs them, and a snapshot that left something out would not be the only copy. What is
    slow happens before the transaction, as rows once written never change; the row lock lets one snapshot win, and a
    kill before COMMIT leaves everything as it was.
    """
    loaded = load_document(document_id)
    if loaded.compacted_seq == loaded.seq:
        return loaded.seq
    before = load(loaded.parts)
    data = before.get_update()
    _refuse_loss(loaded.parts, before, load([data]))
    with transaction.atomic():
        document = Document.objects.select_for_update().filter(pk=document_id).first()
        if document is None:
            raise NotFound()
        if document.compacted_seq >= loaded.seq:
            return document.compacted_seq
        Snapshot.objects.create(document=document, seq=loaded.seq, data=data)
        document.compacted_seq = loaded.seq
        document.save(update_fields=["compacted_seq"])
        kept = Snapshot.objects.filter(document=document).order_by("-seq").values_list("pk", flat=True)[:SNAPSHOTS_KEPT]
        Snapshot.objects.filter(document=document).exclude(pk__in=list(kept)).delete()
    return loaded.seq


def _ask_for_compaction(document: Document) -> None:
    """Once in so many rows; the same key again is the same job."""
    if document.last_seq - document.compacted_seq >= limits.COMPACT_EVERY:
        turn = document.last_seq // limits.COMPACT_EVERY
        arguments = {"document_id": str(document.pk)}
        enqueue(kind="documents.compact", key=f"{document.pk}:{turn}", arguments=arguments)


class SnapshotWouldLose(RuntimeError):
    """The content after is not the content before. A bug: the log stays the truth and nothing is written."""


def _refuse_loss(parts: Sequence[bytes], before: Doc[Any], after: Doc[Any]) -> None:
    state: dict[int, int] = {}
    for part in parts:
        for number, end in read_update(part).ends().items():
            state[number] = max(end, state.get(number, 0))
    if read_state(before.get_state()) != state:
        raise SnapshotWouldLose("something in the log waits for its predecessor")
    if read_state(after.get_state()) != state or picture(before) != picture(after):
        raise SnapshotWouldLose("the snapshot reads otherwise than the log")


def picture(doc: Doc[Any]) -> dict[str, str]:
    """All content of all roots as text, for comparing."""
    return {name: str(root) for name, root in sorted(doc.items(), key=lambda item: item[0])}
