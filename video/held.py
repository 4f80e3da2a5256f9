"""The sessions whose pages speak to this process: between their live sockets and the media worker.

See docs/protocol/video.md, "No gap, no ghost". It lives on the event loop and owns no truth: rows say who is in, the
worker has the media, and a killed process loses nothing but its sockets.
"""

import asyncio
import weakref
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog

from collab.realtime.bridge import in_thread
from collab.realtime.connection import Connection, Frame
from collab.realtime.protocol import Message, announcement, encode

from . import protocol, selectors, services
from .access import CallRight
from .backend import Connected as MediaConnected
from .backend import Gone as MediaGone
from .backend import LostAll as MediaLostAll
from .backend import MediaAway, MediaBackend, MediaRefused, media
from .backend import Published as MediaPublished
from .backend import SlotsChanged as MediaSlots
from .backend import Speaking as MediaSpeaking
from .errors import BadDescription, CallError, CallIsFull, NotInCall
from .media_words import AnyEvent
from .selectors import Standing

log = structlog.get_logger(__name__)

# A page that reloads or a phone that changes network is back within this; whoever waits sees no ghost for longer.
RETURN_SECONDS = 8
KEEP_SECONDS = 10
PAUSES = {"audio": "mic", "camera": "camera", "screen": "screen", "screen_audio": "screen"}


class Session:
    """One device in a call, held here. `passed_on` is what the worker was last told to forward."""

    __slots__ = ("call_id", "connection", "id", "lock", "passed_on", "publishes", "right", "slots")

    def __init__(self, *, call_id: UUID, session_id: UUID, connection: Connection, right: CallRight) -> None:
        self.call_id = call_id
        self.id = session_id
        self.connection = connection
        self.right = right
        self.slots: Message | None = None
        self.publishes: frozenset[str] = frozenset()
        self.passed_on: dict[str, bool] = {}
        self.lock = asyncio.Lock()


_all: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Held]" = weakref.WeakKeyDictionary()


def of_loop() -> "Held":
    """What the running loop holds, started at its first use."""
    loop = asyncio.get_running_loop()
    held = _all.get(loop)
    if held is None:
        held = _all[loop] = Held(loop, media())
    return held


class Held:
    def __init__(self, loop: asyncio.AbstractEventLoop, backend: MediaBackend) -> None:
        self._loop = loop
        self.backend = backend
        self._sessions: dict[UUID, Session] = {}
        self._known: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._tasks: set[asyncio.Task[None]] = set()
        backend.listen(self.hear)
        self._spawn(self._keep())

    def hold(self, session: Session) -> None:
        """The session's page speaks on this connection from now on."""
        self._sessions[session.id] = session
        if session.connection not in self._known:
            self._known.add(session.connection)
            connection = session.connection
            connection.on_close(lambda: self._closed(connection))
            connection.on_recheck(lambda: self.recheck(connection))

    def of(self, connection: Connection, call_id: UUID, session_id: UUID) -> Session:
        """Raise NotInCall unless this very socket holds the session."""
        session = self._sessions.get(session_id)
        if session is None or session.connection is not connection or session.call_id != call_id:
            raise NotInCall()
        return session

    def release(self, session: Session) -> None:
        if self._sessions.get(session.id) is session:
            del self._sessions[session.id]

    async def let_go(self, session: Session) -> None:
        """No more media for it. A worker that is away has forgotten it anyhow."""
        self.release(session)
        await self._quietly(self.backend.leave(session.call_id, session.id))

    async def pass_on(self, session: Session, standing: Standing) -> None:
        """Make the worker forward what others may hear and see of the session, and nothing else."""
        async with session.lock:
            wanted = {kind: bool(getattr(standing, PAUSES[kind])) for kind in session.publishes}
            for kind, forwarded in wanted.items():
                if session.passed_on.get(kind) != forwarded:
                    await self.backend.pause(session.call_id, session.id, kind, not forwarded)
                    session.passed_on[kind] = forwarded

    async def recheck(self, connection: Connection) -> None:
        """Somebody's rights or state changed: what is held on this socket must agree with the rows."""
        mine = [session for session in self._sessions.values() if session.connection is connection]
        if not mine:
            return
        standings = await in_thread(selectors.standings, [session.id for session in mine])
        for session in mine:
            await self._agree(session, standings.get(session.id))

    async def _agree(self, session: Session, standing: Standing | None) -> None:
        if standing is None:
            await in_thread(services.end_session, session_id=session.id, why="ended")
            await self.let_go(session)
            await session.connection.send(protocol.Ended(call=session.call_id, session=session.id))
            return
        if standing.right != session.right:
            session.right = standing.right
            await in_thread(services.set_right, session_id=session.id, right=standing.right)
            may_publish = standing.right >= CallRight.SPEAK
            await self._quietly(self.backend.allow(session.call_id, session.id, may_publish))
        await self._quietly(self.pass_on(session, standing))

    # --- what the media worker says ---

    def hear(self, event: AnyEvent) -> None:
        if isinstance(event, MediaSpeaking):
            self._tell_call(event.call, protocol.Speaking(sessions=list(event.sessions)))
        elif isinstance(event, MediaLostAll):
            for session in [one for one in self._sessions.values() if one.call_id in event.calls]:
                self._lost(session)
        else:
            held = self._sessions.get(event.session)
            if held is not None:
                self._hear_of(held, event)

    def _hear_of(self, session: Session, event: AnyEvent) -> None:
        if isinstance(event, MediaSlots):
            session.slots = slots_of(session, event.slots)
            self.tell(session, session.slots)
        elif isinstance(event, MediaConnected):
            self.tell(session, protocol.Connected(call=session.call_id, session=session.id, part=event.part))
        elif isinstance(event, MediaPublished):
            session.publishes = frozenset(event.kinds)
            self._spawn(self.recheck(session.connection))
        elif isinstance(event, MediaGone) and event.part == "session":
            self._lost(session)
        elif isinstance(event, MediaGone):
            self.tell(session, protocol.Gone(call=session.call_id, session=session.id, part=event.part))

    def _lost(self, session: Session) -> None:
        """Its media are no more. A page that is still there joins again; one that is not has left."""
        self.tell(session, protocol.Lost(call=session.call_id, session=session.id))
        self._spawn(self._wait_for_return(session))

    def tell(self, session: Session, message: Message) -> None:
        session.connection.push(Frame(announcement(None, None, message.type, encode(message))))

    def _tell_call(self, call_id: UUID, message: Message) -> None:
        topic = protocol.topic_of_call(call_id)
        frame = Frame(announcement(topic, None, message.type, encode(message)))
        for connection in {one.connection: None for one in self._sessions.values() if one.call_id == call_id}:
            connection.push(frame)

    # --- sockets end, processes die ---

    def _closed(self, connection: Connection) -> None:
        for session in [one for one in self._sessions.values() if one.connection is connection]:
            self._spawn(self._wait_for_return(session))

    async def _wait_for_return(self, session: Session) -> None:
        """The page comes back, here (another Session takes this one's place) or on another process; or it left."""
        await asyncio.sleep(RETURN_SECONDS)
        if self._sessions.get(session.id) is not session:
            return
        ended = await in_thread(services.end_abandoned, session_id=session.id, attachment=session.connection.id)
        if ended:
            await self.let_go(session)
        else:
            self.release(session)
            self.backend.forget(session.call_id, session.id)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            try:
                await in_thread(services.keep, session_ids=list(self._sessions))
                for call_id, session_id in await in_thread(services.end_stale):
                    await self._quietly(self.backend.leave(call_id, session_id))
            except Exception:  # the database is away: the next round keeps again
                log.exception("calls not kept")

    async def _quietly(self, asked: Coroutine[Any, Any, None]) -> None:
        """Where nobody waits for the answer: a worker that is away starts afresh, without these sessions."""
        try:
            await asked
        except (MediaAway, MediaRefused) as error:
            log.info("media worker refused", code=error.code, **error.facts)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def slots_of(session: Session, slots: Sequence[Any]) -> protocol.Slots:
    pictures = [
        protocol.SlotPicture(mid=slot.mid, media=slot.media, source=slot.source, kind=slot.kind) for slot in slots
    ]
    return protocol.Slots(call=session.call_id, session=session.id, slots=pictures)


REASONS: Mapping[str, type[CallError]] = {
    "call_full": CallIsFull,
    "no_session": NotInCall,
    "bad_sdp": BadDescription,
    "bad_state": BadDescription,
}


async def asked(question: Coroutine[Any, Any, Any]) -> Any:
    """A question to the worker that a page waits for: its refusals in the words of calls."""
    try:
        return await question
    except MediaRefused as error:
        kind = REASONS.get(str(error.facts.get("reason")))
        if kind is None:
            raise
        raise kind() from error
