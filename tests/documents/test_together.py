"""Many write at once, in one process and in two; rights and hints come and go meanwhile."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.crdt.messages import SyncStep1
from collab.crdt.updates import read_state
from collab.realtime import hub
from documents import services
from documents.content import load
from documents.models import Document, Right
from documents.sync.log import compact, load_document
from groups import services as groups
from groups.models import Role
from people.models import Person
from tests.documents.factories import document_of
from tests.documents.pages import Page, open_page
from tests.factories import MembershipFactory, PersonFactory
from tests.realtime.browsers import Closed, session_for
from tests.realtime.servers import Server, Servers

SEED = (Path(__file__).parent / "data/seed.txt").read_text()
LINES = [line for line in SEED.splitlines() if line.strip()]
STROKE = 23  # characters that leave together


def fragment_of(doc: "Doc[Any]") -> XmlFragment:
    fragment: XmlFragment = doc.get("default", type=XmlFragment)
    return fragment


def lines_of(doc: "Doc[Any]") -> list[str]:
    paragraphs: list[Any] = list(fragment_of(doc).children)
    return [str(paragraph.children[0]) for paragraph in paragraphs]


def type_the_seed(pages: list[Page]) -> None:
    """Each types every so many-th paragraph, all at the same time."""
    first = pages[0]
    with first.doc.transaction():
        for _ in LINES:
            fragment_of(first.doc).children.append(XmlElement("paragraph", {}, [XmlText("")]))
    for page in pages[1:]:
        page.wait(lambda page: len(fragment_of(page.doc).children) == len(LINES))
    for start in range(0, max(map(len, LINES)), STROKE):
        for number, line in enumerate(LINES):
            page = pages[number % len(pages)]
            if line[start : start + STROKE]:
                paragraph: Any = fragment_of(page.doc).children[number]
                text = paragraph.children[0]
                text += line[start : start + STROKE]
            page.hear_waiting()


def wait_until_equal(pages: list[Page], seconds: float = 30) -> None:
    """All have seen all that any of them has."""
    whole: dict[int, int] = {}
    for page in pages:
        for number, clock in read_state(page.doc.get_state()).items():
            whole[number] = max(clock, whole.get(number, 0))
    for page in pages:
        page.wait(lambda page: read_state(page.doc.get_state()) == whole, seconds)


def stored(document: Document) -> "Doc[Any]":
    return load(load_document(document.pk).parts)


def test_pages_of_text_typed_by_five_are_the_same_for_all(
    servers: Servers, document: Document, people: list[Person]
) -> None:
    server = servers.start()
    owner, editor, reader, _ = people
    pages = [open_page(server, document, person) for person in (owner, editor, owner, editor, owner)]
    watching = open_page(server, document, reader)
    type_the_seed(pages)
    for page in pages:
        page.wait_saved(30)
    wait_until_equal([*pages, watching])
    for page in [*pages, watching]:
        assert lines_of(page.doc) == LINES
        page.leave()
    server.stop()
    compact(document.pk)
    server.start()
    with open_page(server, document, editor) as after:
        assert lines_of(after.doc) == LINES
    assert lines_of(stored(document)) == LINES


def test_the_same_in_two_processes(servers: Servers, document: Document, people: list[Person]) -> None:
    one, other = servers.start(), servers.start()
    owner, editor, reader, _ = people
    pages = [open_page(server, document, person) for server in (one, other) for person in (owner, editor)]
    watching = [open_page(server, document, reader) for server in (one, other)]
    type_the_seed(pages)
    for page in pages:
        page.wait_saved(30)
    wait_until_equal([*pages, *watching])
    for page in [*pages, *watching]:
        assert lines_of(page.doc) == LINES
        page.leave()
    assert lines_of(stored(document)) == LINES


def test_cursors_are_seen_across_processes(servers: Servers, document: Document, people: list[Person]) -> None:
    one, other = servers.start(), servers.start()
    owner, editor, *_ = people
    here = open_page(one, document, owner)
    here.announce('{"cursor":1}', 1)
    with open_page(other, document, editor) as there:  # came later: it is told who is there
        there.wait(lambda there: here.doc.client_id in there.states)
        assert json.loads(there.states[here.doc.client_id].state)["user"]["name"] == "Inès"
        there.announce("{}", 1)
        here.wait(lambda here: there.doc.client_id in here.states)
        here.leave()
        there.wait(lambda there: there.states[here.doc.client_id].state == "null")


def test_a_process_without_hints_finds_rows_by_their_number(
    servers: Servers, document: Document, people: list[Person], tmp_path: Path
) -> None:
    one = servers.start()
    deaf = servers.start(environment={"COLLAB_VALKEY": f"unix://{tmp_path}/nobody"})
    owner, editor, *_ = people
    with open_page(one, document, owner) as here, open_page(deaf, document, editor) as there:
        here.type("sans nouvelles, ")
        here.wait_saved()
        there.wait_for_text("sans nouvelles, ", seconds=15)
        there.type("bonnes nouvelles")
        there.wait_saved()
        here.wait_for_text("sans nouvelles, bonnes nouvelles", seconds=15)


def test_one_number_in_two_processes_cannot_say_two_things(
    servers: Servers, document: Document, people: list[Person], tmp_path: Path
) -> None:
    """Neither process knows of the other's edit when it takes its own: the log is what decides."""
    one = servers.start()
    deaf = servers.start(environment={"COLLAB_VALKEY": f"unix://{tmp_path}/nobody"})
    owner = people[0]
    with open_page(one, document, owner) as here:
        twin = Page(deaf, document, session_for(owner), doc=Doc(client_id=here.doc.client_id)).wait_synced()
        here.wait_saved()
        twin.wait_saved()
        here.type("bonjour")
        here.wait_saved()
        twin.type("bonsoir")
        assert twin.wait_closed() == 4409
        twin.leave()
    assert str(stored(document).get("text", type=type(here.text))) == "bonjour"


# --- rights are live ---


def test_a_right_taken_away_closes_the_socket_at_once(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        services.withdraw(document_id=document.pk, person_id=editor.pk, by=owner)
        assert other.wait_closed(seconds=2) == 4403
        page.type("entre nous")
        page.wait_saved()
        with Page(server, document, other.session_key) as again:
            assert again.wait_closed() == 4403
            assert not again.heard


def test_a_right_made_smaller_lets_read_and_not_write(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        other.type("avant, ")
        page.wait_for_text("avant, ")
        services.grant(document_id=document.pk, person_id=editor.pk, right=Right.READER, by=owner)
        page.type("après")
        other.wait_for_text("avant, après")
        with pytest.raises(Closed) as end:
            while True:  # until the hint is heard
                other.type("!")
                other.next()
        assert end.value.code == 4403
    with open_page(server, document, editor) as again:
        again.fence()
        assert again.asked == 0


def test_a_right_made_larger_is_asked_what_it_has(server: Server, document: Document, people: list[Person]) -> None:
    owner, _, reader, _ = people
    with open_page(server, document, reader) as page:
        with page.silence():
            page.type("écrit en attendant")
        services.grant(document_id=document.pk, person_id=reader.pk, right=Right.EDITOR, by=owner)
        page.wait(lambda page: any(isinstance(message, SyncStep1) for message in page.heard), seconds=2)
        page.wait_saved()
    assert str(stored(document).get("text", type=type(page.text))) == "écrit en attendant"


def test_who_leaves_the_group_leaves_its_documents(server: Server, people: list[Person]) -> None:
    member = MembershipFactory(role=Role.MEMBER)
    document = Document.objects.create(title="Du groupe", group=member.group)
    with open_page(server, document, member.person) as page:
        page.type("à nous")
        page.wait_saved()
        groups.leave(group_id=member.group.pk, by=member.person)
        assert page.wait_closed(seconds=2) == 4403


def test_who_signs_out_is_closed(server: Server, document: Document, people: list[Person]) -> None:
    owner = people[0]
    with open_page(server, document, owner) as page, open_page(server, document, owner) as elsewhere:
        Session.objects.get(session_key=page.session_key).delete()
        assert page.wait_closed(seconds=2) == 4401
        elsewhere.fence()


def test_a_closed_account_is_closed(server: Server, document: Document, people: list[Person]) -> None:
    owner = people[0]
    with open_page(server, document, owner) as page:
        with transaction.atomic():
            Person.objects.filter(pk=owner.pk).update(is_active=False)
            hub.revoke(person_id=owner.pk)
        assert page.wait_closed(seconds=2) == 4401


def test_another_name_is_seen_at_the_next_word(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        Person.objects.filter(pk=owner.pk).update(name="Inès B.")
        with transaction.atomic():
            hub.revoke(person_id=owner.pk)
        other.fence()
        clock = 0
        told = ""
        while "Inès B." not in told:  # until the hint is heard
            clock += 1
            page.announce("{}", clock)
            while not (state := other.states.get(page.doc.client_id)) or state.clock < clock:
                other.next()
            told = state.state


def test_a_document_that_is_deleted_is_gone(server: Server, people: list[Person]) -> None:
    document = document_of(PersonFactory())
    assert document.owner is not None
    with open_page(server, document, document.owner) as page:
        Document.objects.filter(pk=document.pk).delete()
        page.type("trop tard")
        assert page.wait_closed() == 4403
