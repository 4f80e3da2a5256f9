"""The sync socket at its door, against a real server process."""

import sys
import uuid

import pytest
from websockets.exceptions import InvalidStatus

from collab.crdt import messages
from documents.models import Client, Document, Update
from documents.sync.log import load_document
from people.models import Person
from tests.documents.pages import Page, open_page
from tests.realtime.browsers import session_for
from tests.realtime.servers import Server, Servers


def test_what_one_types_the_other_sees_and_the_log_holds(
    server: Server, document: Document, people: list[Person]
) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as one, open_page(server, document, editor) as other:
        one.type("Liberté, ")
        other.wait_for_text("Liberté, ")
        other.type("égalité")
        one.wait_for_text("Liberté, égalité")
        one.wait_saved()
        other.wait_saved()
    assert set(Update.objects.values_list("author", flat=True)) == {owner.pk, editor.pk}
    assert dict(Client.objects.values_list("number", "person")) == {
        one.doc.client_id: owner.pk,
        other.doc.client_id: editor.pk,
    }


def test_who_comes_later_gets_what_was_written(server: Server, document: Document, people: list[Person]) -> None:
    owner, _, reader, _ = people
    with open_page(server, document, owner) as page:
        page.type("Ordre du jour")
        page.wait_saved()
        with open_page(server, document, reader) as later:
            assert str(later.text) == "Ordre du jour"


def test_an_edit_is_acknowledged_only_when_it_is_in_the_log(
    server: Server, document: Document, people: list[Person]
) -> None:
    with open_page(server, document, people[0]) as page:
        for number in range(20):
            page.type(f"{number} ")
            page.wait_saved()
            parts = load_document(document.pk).parts
            assert f"{number} ".encode() in b"".join(parts)


def test_a_stranger_is_refused_like_an_absent_document(
    server: Server, document: Document, people: list[Person]
) -> None:
    *_, stranger = people
    session = session_for(stranger)
    with Page(server, document, session) as page, Page(server, uuid.uuid4(), session) as absent:
        assert page.wait_closed() == absent.wait_closed() == 4403
        assert page.heard == absent.heard == []


def test_who_is_not_signed_in_is_refused(server: Server, document: Document, people: list[Person]) -> None:
    for session_key in (None, "x" * 32):
        with Page(server, document, session_key) as page:
            assert page.wait_closed() == 4401


@pytest.mark.parametrize("origin", [None, "null", "https://testserver", "http://evil.example"])
def test_a_page_from_elsewhere_is_refused(
    server: Server, document: Document, people: list[Person], origin: str | None
) -> None:
    session = session_for(people[0])
    with Page(server, document, session) as ours:
        ours.wait_synced()
    with pytest.raises(InvalidStatus) as refusal:
        Page(server, document, session, origin=origin)
    assert refusal.value.response.status_code == 403


def test_two_who_come_first_at_once_share_one_replica(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, *_ = people
    sessions = [session_for(person) for person in (owner, editor) * 4]
    pages = [Page(server, document, session) for session in sessions]
    for page in pages:
        page.wait_synced()
    pages[0].type("une seule fois")
    for page in pages[1:]:
        page.wait_for_text("une seule fois")
    for page in pages:
        page.leave()


def test_a_message_nobody_speaks_is_skipped(server: Server, document: Document, people: list[Person]) -> None:
    with open_page(server, document, people[0]) as page:
        page.send(b"\x63whatever")
        page.send(messages.query_awareness())
        page.fence()


def _plain_uvicorn(fd: int) -> list[str]:
    how = ["--fd", str(fd), "--lifespan", "off", "--ws", "websockets-sansio", "--log-level", "error"]
    return [sys.executable, "-m", "uvicorn", "collab.server.asgi:application", *how]


def test_a_server_without_our_frames_does_as_well(servers: Servers, document: Document, people: list[Person]) -> None:
    plain = servers.start(command=_plain_uvicorn)
    owner, editor, reader, _ = people
    with open_page(plain, document, owner) as one, open_page(plain, document, editor) as other:
        for number in range(50):
            one.type(f"{number} ")
        other.wait_for_text("".join(f"{number} " for number in range(50)))
        one.wait_saved()
        with open_page(plain, document, reader) as reading:
            reading.send(messages.sync_update(b"nonsense"))
            assert reading.wait_closed() == 4400
        other.socket.send("text")
        assert other.wait_closed() == 4400
