"""The log and its snapshots, at their functions."""

import os
import signal
import subprocess
import sys
from uuid import uuid4

import pytest
from django.conf import settings
from pycrdt import Doc, Text

from collab.outbox.models import Job
from collab.realtime.errors import NotFound
from documents.content import load
from documents.models import Document, Snapshot, Update
from documents.sync import limits
from documents.sync.log import (
    Batch,
    Contradiction,
    SnapshotWouldLose,
    Written,
    append,
    compact,
    heads,
    load_document,
    rows_after,
)
from documents.tasks import compact as compact_job
from people.models import Person
from tests.documents.factories import document_of
from tests.factories import PersonFactory
from tests.realtime.servers import ROOT, database_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    made: Person = PersonFactory()
    return made


@pytest.fixture
def document(person: Person) -> Document:
    return document_of(person)


def strokes(count: int, *, client: int = 5) -> list[bytes]:
    """So many updates of one writer, one character each."""
    doc: Doc[Text] = Doc(client_id=client)
    text = doc.get("t", type=Text)
    updates = []
    for number in range(count):
        before = doc.get_state()
        text += str(number % 10)
        updates.append(doc.get_update(before))
    return updates


def batch(document: Document, updates: list[bytes], by: Person, *, known: int | None = None) -> Batch:
    return Batch(document.pk, document.last_seq if known is None else known, [Written(by.pk, one) for one in updates])


def text_of(document: Document) -> str:
    return str(load(load_document(document.pk).parts).get("t", type=Text))


def test_one_writers_strokes_become_few_rows(document: Document, person: Person) -> None:
    updates = strokes(limits.MERGE_UPDATES * 2 + 1)
    stored = append([batch(document, updates, person)])[document.pk]
    assert stored.last_seq == 3 and [row.seq for row in stored.rows] == [1, 2, 3] and not stored.missed
    assert text_of(document) == "".join(str(number % 10) for number in range(len(updates)))
    assert heads([document.pk, uuid4()]) == {document.pk: 3}


def test_what_others_stored_meanwhile_comes_back(document: Document, person: Person) -> None:
    append([batch(document, strokes(1, client=5), person, known=0)])
    stored = append([batch(document, strokes(1, client=6), person, known=0)])[document.pk]
    assert [row.seq for row in stored.missed] == [1]
    assert stored.last_seq == 2


def test_other_content_under_one_number_is_refused_whole(document: Document, person: Person) -> None:
    other = document_of(person)
    append([batch(document, strokes(3), person, known=0)])
    doc: Doc[Text] = Doc(client_id=5)
    doc["t"] = Text("xyz")
    with pytest.raises(Contradiction) as refused:
        append([batch(other, strokes(1), person), batch(document, [doc.get_update()], person, known=0)])
    assert (refused.value.document_id, refused.value.number) == (document.pk, 5)
    assert heads([document.pk, other.pk]) == {document.pk: 1, other.pk: 0}


def test_a_document_that_is_gone_is_missing_from_the_answer(document: Document, person: Person) -> None:
    gone = Document(pk=uuid4(), title="x")
    stored = append([batch(gone, strokes(1), person), batch(document, strokes(1), person)])
    assert set(stored) == {document.pk}


@pytest.mark.django_db(transaction=True)
def test_the_edits_of_a_deleted_account_are_kept_without_its_name(document: Document, person: Person) -> None:
    gone = PersonFactory()
    waiting = Batch(document.pk, 0, [Written(gone.pk, strokes(1)[0])], {5: gone.pk})
    gone.delete()
    append([waiting])
    assert Update.objects.get(document=document).author is None
    assert load_document(document.pk).clients == {}


def test_a_log_with_a_hole_is_not_loaded(document: Document, person: Person) -> None:
    for update in strokes(3):
        document.refresh_from_db()
        append([batch(document, [update], person)])
    Update.objects.filter(document=document, seq=2).delete()
    with pytest.raises(RuntimeError, match="hole"):
        load_document(document.pk)
    with pytest.raises(NotFound):
        load_document(uuid4())


# --- snapshots ---


def fill(document: Document, person: Person, count: int) -> None:
    for update in strokes(count):
        document.refresh_from_db()
        append([batch(document, [update], person)])
    document.refresh_from_db()


def test_a_snapshot_reads_as_the_log_and_the_rows_stay(document: Document, person: Person) -> None:
    fill(document, person, 7)
    assert compact(document.pk) == 7 == compact(document.pk)
    assert Update.objects.filter(document=document).count() == 7
    loaded = load_document(document.pk)
    assert len(loaded.parts) == 1 and loaded.compacted_seq == loaded.seq == 7
    assert text_of(document) == "0123456"
    assert [row.seq for row in rows_after(document.pk, 5)] == [6, 7]


def test_two_snapshots_are_kept(document: Document, person: Person) -> None:
    updates = strokes(4)
    for update in updates:
        document.refresh_from_db()
        append([batch(document, [update], person)])
        compact(document.pk)
    assert list(Snapshot.objects.order_by("seq").values_list("seq", flat=True)) == [3, 4]


def test_what_waits_for_its_predecessor_is_never_compacted_away(document: Document, person: Person) -> None:
    first, _, third = strokes(3)
    append([batch(document, [first], person)])
    document.refresh_from_db()
    append([batch(document, [third], person)])
    with pytest.raises(SnapshotWouldLose):
        compact(document.pk)
    assert not Snapshot.objects.exists()


def test_many_rows_ask_for_one_compaction(document: Document, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMPACT_EVERY", 5)
    fill(document, person, 4)
    assert not Job.objects.exists()
    updates = strokes(12)[4:]
    for update in updates[:3]:
        document.refresh_from_db()
        append([batch(document, [update], person)])
    (job,) = Job.objects.all()
    assert (job.kind, job.arguments) == ("documents.compact", {"document_id": str(document.pk)})
    compact_job(**job.arguments)
    document.refresh_from_db()
    assert document.compacted_seq == document.last_seq == 7


KILLED_BEFORE_COMMIT = """
import os, signal, sys, uuid, django
django.setup()
from django.db.models.signals import post_save
from documents.models import Document, Snapshot
from documents.sync.log import compact
post_save.connect(lambda **_: os.kill(os.getpid(), signal.SIGKILL), sender={sender}, weak=False)
compact(uuid.UUID(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sender", ["Snapshot", "Document"])
def test_a_kill_before_commit_leaves_all_as_it_was(document: Document, person: Person, sender: str) -> None:
    fill(document, person, 6)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_COMMIT.format(sender=sender), str(document.pk)],
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
            "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
            "COLLAB_DATABASE": database_url(),
        },
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert not Snapshot.objects.exists()
    document.refresh_from_db()
    assert document.compacted_seq == 0
    assert text_of(document) == "012345"
    assert compact(document.pk) == 6
    assert text_of(document) == "012345"
