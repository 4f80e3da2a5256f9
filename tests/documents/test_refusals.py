"""What the sync socket does not take: each thing has its close code, and the process lives on."""

import json
import random
from typing import Any

import pytest
from pycrdt import Doc, Text

from collab.crdt import messages
from collab.crdt.encoding import var_bytes, var_uint
from collab.crdt.messages import Presence
from collab.crdt.updates import EMPTY
from documents.models import Client, Document, Update
from documents.sync import limits
from people.models import Person
from tests.crdt.test_depths import nested
from tests.documents.pages import Page, open_page
from tests.realtime.browsers import Closed, session_for
from tests.realtime.servers import Server


def written(words: str, *, client: int = 77) -> bytes:
    """An update that writes the words at the start of the text."""
    doc: Doc[Text] = Doc(client_id=client)
    doc["text"] = Text(words)
    return doc.get_update()


MALFORMED = {
    "nothing at all": b"",
    "half a number": b"\x80",
    "a sync message without its step": b"\x00",
    "a step nobody knows": b"\x00\x03\x00",
    "a length without its bytes": b"\x00\x02" + var_uint(1000) + b"x",
    "bytes after the message": messages.sync_update(EMPTY) + b"\x00",
    "step 1 that claims half a billion clients": messages.sync_step_1(var_uint(500_000_000)),
    "step 1 cut short": messages.sync_step_1(b"\x02\x01\x01"),
    "step 1 that is empty": messages.sync_step_1(b""),
    "step 2 that claims half a billion clients": messages.sync_step_2(var_uint(500_000_000)),
    "an update that claims a hundred million clients": messages.sync_update(var_uint(100_000_000)),
    "an update that is a word": messages.sync_update(b"hello"),
    "an update cut short": messages.sync_update(written("Liberté")[:-3]),
    "an update with a tail": messages.sync_update(written("Liberté") + b"\x01"),
    "a clock beyond all clocks": messages.sync_update(b"\x01\x01\x01" + var_uint(2**40) + b"\x04\x01\x01t\x01x\x00"),
    "a thousand elements inside one another": messages.sync_update(nested(1000)),
    "a sub-document": messages.sync_update(b"\x01\x01\x01\x00\x09\x01\x01a\x01g\x76\x00\x00"),
    "awareness that claims a million entries": b"\x01" + var_bytes(var_uint(1_000_000)),
    "awareness cut short": b"\x01" + var_bytes(b"\x01\x05\x01\x20{}"),
    "awareness that is not text": b"\x01" + var_bytes(b"\x01\x05\x01\x02\xc3\x28"),
    "more cursors than people": messages.awareness([Presence(n, 1, "{}") for n in range(limits.AWARENESS_ENTRIES + 1)]),
}


def test_what_has_no_form_is_refused_and_the_process_lives(
    server: Server, document: Document, people: list[Person]
) -> None:
    owner = session_for(people[0])
    with open_page(server, document, people[1]) as neighbour:
        before = server.rss_kib()
        for name, message in MALFORMED.items():
            with Page(server, document, owner).wait_synced() as page:
                page.send(message)
                assert page.wait_closed() == 4400, name
        with Page(server, document, owner).wait_synced() as page:
            page.socket.send("text")
            assert page.wait_closed() == 4400
        neighbour.type("toujours là")
        neighbour.wait_saved()
        assert server.rss_kib() - before < 16 * 1024
    assert b"".join(bytes(row.data) for row in Update.objects.all()).count("toujours là".encode()) == 1


def test_every_truncation_is_refused(server: Server, document: Document, people: list[Person]) -> None:
    whole = messages.sync_update(written("Tout ou rien"))
    session = session_for(people[0])
    for length in range(len(whole)):
        with Page(server, document, session) as page:
            page.send(whole[:length])
            assert page.wait_closed() == 4400, length
    assert not Update.objects.exists()


def test_thousands_of_mutations_harm_nobody(server: Server, document: Document, people: list[Person]) -> None:
    seed = 20261124
    dice = random.Random(seed)
    session = session_for(people[0])
    whole = messages.sync_update(written("Réunion publique à dix-huit heures"))
    page = Page(server, document, session)
    closed: dict[int, int] = {}
    with open_page(server, document, people[1]) as neighbour:
        before = server.rss_kib()
        for _ in range(600):
            mutated = bytearray(whole)
            for _ in range(dice.randint(1, 4)):
                mutated[dice.randrange(len(mutated))] = dice.randrange(256)
            try:
                page.send(bytes(mutated))
                page.fence()
            except Closed as end:
                closed[end.code] = closed.get(end.code, 0) + 1
                page.leave()
                page = Page(server, document, session)
        assert set(closed) <= {4400, 4409, 4429}, (seed, closed)
        assert closed[4400] > 100
        assert server.rss_kib() - before < 32 * 1024, seed
        neighbour.fence()
        with open_page(server, document, people[0]) as fresh:
            assert fresh.doc.get_state() == neighbour.doc.get_state(), seed
    page.leave()


def test_a_frame_too_large_is_refused(server: Server, document: Document, people: list[Person]) -> None:
    with open_page(server, document, people[0]) as page:
        with pytest.raises(Closed) as end:
            page.send(b"\x00\x02" + var_bytes(bytes(limits.FRAME_BYTES)))
            page.wait(lambda page: False)
        assert end.value.code in (1009, 4413)


def test_a_document_has_a_size(server: Server, document: Document, people: list[Person]) -> None:
    part = "é" * 100_000
    with open_page(server, document, people[0]) as page:
        with pytest.raises(Closed) as end:
            for _ in range(limits.DOCUMENT_BYTES // 200_000 + 2):
                page.type(part)
                page.wait_saved()
        assert end.value.code in (4413, 4429)
    assert Update.objects.count() >= 30


# --- readers ---


def ways_to_write() -> dict[str, bytes]:
    return {
        "update": messages.sync_update(written("vandale")),
        "step 2": messages.sync_step_2(written("vandale")),
    }


@pytest.mark.parametrize("way", ["update", "step 2"])
def test_a_reader_cannot_write(server: Server, document: Document, people: list[Person], way: str) -> None:
    owner, editor, reader, _ = people
    message = ways_to_write()[way]
    with open_page(server, document, owner) as page, open_page(server, document, reader) as reading:
        page.type("intact")
        reading.wait_for_text("intact")
        page.wait_saved()
        reading.send(message)
        assert reading.wait_closed() == 4403
        page.fence()
        assert str(page.text) == "intact"
    assert Update.objects.filter(author=reader).count() == 0
    with open_page(server, document, editor) as page:
        page.send_content(message)  # the same message, of somebody who may
        page.wait_saved()
    assert Update.objects.filter(author=editor).count() == 1


def test_a_reader_cannot_delete(server: Server, document: Document, people: list[Person]) -> None:
    owner, _, reader, _ = people
    with open_page(server, document, owner) as page:
        page.type("intact")
        page.wait_saved()
        deletion = b"\x00\x01" + var_uint(page.doc.client_id) + b"\x01\x00\x02"
        for kind in (messages.sync_update, messages.sync_step_2):
            with open_page(server, document, reader) as reading:
                reading.send(kind(deletion))
                assert reading.wait_closed() == 4403
        page.fence()
        assert str(page.text) == "intact"


def test_a_reader_may_repeat_what_everybody_has(server: Server, document: Document, people: list[Person]) -> None:
    """A plain Yjs client answers every step 1 with a step 2, deletions and all."""
    owner, _, reader, _ = people
    with open_page(server, document, owner) as page:
        page.type("abc")
        del page.text[1:2]
        page.wait_saved()
        with open_page(server, document, reader) as reading:
            assert reading.asked == 0
            reading.send_content(messages.sync_step_2(EMPTY))
            reading.send_content(messages.sync_step_2(reading.doc.get_update()))
            reading.send_content(messages.sync_step_2(reading.doc.get_update(reading.doc.get_state())))
            reading.wait_saved()
    assert set(Update.objects.values_list("author", flat=True)) == {owner.pk}


# --- client numbers ---


def test_a_number_belongs_to_who_wrote_with_it_first(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        page.type("à moi")
        other.wait_for_text("à moi")
        thief: Doc[Text] = Doc(client_id=page.doc.client_id)
        thief.apply_update(page.doc.get_update())
        before = thief.get_state()
        thief.get("text", type=Text).insert(0, "volé ")
        for kind in (messages.sync_update, messages.sync_step_2):
            with open_page(server, document, editor) as stealing:
                stealing.send(kind(thief.get_update(before)))
                assert stealing.wait_closed() == 4409
        page.type(", encore")
        other.wait_for_text("à moi, encore")
        page.wait_saved()
    assert list(Client.objects.values_list("number", "person")) == [(page.doc.client_id, owner.pk)]


def test_one_number_with_two_contents_is_refused(server: Server, document: Document, people: list[Person]) -> None:
    """A copied tab: two pages with one client number. Yjs would let them differ for ever."""
    owner = people[0]
    with open_page(server, document, owner) as page:
        page.type("bonjour")
        page.wait_saved()
        copy = Page(server, document, session_for(owner), doc=Doc(client_id=page.doc.client_id), is_polite=False)
        copy.send(messages.sync_step_2(written("bonsoir", client=page.doc.client_id)))
        assert copy.wait_closed() == 4409
        page.fence()
        assert str(page.text) == "bonjour"
        copy.leave()


def test_the_same_content_again_is_no_contradiction(server: Server, document: Document, people: list[Person]) -> None:
    with open_page(server, document, people[0]) as page:
        page.type("bonjour")
        page.send_content(messages.sync_update(page.doc.get_update()))
        page.send_content(messages.sync_step_2(page.doc.get_update()))
        page.wait_saved()
    assert Update.objects.count() == 1


def test_what_the_server_lost_comes_back_from_whoever_has_it(
    server: Server, document: Document, people: list[Person]
) -> None:
    """An edit is broadcast before it is stored: after a crash, somebody else's page may be the one that has it."""
    owner, editor, *_ = people
    author: Doc[Text] = Doc()
    author["text"] = Text("perdu et retrouvé")
    witness: Doc[Text] = Doc()
    witness.apply_update(author.get_update())
    with open_page(server, document, editor, doc=witness) as page:
        page.wait_saved()
        with open_page(server, document, owner, doc=author) as back:
            back.type(", puis continué")
            back.wait_saved()
            page.wait_for_text("perdu et retrouvé, puis continué")
    assert dict(Client.objects.values_list("number", "person")) == {author.client_id: owner.pk}


# --- gaps ---


def test_what_is_missing_is_asked_for_again(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        page.wait_saved()
        with page.silence():
            page.type("0")
            before = page.doc.get_state()
            page.type("1")
            page.send_content(messages.sync_update(page.doc.get_update(before)))
        page.wait(lambda page: page.asked == 2)  # and it answers
        other.wait_for_text("01")
        page.wait_saved()


def test_a_gap_is_not_acknowledged_before_it_is_filled(
    server: Server, document: Document, people: list[Person]
) -> None:
    with open_page(server, document, people[0]) as page:
        page.wait_saved()
        saved = page.acknowledged
        doc: Doc[Text] = Doc(client_id=5)
        text = doc.get("text", type=Text)
        text += "0"
        before = doc.get_state()
        text += "1"
        page.send(messages.sync_update(doc.get_update(before)))
        page.send(messages.sync_update(written("autre", client=6)))
        page.wait(lambda page: page.asked == 2)  # which it answers with its own document: nothing new
        page.fence()
        assert page.acknowledged == saved
        page.send(messages.sync_step_2(doc.get_update()))
        page.wait(lambda page: page.acknowledged > saved)
    with open_page(server, document, people[0]) as fresh:
        assert sorted(str(fresh.text)) == sorted("01autre")


def test_a_client_that_never_fills_its_gap_is_refused(server: Server, document: Document, people: list[Person]) -> None:
    doc: Doc[Text] = Doc(client_id=5)
    text = doc.get("text", type=Text)
    text += "0"
    before = doc.get_state()
    text += "1"
    gap = doc.get_update(before)
    with open_page(server, document, people[0]) as page:
        with pytest.raises(Closed) as end:
            for _ in range(limits.GAPS_IN_A_ROW * 2):
                page.send(messages.sync_step_2(gap))
            page.wait(lambda page: False)
        assert end.value.code == 4400
    assert not Update.objects.exists()


# --- too much ---


def test_a_flood_is_refused(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as neighbour:
        with pytest.raises(Closed) as end:
            for _ in range(limits.MESSAGES_BURST * 3):
                page.send(messages.query_awareness())
            page.wait(lambda page: False)
        assert end.value.code == 4429
        neighbour.fence()


def test_a_flood_of_questions_is_refused(server: Server, document: Document, people: list[Person]) -> None:
    with open_page(server, document, people[0]) as page:
        with pytest.raises(Closed) as end:
            for _ in range(limits.QUESTIONS_BURST * 3):
                page.ask()
            page.wait(lambda page: False)
        assert end.value.code == 4429


def test_a_person_has_so_many_sockets(server: Server, document: Document, people: list[Person]) -> None:
    session = session_for(people[0])
    pages = [Page(server, document, session) for _ in range(limits.SOCKETS_A_PERSON)]
    for page in pages:
        page.wait_synced()
    with Page(server, document, session) as one_more:
        assert one_more.wait_closed() == 4429
    pages.pop().leave()
    with open_page(server, document, people[1]) as neighbour:
        neighbour.fence()
    for page in pages:
        page.leave()


# --- who is here ---


def state_of(page: Page, client: int) -> dict[str, Any] | None:
    page.wait(lambda page: client in page.states)
    state: dict[str, Any] | None = json.loads(page.states[client].state)
    return state


def test_others_see_the_name_the_server_knows(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, reader, _ = people
    with open_page(server, document, owner) as page, open_page(server, document, reader) as other:
        forged = {"user": {"name": "La présidente", "id": str(editor.pk), "color": "#a1b2c3"}, "cursor": {"head": 3}}
        page.announce(json.dumps(forged), 1)
        assert state_of(other, page.doc.client_id) == {
            "user": {"name": "Inès", "id": str(owner.pk), "color": "#a1b2c3"},
            "cursor": {"head": 3},
        }
        other.announce("{}", 1)
        assert state_of(page, other.doc.client_id) == {"user": {"name": "Rosa", "id": str(reader.pk)}}
        with open_page(server, document, editor) as late:
            late.wait(lambda late: {page.doc.client_id, other.doc.client_id} <= set(late.states))


ODD_STATES = {
    "not JSON": "{",
    "a list": "[]",
    "a number": "7",
    "too long": json.dumps({"x": "é" * limits.AWARENESS_BYTES}),
    "too deep": '{"x":' + "[" * 500 + "]" * 500 + "}",
    "far too deep": "[" * 4000,
}


@pytest.mark.parametrize("odd", ODD_STATES.values(), ids=ODD_STATES.keys())
def test_an_odd_state_is_nobody(server: Server, document: Document, people: list[Person], odd: str) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        page.announce('{"cursor":1}', 1)
        assert state_of(other, page.doc.client_id) is not None
        page.announce(odd, 2)
        other.wait(lambda other: other.states[page.doc.client_id].state == "null")
        page.fence()


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345", 'url("//evil")', "#a1b2c3;}", 7, None])
def test_a_colour_is_a_colour(server: Server, document: Document, people: list[Person], colour: object) -> None:
    owner, editor, *_ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        page.announce(json.dumps({"user": {"color": colour}}), 1)
        assert state_of(other, page.doc.client_id) == {"user": {"name": "Inès", "id": str(owner.pk)}}


def test_nobody_speaks_for_another(server: Server, document: Document, people: list[Person]) -> None:
    owner, editor, reader, _ = people
    with open_page(server, document, owner) as page, open_page(server, document, editor) as other:
        page.announce('{"cursor":1}', 1)
        assert state_of(other, page.doc.client_id) is not None
        for forged in ("null", '{"cursor":2}'):
            other.announce(forged, 9, client=page.doc.client_id)
        other.fence()
        with open_page(server, document, reader) as third:
            state = state_of(third, page.doc.client_id)
            assert state is not None and state["cursor"] == 1 and third.states[page.doc.client_id].clock == 1


def test_who_leaves_is_gone_and_an_echo_does_not_bring_them_back(
    server: Server, document: Document, people: list[Person]
) -> None:
    owner, editor, reader, _ = people
    with open_page(server, document, editor) as other, open_page(server, document, reader) as third:
        page = open_page(server, document, owner)
        page.announce('{"cursor":1}', 1)
        assert state_of(other, page.doc.client_id) is not None
        page.leave()
        other.wait(lambda other: other.states[page.doc.client_id].state == "null")
        for clock in (1, 2, 50):
            other.announce('{"cursor":1}', clock, client=page.doc.client_id)
        other.fence()
        third.fence()
        third.wait(lambda third: third.states.get(page.doc.client_id, Presence(0, 0, "null")).state == "null")


def test_who_comes_back_with_an_old_clock_is_asked_to_tell_again(
    server: Server, document: Document, people: list[Person]
) -> None:
    owner, editor, *_ = people
    with open_page(server, document, editor) as other:
        page = open_page(server, document, owner)
        page.announce('{"cursor":1}', 4)
        assert state_of(other, page.doc.client_id) is not None
        page.leave()
        other.wait(lambda other: other.states[page.doc.client_id].state == "null")
        with open_page(server, document, owner, doc=page.doc) as again:
            again.announce('{"cursor":1}', 4)
            again.wait(lambda again: again.doc.client_id in again.states)
            told = again.states[again.doc.client_id]
            assert told.state == "null" and told.clock >= 4
            again.announce('{"cursor":1}', told.clock + 1)  # as y-protocols does
            other.wait(lambda other: other.states[page.doc.client_id].state != "null")
