"""Killed, stopped, without a database or a reader: nothing acknowledged is lost, and nobody is fooled."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from pycrdt import Doc, Text

from collab.crdt import messages
from documents.content import load
from documents.models import Document, Update
from documents.sync import limits
from documents.sync.log import load_document
from people.models import Person
from tests.documents.pages import Page, open_page
from tests.documents.test_together import wait_until_equal
from tests.realtime.browsers import Closed, session_for
from tests.realtime.servers import Server, Servers


def stored_text(document: Document) -> str:
    return str(load(load_document(document.pk).parts).get("text", type=Text))


@pytest.mark.faults
def test_what_was_acknowledged_survives_kill_minus_nine(
    servers: Servers, document: Document, people: list[Person]
) -> None:
    """Five kills while three write. Acknowledged: in SQL. The rest: in the pages, and back after they reconnect."""
    seed = 20261124
    dice = random.Random(seed)
    server = servers.start()
    owner, editor, *_ = people
    sessions = [session_for(person) for person in (owner, editor, owner)]
    docs: list[Doc[Any]] = [Doc(), Doc(), Doc()]
    written: list[str] = []
    for turn in range(5):
        pages = [Page(server, document, key, doc=doc).wait_synced() for key, doc in zip(sessions, docs, strict=True)]
        acknowledged: dict[Page, list[str]] = {page: [] for page in pages}
        sent: dict[Page, list[tuple[int, str]]] = {page: [] for page in pages}
        for number in range(dice.randint(20, 60)):
            for name, page in zip("abc", pages, strict=True):
                word = f"[{name}{turn}.{number}]"
                page.text.insert(0, word)
                sent[page].append((page.sent, word))
                page.hear_waiting()
        server.kill()
        for page in pages:
            try:
                page.wait(lambda page: False)  # what was on its way
            except Closed:
                acknowledged[page] = [word for count, word in sent[page] if count <= page.acknowledged]
            page.leave()
        text = stored_text(document)
        for words in acknowledged.values():
            for word in words:
                assert text.count(word) == 1, (seed, turn, word)
        written += [word for words in sent.values() for _, word in words]
        server.start()
    pages = [Page(server, document, key, doc=doc).wait_synced() for key, doc in zip(sessions, docs, strict=True)]
    for page in pages:
        page.wait_saved()
    wait_until_equal(pages)
    texts = {str(page.text) for page in pages} | {stored_text(document)}
    assert len(texts) == 1, seed
    whole = texts.pop()
    assert all(whole.count(word) == 1 for word in written), seed
    for page in pages:
        page.leave()


def test_a_stop_stores_what_is_on_its_way_and_hands_the_pages_over(
    servers: Servers, document: Document, people: list[Person]
) -> None:
    server = servers.start()
    with open_page(server, document, people[0]) as page:
        page.wait_saved()
        for number in range(30):
            page.type(f"{number} ")
        page.send(messages.query_awareness())
        page.wait(lambda page: any(isinstance(one, messages.AwarenessUpdate) for one in page.heard))  # it heard all
        assert server.stop() in (0, -15)
        assert page.wait_closed() == 1012
    assert stored_text(document) == "".join(f"{number} " for number in range(30))


@contextmanager
def no_table(name: str) -> Iterator[None]:
    """The database refuses: the table is away."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO {name}_away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {name}_away RENAME TO {name}")


def test_a_document_that_cannot_be_read_is_never_an_empty_one(
    servers: Servers, document: Document, people: list[Person]
) -> None:
    server = servers.start()
    owner, editor, *_ = people
    with open_page(server, document, owner) as page:
        page.type("plein")
        page.wait_saved()
    server.kill()
    server.start()
    session = session_for(editor)
    with no_table("documents_snapshot"), Page(server, document, session) as page:
        assert page.wait_closed() == 4503
        assert page.heard == []
    with Page(server, document, session) as page:
        page.wait_synced()
        assert str(page.text) == "plein"


def test_a_log_with_a_hole_is_not_served(servers: Servers, document: Document, people: list[Person]) -> None:
    server = servers.start()
    with open_page(server, document, people[0]) as page:
        for number in range(3):
            page.type(f"{number}")
            page.wait_saved()
    server.kill()
    Update.objects.filter(document=document, seq=2).delete()
    server.start()
    with Page(server, document, session_for(people[0])) as page:
        assert page.wait_closed() == 4503
        assert page.heard == []


def test_while_nothing_is_stored_people_go_on_and_nothing_is_acknowledged(
    server: Server, document: Document, people: list[Person]
) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        page.type("avant, ")
        page.wait_saved()
        other.wait_saved()
        saved = page.acknowledged
        with no_table("documents_update"):
            page.type("pendant, ")
            other.wait_for_text("avant, pendant, ")
            other.type("aussi")
            page.wait_for_text("avant, pendant, aussi")
            page.fence()
            assert page.acknowledged == saved
        page.wait_saved()
        other.wait_saved()
    assert stored_text(document) == "avant, pendant, aussi"


def test_who_writes_too_much_while_nothing_is_stored_is_told(
    server: Server, document: Document, people: list[Person]
) -> None:
    part = "x" * 900_000
    pages = [open_page(server, document, person) for person in (people[0], people[1])]
    for page in pages:
        page.wait_saved()
    codes = []
    with no_table("documents_update"):
        for page in pages:
            try:
                for _ in range(limits.UNSTORED_BYTES // len(part) // 2 + 1):
                    page.type(part)
                page.fence()
            except Closed as end:
                codes.append(end.code)
    assert codes == [4503]
    for page in pages:
        page.leave()
    with open_page(server, document, people[0]) as after:  # what was taken is stored now
        after.wait_saved()
        assert len(after.text) >= len(part) * (limits.UNSTORED_BYTES // len(part) // 2)


def test_a_slow_reader_gets_one_difference_and_costs_little(
    server: Server, document: Document, people: list[Person]
) -> None:
    owner, _, reader, _ = people
    slow = Page(server, document, session_for(reader), reads_ahead=1)
    slow.wait_synced()
    slow.socket.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 256 * 1024)
    before = server.rss_kib()
    with open_page(server, document, owner) as page:
        page.wait_saved()
        for number in range(36):  # 7 MB are said, and none of them read
            page.text.insert(0, f"{number:05}" * 40_000)
            del page.text[0 : 5 * 40_000]
            page.fence()
        page.type("fin")
        page.wait_saved()
        assert server.rss_kib() - before < 64 * 1024
        slow.wait_for_text("fin", seconds=30)
        wait_until_equal([page, slow])
        assert sum(len(one.update) for one in slow.heard if isinstance(one, messages.SyncUpdate)) < 6_500_000
    slow.leave()
