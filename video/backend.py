"""Calls as the rest of the house sees them: `MediaBackend`, and the client of the media worker.

Prose, with the order of things: docs/protocol/media.md.
"""

import asyncio
import logging
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from collab.realtime.errors import DomainError

from . import media_words as words
from .media_words import (
    AnyEvent,
    CallStats,
    Connected,
    Gone,
    Joined,
    LostAll,
    Published,
    Slot,
    SlotsChanged,
    Speaking,
    Wish,
)

__all__ = [
    "CallStats",
    "Connected",
    "Gone",
    "Joined",
    "LostAll",
    "MediaAway",
    "MediaBackend",
    "MediaRefused",
    "Published",
    "Slot",
    "SlotsChanged",
    "Speaking",
    "Wish",
    "WorkerBackend",
    "media",
]

log = logging.getLogger(__name__)

REPLY_SECONDS = 10
CONNECT_SECONDS = 3  # how long a word waits for a worker that is being restarted
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
MAX_OPEN_REQUESTS = 2_000

Hear = Callable[[AnyEvent], None]


class MediaRefused(DomainError):
    """`facts["reason"]` is the worker's stable code: bad_sdp, no_session, may_not_publish, call_full, …"""

    code = "media_refused"
    status = 422
    sentence = _("Le serveur audio et vidéo a refusé : %(reason)s")


class MediaAway(DomainError):
    code = "media_away"
    status = 503
    sentence = _("Le serveur audio et vidéo ne répond pas. Nouvel essai dans un instant.")


class MediaBackend(Protocol):
    """Every method raises MediaRefused or MediaAway. Call them on the event loop that called `listen`."""

    def listen(self, hear: Hear) -> None:
        """`hear` is called on the event loop for every event, in order; it must not block. One listener a process."""

    async def join(self, call: UUID, session: UUID, may_publish: bool) -> Joined:
        """Open a session and its listening connection. Joining twice with one id starts that session afresh."""

    async def attach(self, call: UUID, session: UUID) -> None:
        """Take over a session another web process joined: its events come here now. Refused `no_session` when over."""

    async def answer(self, call: UUID, session: UUID, sdp: str) -> None:
        """The browser's answer to the last offer of the listening connection."""

    async def reoffer(self, call: UUID, session: UUID) -> str:
        """A new offer of the listening connection with fresh ICE credentials, for a browser that changed network."""

    async def publish(self, call: UUID, session: UUID, sdp: str, sources: Mapping[str, str]) -> str:
        """Answer the browser's offer. `sources`: {mid: kind}; sections that are not named receive nothing.

        The same again for a renegotiation or an ICE restart; another certificate starts the connection afresh.
        """

    async def allow(self, call: UUID, session: UUID, may_publish: bool) -> None:
        """Change the right to publish; taking it away ends what is published."""

    async def want(self, call: UUID, session: UUID, wishes: Sequence[tuple[UUID, str, int]]) -> None:
        """What the page shows: (source session, kind, height in device pixels), most important first."""

    async def pause(self, call: UUID, session: UUID, kind: str, paused: bool) -> None:
        """Stop (or resume) forwarding what this session publishes as `kind`."""

    async def leave(self, call: UUID, session: UUID) -> None: ...

    def forget(self, call: UUID, session: UUID) -> None:
        """Another web process attached it: this one does not take it back when its link falls."""

    async def close(self, call: UUID) -> None:
        """End every session of the call."""

    async def stats(self, call: UUID) -> CallStats: ...


R = TypeVar("R")


class WorkerBackend:
    """The media workers behind `MEDIA_CONTROL`; a call lives on the one its id points to."""

    def __init__(self, addresses: Sequence[str], secret: str) -> None:
        self._hear: Hear = lambda event: None
        self._links = [_Link(address, secret, self._tell) for address in addresses]

    def listen(self, hear: Hear) -> None:
        self._hear = hear

    async def join(self, call: UUID, session: UUID, may_publish: bool) -> Joined:
        link = self._link(call)
        reply = await link.ask(words.Join(call=call, session=session, may_publish=may_publish), Joined)
        link.held[session] = call
        return reply

    async def attach(self, call: UUID, session: UUID) -> None:
        link = self._link(call)
        await link.ask(words.Attach(call=call, session=session), words.Done)
        link.held[session] = call

    async def answer(self, call: UUID, session: UUID, sdp: str) -> None:
        await self._link(call).ask(words.Answer(call=call, session=session, sdp=sdp), words.Done)

    async def reoffer(self, call: UUID, session: UUID) -> str:
        reply = await self._link(call).ask(words.Reoffer(call=call, session=session), words.Description)
        return reply.sdp

    async def publish(self, call: UUID, session: UUID, sdp: str, sources: Mapping[str, str]) -> str:
        word = words.Publish(call=call, session=session, sdp=sdp, sources=dict(sources))
        return (await self._link(call).ask(word, words.Description)).sdp

    async def allow(self, call: UUID, session: UUID, may_publish: bool) -> None:
        await self._link(call).ask(words.Allow(call=call, session=session, may_publish=may_publish), words.Done)

    async def want(self, call: UUID, session: UUID, wishes: Sequence[tuple[UUID, str, int]]) -> None:
        asked = tuple(Wish(source=source, kind=kind, height=height) for source, kind, height in wishes)
        await self._link(call).ask(words.Want(call=call, session=session, wishes=asked), words.Done)

    async def pause(self, call: UUID, session: UUID, kind: str, paused: bool) -> None:
        await self._link(call).ask(words.Pause(call=call, session=session, kind=kind, paused=paused), words.Done)

    async def leave(self, call: UUID, session: UUID) -> None:
        link = self._link(call)
        link.held.pop(session, None)
        await link.ask(words.Leave(call=call, session=session), words.Done)

    def forget(self, call: UUID, session: UUID) -> None:
        self._link(call).held.pop(session, None)

    async def close(self, call: UUID) -> None:
        link = self._link(call)
        link.forget_call(call)
        await link.ask(words.Close(call=call), words.Done)

    async def stats(self, call: UUID) -> CallStats:
        return await self._link(call).ask(words.Stats(call=call), CallStats)

    async def stop(self) -> None:
        for link in self._links:
            await link.stop()

    def _link(self, call: UUID) -> "_Link":
        return self._links[zlib.crc32(call.bytes) % len(self._links)]

    def _tell(self, event: AnyEvent) -> None:
        try:
            self._hear(event)
        except Exception:  # the listener's fault must not cut the other sessions' words
            log.exception("a media event could not be handled")


class _Link:
    """One control connection, kept up as long as the process lives."""

    def __init__(self, address: str, secret: str, tell: Hear) -> None:
        host, _colon, port = address.strip().rpartition(":")
        self.host, self.port, self.secret, self.tell = host, int(port), secret, tell
        self.held: dict[UUID, UUID] = {}  # session: call
        self.epoch = ""
        self.writer: asyncio.StreamWriter | None = None
        self.standing = asyncio.Event()
        self.waiting: dict[int, asyncio.Future[words.AnyReply]] = {}
        self.last_id = 0
        self.task: asyncio.Task[None] | None = None
        self.taking_back: asyncio.Task[None] | None = None

    async def ask(self, ask: words.AnyAsk, expected: type[R]) -> R:
        if self.task is None:
            self.task = asyncio.create_task(self._keep(), name="media worker link")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self.standing.wait()
        except TimeoutError as error:
            raise MediaAway() from error
        if len(self.waiting) >= MAX_OPEN_REQUESTS:
            raise MediaAway()
        reply = await self._exchange(ask)
        if isinstance(reply, words.Refused):
            raise MediaRefused(reason=reply.code, why=reply.why)
        assert isinstance(reply, expected), f"{type(reply).__name__} is no answer to {type(ask).__name__}"
        return reply

    async def _exchange(self, ask: words.AnyAsk) -> words.AnyReply:
        self.last_id += 1
        number = self.last_id
        future: asyncio.Future[words.AnyReply] = asyncio.get_running_loop().create_future()
        self.waiting[number] = future
        try:
            frame = self._frame(number, ask)
            assert self.writer is not None
            self.writer.write(frame)
            async with asyncio.timeout(REPLY_SECONDS):
                return await future
        except (TimeoutError, ConnectionError) as error:
            raise MediaAway() from error
        finally:
            self.waiting.pop(number, None)

    def _frame(self, number: int, ask: words.AnyAsk) -> bytes:
        """Read the word as the worker will: a bad field is refused here, with the same code."""
        body = msgspec.json.encode(words.Request(id=number, ask=ask))
        try:
            msgspec.json.decode(body, type=words.Request)
        except msgspec.ValidationError as error:
            raise MediaRefused(reason="bad_word", why=str(error)) from error
        if len(body) > words.MAX_FRAME_BYTES:
            raise MediaRefused(reason="bad_word", why="too long")
        return len(body).to_bytes(words.LENGTH_BYTES, "big") + body

    async def stop(self) -> None:
        for task in (self.task, self.taking_back):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        self.task = None

    def forget_call(self, call: UUID) -> None:
        self.held = {session: held for session, held in self.held.items() if held != call}

    # --- the connection ---

    async def _keep(self) -> None:
        tries = 0
        while True:
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                tries += 1
                await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS)) - 1])
                continue
            try:
                await self._shake_hands(reader, writer)
                tries = 0
                await self._read(reader)
            except (OSError, EOFError, TimeoutError, msgspec.DecodeError, PermissionError) as error:
                log.warning("media worker %s:%s: %s", self.host, self.port, error or type(error).__name__)
                tries += 1
            finally:
                self._fall(writer)
            await asyncio.sleep(RETRY_SECONDS[min(max(tries, 1), len(RETRY_SECONDS)) - 1])

    async def _shake_hands(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(CONNECT_SECONDS):
            challenge = msgspec.json.decode(await _frame_from(reader), type=words.Challenge)
            if challenge.version != words.VERSION:
                raise PermissionError(f"it speaks version {challenge.version}, this process {words.VERSION}")
            nonce = words.fresh_nonce()
            ours = words.proof_of(self.secret, "web", challenge.nonce, nonce)
            writer.write(words.framed(words.Proof(nonce=nonce, proof=ours)))
            welcome = msgspec.json.decode(await _frame_from(reader), type=words.Welcome)
        if not words.is_proof(welcome.proof, words.proof_of(self.secret, "worker", challenge.nonce, nonce)):
            raise PermissionError("it does not know the secret")
        self.writer = writer
        self._resume(welcome.epoch)
        self.standing.set()

    def _resume(self, epoch: str) -> None:
        """The same run of the worker kept our sessions: take them back. Another run knows none of them."""
        former, self.epoch = self.epoch, epoch
        if former and former != epoch and self.held:
            calls = tuple(dict.fromkeys(self.held.values()))
            self.held.clear()
            self.tell(LostAll(calls=calls))
        self.taking_back = asyncio.create_task(self._take_back(), name="media sessions taken back")

    async def _take_back(self) -> None:
        for session, call in list(self.held.items()):
            try:
                reply = await self._exchange(words.Attach(call=call, session=session))
            except MediaAway:
                return  # the connection fell again; the next one starts over
            if isinstance(reply, words.Refused) and self.held.pop(session, None) is not None:
                self.tell(Gone(call=call, session=session, part="session"))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            tidings = msgspec.json.decode(await _frame_from(reader), type=words.Tidings)
            if tidings.reply is not None:
                future = self.waiting.get(tidings.id)
                if future is not None and not future.done():
                    future.set_result(tidings.reply)
            if tidings.event is not None:
                self._note(tidings.event)
                self.tell(tidings.event)

    def _note(self, event: AnyEvent) -> None:
        if isinstance(event, Gone) and event.part == "session":
            self.held.pop(event.session, None)

    def _fall(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        self.writer = None
        self.standing.clear()
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the media worker went away"))


async def _frame_from(reader: asyncio.StreamReader) -> bytes:
    length = int.from_bytes(await reader.readexactly(words.LENGTH_BYTES), "big")
    if length > words.MAX_FRAME_BYTES:
        raise EOFError("a frame longer than allowed")
    return await reader.readexactly(length)


_backend: WorkerBackend | None = None


def media() -> WorkerBackend:
    """This process's way to the media workers."""
    global _backend
    if _backend is None:
        _backend = WorkerBackend(settings.MEDIA_CONTROL.split(","), settings.MEDIA_SECRET)
    return _backend
