"""The documents open in this process. See docs/protocol/documents.md.

One hub an event loop. It opens a document once however many sockets ask, passes on what other processes tell, and
looks again by itself at what hints may have failed to say: rows, rights, cursors.
"""

import asyncio
import random
import weakref
from collections.abc import Coroutine, Iterable
from typing import Any
from uuid import UUID

import structlog

from collab.crdt import messages
from collab.realtime.bridge import in_thread

from ..content import load
from . import limits, log
from .across import Across, CursorsMoved, Hint, RowsStored, WhoIsThere
from .log import Batch, Row, Stored
from .peer import Peer, Refusal
from .replica import Replica
from .rights import Claimant, Standing, standings
from .store import Store

logger = structlog.get_logger(__name__)

_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, DocumentHub]" = weakref.WeakKeyDictionary()


def of_loop() -> "DocumentHub":
    """The hub of the running loop, started at its first use."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = DocumentHub(loop)
        hub.start()
    return hub


class DocumentHub:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._replicas: dict[UUID, Replica] = {}
        self._opening: dict[UUID, asyncio.Task[Replica]] = {}
        self._hints: dict[UUID, list[RowsStored]] = {}  # for documents that are being opened
        self._people: dict[UUID, dict[Peer, None]] = {}
        self._fetching: set[UUID] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._store = Store(self._stored, self._abandon)
        self._across = Across(on_hint=self._hear, on_recheck=self._recheck_soon, after_silence=self._after_silence)

    def start(self) -> None:
        self._across.start()
        self._spawn(self._every(limits.POLL_SECONDS, self._poll))
        self._spawn(self._every(limits.SWEEP_SECONDS, self._sweep))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- sockets come and go ---

    async def join(self, peer: Peer) -> None:
        """Raise Refusal unless the peer may read and the document is there, whole."""
        await self._watch(peer)
        await self._settle_rights(peer)
        replica = await self._opened(peer.document_id)
        if len(replica.peers) >= limits.SOCKETS_A_DOCUMENT:
            raise Refusal(limits.CLOSE_TOO_MANY, "too many people here")
        if not peer.closed:
            replica.join(peer)

    async def _watch(self, peer: Peer) -> None:
        theirs = self._people.setdefault(peer.person_id, {})
        theirs[peer] = None
        if len(theirs) > limits.SOCKETS_A_PERSON:
            raise Refusal(limits.CLOSE_TOO_MANY, "too many sockets")
        await self._across.watch(peer.person_id)

    async def _settle_rights(self, peer: Peer) -> None:
        while True:
            peer.doubted = False
            claimant = _claimant(peer)
            self._judge(peer, (await in_thread(standings, [claimant]))[claimant])
            if not peer.doubted:
                return

    async def leave(self, peer: Peer) -> None:
        """Return once the log holds what the peer wrote, or waiting is of no more use."""
        theirs = self._people.get(peer.person_id, {})
        theirs.pop(peer, None)
        if not theirs and self._people.pop(peer.person_id, None) is not None:
            self._across.unwatch(peer.person_id)
        replica = peer.replica
        if replica is None:
            return
        replica.leave(peer)
        if not replica.peers:
            self._loop.call_later(limits.IDLE_SECONDS, self._forget_if_idle, replica)
        if replica.is_dirty or replica.is_storing:
            try:
                await asyncio.wait_for(replica.clean.wait(), limits.LEAVE_SECONDS)
            except TimeoutError:
                logger.warning("a socket left before its edits were stored", document=str(replica.document_id))

    def _forget_if_idle(self, replica: Replica) -> None:
        if replica.peers or self._replicas.get(replica.document_id) is not replica:
            return
        if replica.is_dirty or replica.is_storing:  # only what is stored may leave memory
            self._loop.call_later(limits.IDLE_SECONDS, self._forget_if_idle, replica)
            return
        self._drop(replica)

    def _drop(self, replica: Replica) -> None:
        if self._replicas.get(replica.document_id) is replica:
            del self._replicas[replica.document_id]
            self._across.close(replica.document_id)
        replica.stop()
        self._store.forget(replica)

    def _abandon(self, replica: Replica, why: str) -> None:
        """The replica is not what the log is: everybody comes back and gets the log's."""
        logger.error("a replica is given up", document=str(replica.document_id), why=why)
        self._drop(replica)
        replica.close_all(limits.CLOSE_COME_BACK, "begin again")

    # --- open ---

    async def _opened(self, document_id: UUID) -> Replica:
        replica = self._replicas.get(document_id)
        if replica is not None:
            return replica
        opening = self._opening.get(document_id)
        if opening is None:
            opening = self._opening[document_id] = self._loop.create_task(self._open(document_id))
            opening.add_done_callback(lambda _: self._opening.pop(document_id, None))
        # Shielded: the one who came first may leave while others wait.
        return await asyncio.shield(opening)

    async def _open(self, document_id: UUID) -> Replica:
        hints = self._hints[document_id] = []
        try:
            await self._across.open(document_id)
            loaded = await in_thread(log.load_document, document_id)
            replica = Replica(document_id, loaded, load(loaded.parts))
        except BaseException:
            self._across.close(document_id)
            raise
        finally:
            del self._hints[document_id]
        replica.on_unstored = self._store.wake
        replica.on_presence = self._tell_cursors
        replica.on_lost = self._abandon
        self._replicas[document_id] = replica
        for hint in hints:
            self._hear_rows(replica, hint)
        self._across.ask_who(document_id)
        self._loop.call_later(limits.IDLE_SECONDS, self._forget_if_idle, replica)
        return replica

    # --- rows ---

    def _stored(self, replica: Replica, batch: Batch, stored: Stored | None) -> None:
        if stored is None:
            self._drop(replica)
            replica.close_all(limits.CLOSE_FORBIDDEN, "the document is gone")
            return
        replica.take_rows(stored.missed)
        replica.seq = max(replica.seq, stored.last_seq)
        if stored.rows:
            self._across.tell_rows(replica.document_id, stored.rows)

    def _hear_rows(self, replica: Replica, hint: RowsStored) -> None:
        first = hint.last - len(hint.rows) + 1
        if hint.last <= replica.seq:
            return
        if hint.rows and first <= replica.seq + 1:
            rows = [Row(seq, data) for seq, data in enumerate(hint.rows, first) if seq > replica.seq]
            self._take_rows(replica, rows)
        else:
            self._spawn(self._fetch(replica))

    def _take_rows(self, replica: Replica, rows: list[Row]) -> None:
        """Only without a gap: numbers are committed in their order, so the next one is there or was lost on the way."""
        for row in rows:
            if row.seq == replica.seq + 1:
                replica.take_rows([row])
                replica.seq = row.seq

    async def _fetch(self, replica: Replica) -> None:
        if replica.document_id in self._fetching:
            return
        self._fetching.add(replica.document_id)
        try:
            self._take_rows(replica, await in_thread(log.rows_after, replica.document_id, replica.seq))
        except Exception:  # the database is away: the poll looks again
            logger.exception("rows not read", document=str(replica.document_id))
        finally:
            self._fetching.discard(replica.document_id)

    # --- other processes ---

    def _hear(self, hint: Hint) -> None:
        replica = self._replicas.get(hint.document)
        if replica is None:
            if isinstance(hint, RowsStored) and hint.document in self._hints:
                self._hints[hint.document].append(hint)
        elif isinstance(hint, RowsStored):
            self._hear_rows(replica, hint)
        elif isinstance(hint, CursorsMoved):
            message = messages.read_message(hint.entries)
            if isinstance(message, messages.AwarenessUpdate):
                replica.hear_presence(hint.sender, message.entries)
        elif isinstance(hint, WhoIsThere):
            self._tell_cursors(replica, replica.presence.mine())

    def _tell_cursors(self, replica: Replica, numbers: list[int]) -> None:
        if numbers:
            self._across.tell_cursors(replica.document_id, messages.awareness(replica.presence.entries(numbers)))

    # --- what makes up for lost hints ---

    async def _every(self, seconds: float, look: Any) -> None:
        while True:
            await asyncio.sleep(seconds * random.uniform(0.8, 1.0))  # noqa: S311
            try:
                await look()
            except Exception:  # the database is away: the next round looks again
                logger.exception("a look failed")

    def _after_silence(self) -> None:
        self._spawn(self._poll())
        for document_id in self._replicas:
            self._across.ask_who(document_id)

    async def _poll(self) -> None:
        for replica in self._replicas.values():
            replica.expire_presence()
        if not self._replicas:
            return
        heads = await in_thread(log.heads, list(self._replicas))
        for replica in list(self._replicas.values()):
            last = heads.get(replica.document_id)
            if last is None:
                self._drop(replica)
                replica.close_all(limits.CLOSE_FORBIDDEN, "the document is gone")
            elif last < replica.seq:
                self._abandon(replica, "the log is shorter than it was")
            elif last > replica.seq and not replica.is_storing:
                await self._fetch(replica)

    # --- rights are live ---

    def _recheck_soon(self, person_id: UUID) -> None:
        theirs = self._people.get(person_id)
        if theirs:
            self._spawn(self._recheck(list(theirs)))

    async def _sweep(self) -> None:
        await self._recheck([peer for theirs in self._people.values() for peer in theirs])

    async def _recheck(self, peers: Iterable[Peer]) -> None:
        open_ = [peer for peer in peers if not peer.closed]
        for peer in open_:
            peer.doubted = True
        found = await in_thread(standings, [_claimant(peer) for peer in open_])
        for peer in open_:
            if peer.replica is not None:
                self._rejudge(peer, found[_claimant(peer)])

    def _rejudge(self, peer: Peer, standing: Standing) -> None:
        could_write = peer.may_write
        try:
            self._judge(peer, standing)
        except Refusal as refusal:
            peer.close(refusal.code, refusal.reason)
            return
        if peer.may_write and not could_write and peer.replica is not None:
            peer.replica.ask(peer)

    def _judge(self, peer: Peer, standing: Standing) -> None:
        peer.name = standing.name
        peer.right = standing.right
        if not standing.is_signed_in:
            raise Refusal(limits.CLOSE_SIGNED_OUT, "signed out")
        if standing.right is None:
            raise Refusal(limits.CLOSE_FORBIDDEN, "not found, or not for you")


def _claimant(peer: Peer) -> Claimant:
    return Claimant(peer.person_id, peer.session_key, peer.document_id)
