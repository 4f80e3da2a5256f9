"""A browser's live socket, for tests: say a word, wait for a word. No sleeping."""

import json
import time
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from people.models import Person

ORIGIN = "http://testserver"
PATIENCE_SECONDS = 10


def session_for(person: Person) -> str:
    """A signed-in session's key, as the cookie carries it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    assert session.session_key
    return session.session_key


class Closed(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with {code} {reason}")
        self.code = code


class Browser:
    """One page. `heard` keeps every frame in its order."""

    def __init__(
        self, host: str, session_key: str | None, *, origin: str | None = ORIGIN, path: str = "/live/"
    ) -> None:
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_key}"} if session_key else {}
        self.session_key = session_key
        self.heard: list[dict[str, Any]] = []
        self.socket: ClientConnection = connect(
            f"ws://{host}{path}",
            origin=origin,  # type: ignore[arg-type]
            additional_headers=headers,
            compression=None,
            max_size=None,
            close_timeout=1,
            legacy=True,  # a test holds many sockets at once, each its own context manager
        )

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, type_: str, data: dict[str, Any], *, write_id: str | None = None) -> str:
        write_id = write_id or str(uuid.uuid4())
        self.socket.send(json.dumps({"v": 1, "id": write_id, "type": type_, "data": data}))
        return write_id

    def ask(self, type_: str, data: dict[str, Any], *, write_id: str | None = None) -> dict[str, Any]:
        """Say it and wait for its answer: `done` or `error`."""
        write_id = self.say(type_, data, write_id=write_id)
        return self.wait_for(lambda frame: frame.get("id") == write_id)

    def follow(self, topic: str, **resume: Any) -> dict[str, Any]:
        """The picture, or `topic.resumed`."""
        answer = self.ask("topic.subscribe", {"topic": topic, **resume})
        assert answer["type"] == "done", answer
        begins = {"topic.picture", "topic.resumed"}
        return next(f for f in reversed(self.heard) if f.get("topic") == topic and f["type"] in begins)

    def wait(self, type_: str, *, topic: str | None = None, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """The next frame of that type."""
        return self.wait_for(
            lambda frame: frame["type"] == type_ and (topic is None or frame.get("topic") == topic), seconds
        )

    def wait_for(self, wanted: Any, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            frame = self.next(max(0.01, deadline - time.monotonic()))
            if wanted(frame):
                return frame

    def next(self, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        try:
            frame: dict[str, Any] = json.loads(self.socket.recv(timeout=seconds))
        except ConnectionClosed as error:
            close = error.rcvd
            raise Closed(close.code if close else 1006, close.reason if close else "") from None
        self.heard.append(frame)
        return frame

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
        self.say("topic.unsubscribe", {"topic": f"nothing:{uuid.uuid4()}"})
        self.wait("done")

    def types(self, topic: str | None = None) -> list[str]:
        return [frame["type"] for frame in self.heard if topic is None or frame.get("topic") == topic]
