"""The live socket: `/live/`. Prose: docs/protocol.md."""

import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import translation

from . import doors, frames, local, streams
from .bridge import in_thread_speaking
from .connection import Connection, Frame
from .errors import BadWord, DomainError, NotFound, TooFast
from .limits import Rate
from .protocol import (
    CLOSE_BAD_FRAME,
    CLOSE_RESUME,
    CLOSE_SIGNED_OUT,
    CLOSE_TOO_MANY,
    Envelope,
    Picture,
    Resumed,
    Revoked,
    Subscribe,
    Unsubscribe,
    announcement,
    encode,
    read_envelope,
    read_word,
)
from .topics import Caller

log = structlog.get_logger(__name__)

MAX_FRAME_BYTES = 16 * 1024
# In one process. A browser needs one for all its tabs; where it cannot share, one a tab.
MAX_SOCKETS_A_PERSON = 20
MAX_TOPICS_A_SOCKET = 100
# A page that comes back follows all its topics again at once; each costs a picture.
SUBSCRIPTIONS = Rate(burst=300, per_second=20)
# So many offences within this time, and the socket is closed.
MAX_OFFENCES = 10
OFFENCE_SECONDS = 60

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class LiveConsumer:
    """Plain ASGI: one coroutine a socket, no task and no queue while it is idle."""

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        async def live(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, receive, send).run()

        return live

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._offences: list[float] = []
        self._hub = local.of_loop()

    async def run(self) -> None:
        if (await self._receive())["type"] != "websocket.connect":
            return
        await self._send({"type": "websocket.accept"})
        user = self._scope.get("user")
        asked = parse_qs(self._scope.get("query_string", b"").decode("latin-1"))
        if user is None or not user.is_authenticated or not user.is_active or _is_of_another(asked, user.pk):
            await self._send({"type": "websocket.close", "code": CLOSE_SIGNED_OUT, "reason": "signed out"})
            return
        caller = Caller(
            person_id=user.pk,
            session_key=self._scope["session"].session_key,
            language=_language(asked),
        )
        self._connection = Connection(caller=caller, send=self._send, writer=frames.of(self._scope))
        self._connection.start_over = self._start_over
        if self._hub.enter(self._connection) > MAX_SOCKETS_A_PERSON:
            self._connection.close(CLOSE_TOO_MANY, "too many sockets")
        try:
            await self._listen()
        finally:
            self._hub.leave(self._connection)
            await self._connection.gone()

    async def _listen(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            if not self._connection.closed:
                await self._hear(message.get("text"))

    async def _hear(self, text: str | None) -> None:
        envelope: Envelope | None = None
        try:
            if text is None:
                raise BadWord(why="text is spoken here")
            if len(text) > MAX_FRAME_BYTES or len(text.encode()) > MAX_FRAME_BYTES:
                raise BadWord(why=f"more than {MAX_FRAME_BYTES} bytes")
            envelope = read_envelope(text)
            await self._act(envelope)
        except DomainError as error:
            self._refuse(envelope.id if envelope else None, error)
        except Exception:
            log.exception("a word failed", type=envelope.type if envelope else None)
            self._answer({"v": 1, "type": "error", "id": envelope and envelope.id, "code": "broken", "detail": ""})

    async def _act(self, envelope: Envelope) -> None:
        if envelope.type == Subscribe.type:
            await self._subscribe(read_word(Subscribe, envelope.data))
            self._done(envelope.id, b"null")
            return
        if envelope.type == Unsubscribe.type:
            self._hub.unfollow(read_word(Unsubscribe, envelope.data).topic, self._connection)
            self._done(envelope.id, b"null")
            return
        entry = doors.find(envelope.type)
        self._hub.spend(self._connection.caller.person_id, envelope.type, entry.rate)
        if inspect.iscoroutinefunction(getattr(entry.door, entry.method)):
            word = read_word(entry.word, envelope.data)
            answer = await getattr(entry.door(self._connection.caller, self._connection), entry.method)(word)
            self._done(envelope.id, encode(answer))
        else:
            caller = self._connection.caller
            self._done(envelope.id, await in_thread_speaking(caller.language, doors.perform, envelope, caller))

    async def _subscribe(self, word: Subscribe) -> None:
        caller = self._connection.caller
        self._hub.spend(caller.person_id, word.type, SUBSCRIPTIONS)
        self._hub.unfollow(word.topic, self._connection)
        if len(self._connection.following) >= MAX_TOPICS_A_SOCKET:
            raise TooFast()
        await self._hub.follow(word.topic, self._connection)
        try:
            opening = await in_thread_speaking(
                caller.language, streams.open_topic, word.topic, caller, word.epoch, word.seq
            )
        except BaseException:
            self._hub.unfollow(word.topic, self._connection)
            raise
        self._hub.begin(word.topic, self._connection, opening, _first_frames(word.topic, opening))

    async def _start_over(self, topic: str) -> None:
        """Nobody asked for it, so nobody hears a refusal: who cannot start over here comes back and resumes."""
        try:
            await self._subscribe(Subscribe(topic=topic))
        except NotFound:
            self._connection.push(Frame(announcement(topic, None, Revoked.type, encode(Revoked()))))
        except Exception:
            log.exception("a topic did not start over", topic=topic)
            self._connection.close(CLOSE_RESUME, "start over")

    def _done(self, id_: UUID, data: bytes) -> None:
        self._connection.push(Frame(b'{"v":1,"type":"done","id":"%s","data":%s}' % (str(id_).encode(), data)))

    def _answer(self, answer: dict[str, object]) -> None:
        self._connection.push(Frame(encode(answer)))

    def _refuse(self, id_: UUID | None, error: DomainError) -> None:
        with translation.override(self._connection.caller.language):
            detail = str(error)
        self._answer({"v": 1, "type": "error", "id": id_, "code": error.code, "detail": detail})
        if isinstance(error, BadWord | TooFast):
            now = time.monotonic()
            self._offences = [at for at in self._offences if now - at < OFFENCE_SECONDS] + [now]
            if len(self._offences) > MAX_OFFENCES:
                self._connection.close(CLOSE_BAD_FRAME, "too many bad words")


def _language(asked: Mapping[str, list[str]]) -> str:
    """The page says which language it is in: `/live/?lang=en`."""
    language = asked.get("lang", [""])[0]
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_of_another(asked: Mapping[str, list[str]], person_id: UUID) -> bool:
    """An old page of somebody who signed out here must not come back as the person who signed in since."""
    return "person" in asked and asked["person"] != [str(person_id)]


def _first_frames(topic: str, opening: streams.Opening) -> list[Frame]:
    if opening.picture is not None:
        picture = Picture(epoch=opening.epoch, data=dict(opening.picture))
        return [Frame(announcement(topic, opening.seq, Picture.type, encode(picture)))]
    missed = [Frame(announcement(topic, one.seq, one.type, bytes(one.data))) for one in opening.missed]
    resumed = Resumed(epoch=opening.epoch)
    return [*missed, Frame(announcement(topic, opening.seq, Resumed.type, encode(resumed)))]
