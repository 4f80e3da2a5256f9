"""A Yjs page on the sync socket, for tests: type, wait for a word. No sleeping."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from pycrdt import Doc, Text, TransactionEvent
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from collab.crdt import messages
from collab.crdt.encoding import Reader
from collab.crdt.messages import AwarenessUpdate, Presence, SyncStep1, SyncStep2, SyncUpdate, Unknown
from documents.models import Document
from people.models import Person
from tests.realtime.browsers import ORIGIN, PATIENCE_SECONDS, Closed, session_for
from tests.realtime.servers import Server


class Page:
    """Says what y-websocket says. `doc` outlives the socket: connect again with it, and the two synchronise."""

    def __init__(
        self,
        server: Server,
        document: Document | UUID,
        session_key: str | None,
        *,
        doc: "Doc[Any] | None" = None,
        is_polite: bool = True,
        origin: str | None = ORIGIN,
        reads_ahead: int = 16,
    ) -> None:
        """`reads_ahead`: so many frames are taken from the system before anybody asks for them."""
        document_id = document.pk if isinstance(document, Document) else document
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_key}"} if session_key else {}
        self.session_key = session_key
        self.doc: Doc[Any] = doc or Doc()
        self.heard: list[messages.Incoming] = []
        self.states: dict[int, Presence] = {}
        self.sent = 0
        self.acknowledged = 0
        self.asked = 0  # the server's step 1
        self.answers = 0  # its step 2
        self.socket: ClientConnection = connect(
            f"ws://{server.host}/documents/{document_id}/sync",
            origin=Origin(origin) if origin else None,
            additional_headers=headers,
            compression=None,
            max_size=None,
            max_queue=reads_ahead,
            close_timeout=1,
            legacy=True,  # a test holds many sockets at once, each its own context manager
        )
        self._subscription = self.doc.observe(self._changed)
        self._is_silent = False
        if is_polite:
            with suppress(Closed):  # whoever waits for something is told
                self.ask()

    def __enter__(self) -> "Page":
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        self.doc.unobserve(self._subscription)
        self.socket.close()

    def cut(self) -> None:
        """Without a goodbye, as a lost network does."""
        self.doc.unobserve(self._subscription)
        self.socket.socket.close()

    @property
    def is_synced(self) -> bool:
        return self.answers > 0

    # --- say ---

    def ask(self) -> None:
        self.send(messages.sync_step_1(self.doc.get_state()))

    def send(self, message: bytes) -> None:
        try:
            self.socket.send(message)
        except ConnectionClosed as error:
            raise _closed(error) from None

    def send_content(self, message: bytes) -> None:
        self.sent += 1
        self.send(message)

    def _changed(self, event: TransactionEvent) -> None:
        if not self._is_silent and event.update != b"\x00\x00":
            self.send_content(messages.sync_update(event.update))

    @property
    def text(self) -> Text:
        text: Text = self.doc.get("text", type=Text)
        return text

    def type(self, words: str) -> None:
        text = self.text
        text += words

    @contextmanager
    def silence(self) -> Iterator[None]:
        """What changes meanwhile is not sent."""
        self._is_silent = True
        try:
            yield
        finally:
            self._is_silent = False

    def announce(self, state: str, clock: int, client: int | None = None) -> None:
        entry = Presence(client if client is not None else self.doc.client_id, clock, state)
        self.send(messages.awareness([entry]))

    # --- hear ---

    def next(self, seconds: float = PATIENCE_SECONDS) -> messages.Incoming:
        try:
            data = self.socket.recv(timeout=seconds)
        except ConnectionClosed as error:
            raise _closed(error) from None
        assert isinstance(data, bytes)
        message = messages.read_message(data)
        self.heard.append(message)
        self._take(message, data)
        return message

    def _take(self, message: messages.Incoming, data: bytes) -> None:
        match message:
            case SyncStep1():
                self.asked += 1
                self.send_content(messages.sync_step_2(self.doc.get_update(message.state)))
            case SyncStep2() | SyncUpdate():
                with self.silence():
                    self.doc.apply_update(message.update)
                self.answers += isinstance(message, SyncStep2)
            case AwarenessUpdate():
                self.states.update({entry.client: entry for entry in message.entries})
            case Unknown(kind=messages.ACKNOWLEDGED):
                reader = Reader(data)
                reader.var_uint()
                self.acknowledged = reader.var_uint()

    def hear_waiting(self) -> None:
        """What has come already, and no more."""
        with suppress(TimeoutError):
            while True:
                self.next(0)

    def wait(self, wanted: "Callable[[Page], object]", seconds: float = PATIENCE_SECONDS) -> None:
        """Hear until it is so."""
        deadline = time.monotonic() + seconds
        while not wanted(self):
            self.next(max(0.01, deadline - time.monotonic()))

    def wait_synced(self) -> "Page":
        self.wait(lambda page: page.is_synced)
        return self

    def wait_saved(self, seconds: float = PATIENCE_SECONDS) -> None:
        """All that was typed is acknowledged."""
        self.wait(lambda page: page.is_synced and page.acknowledged >= page.sent, seconds)

    def wait_for_text(self, text: str, seconds: float = PATIENCE_SECONDS) -> None:
        self.wait(lambda page: str(page.text) == text, seconds)

    def wait_closed(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Read until the server closes; the close code."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.next(max(0.01, deadline - time.monotonic()))
            except Closed as closed:
                return closed.code

    def fence(self) -> None:
        """Everything the server sent this socket before now has been heard afterwards."""
        before = self.answers
        self.ask()
        self.wait(lambda page: page.answers > before)


def _closed(error: ConnectionClosed) -> Closed:
    return Closed(error.rcvd.code, error.rcvd.reason) if error.rcvd else Closed(1006, "")


def open_page(server: Server, document: Document, person: Person, **how: Any) -> Page:
    """A signed-in person's page, synchronised."""
    return Page(server, document, session_for(person), **how).wait_synced()
