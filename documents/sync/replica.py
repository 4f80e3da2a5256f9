"""One document open in this process: its content, its sockets, and what is not stored yet.

Every process may hold a replica: Yjs updates merge in any order. What makes one true is the log, see `log.py`.
Lives on the event loop, as pycrdt's documents belong to one thread.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

import structlog
from pycrdt import Doc

from collab.crdt import messages
from collab.crdt.encoding import Malformed
from collab.crdt.messages import AwarenessUpdate, QueryAwareness, SyncStep1, SyncStep2, SyncUpdate, Unknown
from collab.crdt.updates import Claims, State, contradicts, read_state, read_update, split, write_state

from . import limits, log
from .log import Batch, Loaded, Row, Written
from .peer import Peer, Refusal
from .presence import Presence
from .writers import Frame

logger = structlog.get_logger(__name__)

NOTHING = write_state({})


class Replica:
    def __init__(self, document_id: UUID, loaded: Loaded, doc: Doc[Any]) -> None:
        self.document_id = document_id
        self.doc = doc
        self.state: State = read_state(doc.get_state())
        self.seq = loaded.seq
        self.compacted_seq = loaded.compacted_seq
        self.clients = dict(loaded.clients)
        self.depths = loaded.depths
        self.size = sum(map(len, loaded.parts))
        self.peers: dict[Peer, None] = {}
        self.presence = Presence()
        self.unstored: list[Written] = []
        self.unstored_bytes = 0
        self.unstored_clients: dict[int, UUID] = {}
        self.awaiting: set[Peer] = set()
        self.is_storing = False
        self.clean = asyncio.Event()
        self.clean.set()
        # Set by the hub: something waits for the store; awareness changed; all is lost.
        self.on_unstored: Callable[[Replica], None]
        self.on_presence: Callable[[Replica, list[int]], None]
        self.on_lost: Callable[[Replica, str], None]
        self._loop = asyncio.get_running_loop()
        self._outgoing: list[tuple[Peer | None, bytes]] = []
        # The clocks, before this turn of the loop, of the numbers that changed in it.
        self._before_turn: State = {}
        self._moved: set[int] = set()
        self._presence_timer: asyncio.TimerHandle | None = None
        self._catch_up_timer: asyncio.TimerHandle | None = None
        self._whole: list[Frame] | None = None  # the answer to who has nothing

    @property
    def is_dirty(self) -> bool:
        return bool(self.unstored or self.awaiting)

    # --- sockets ---

    def join(self, peer: Peer) -> None:
        self.peers[peer] = None
        if peer.may_write:
            self.ask(peer)
        if self.presence:
            peer.tell(Frame(self.presence.everybody()))
        peer.begin(self)

    def leave(self, peer: Peer) -> None:
        if peer in self.peers:
            del self.peers[peer]
            self._presence_changed(self.presence.leave(peer, self._loop.time()))

    def ask(self, peer: Peer) -> None:
        """Ask for what the peer has and we have not."""
        peer.tell(Frame(messages.sync_step_1(write_state(self.state))))

    def close_all(self, code: int, reason: str) -> None:
        for peer in list(self.peers):
            peer.close(code, reason)

    def close_number(self, number: int) -> None:
        for peer in list(self.peers):
            if number in peer.numbers:
                peer.refuse(limits.CLOSE_CONTRADICTION, "one client number, two contents")

    # --- what a socket says ---

    def hear(self, peer: Peer, data: bytes) -> None:
        message = messages.read_message(data)
        self._ears[type(message)](self, peer, message)

    def _on_step_1(self, peer: Peer, message: SyncStep1) -> None:
        read_state(message.state)
        peer.spend_question()
        if peer.writer.buffered > limits.HARD_LIMIT:
            raise Refusal(limits.CLOSE_COME_BACK, "too slow")
        for frame in self._answer(message.state):
            peer.tell(frame)

    def _answer(self, state: bytes) -> list[Frame]:
        if state == NOTHING and self._whole is not None:  # many who join at once get the same bytes
            return self._whole
        *parts, last = split(self.doc.get_update(state), limits.PART_BYTES)
        answer = [Frame(messages.sync_update(part)) for part in parts] + [Frame(messages.sync_step_2(last))]
        if state == NOTHING:
            self._whole = answer
        return answer

    def _on_step_2(self, peer: Peer, message: SyncStep2) -> None:
        peer.gave_everything()
        if self._take(peer, message.update, is_resent=True):
            peer.filled()

    def _on_update(self, peer: Peer, message: SyncUpdate) -> None:
        self._take(peer, message.update, is_resent=False)

    def _on_awareness(self, peer: Peer, message: AwarenessUpdate) -> None:
        if len(message.entries) > limits.AWARENESS_ENTRIES:
            raise Malformed("more cursors than there may be people")
        changed = self.presence.hear(peer, message.entries, self.clients, self._loop.time())
        if changed:
            self._presence_changed(changed)
        else:
            repeat = self.presence.numbers_to_repeat(peer, message.entries)
            if repeat:
                peer.tell(Frame(messages.awareness(repeat)))

    def _on_query(self, peer: Peer, message: QueryAwareness) -> None:
        peer.tell(Frame(self.presence.everybody()))

    def _on_unknown(self, peer: Peer, message: Unknown) -> None:
        """Skipped, as clients skip what they do not know. It was paid for."""

    _ears: ClassVar[dict[type, Callable[["Replica", Peer, Any], None]]] = {
        SyncStep1: _on_step_1,
        SyncStep2: _on_step_2,
        SyncUpdate: _on_update,
        AwarenessUpdate: _on_awareness,
        QueryAwareness: _on_query,
        Unknown: _on_unknown,
    }

    # --- content ---

    def _take(self, peer: Peer, update: bytes, *, is_resent: bool) -> bool:
        """Check, apply, pass on, keep for the store. False when something is missing before it."""
        claims = read_update(update)
        peer.heard += 1
        is_known = not claims.is_new_to(self.state) or (is_resent and self._is_known(claims))
        if not peer.may_write and not is_known:
            raise Refusal(limits.CLOSE_FORBIDDEN, "reading only")
        if peer.may_write:
            self._refuse_other_content(peer, claims)
        if is_known:
            self._nothing_new(peer)
            return True
        if claims.gap_after(self.state) is not None:
            if peer.must_be_asked_again():
                self.ask(peer)
            return False
        self._refuse_other_peoples_numbers(peer, claims, is_resent)
        self._refuse_too_much(update)
        self.depths.take(claims.in_order(self.state), self.state)
        self._apply(update, claims)
        self._broadcast(peer, update)
        self.unstored.append(Written(peer.person_id, update))
        self.unstored_bytes += len(update)
        self._await_store(peer)
        return True

    def _is_known(self, claims: Claims) -> bool:
        """Yjs adds all deletions it knows to every step 2: whether they and the rest are here already."""
        if any(run.end > self.state.get(run.client, 0) for run in claims.runs):
            return False
        return claims.deletes_within(read_update(self.doc.get_update(write_state(self.state))))

    def _nothing_new(self, peer: Peer) -> None:
        """It may still repeat what waits for the store: it is committed when that is."""
        if self.unstored or self.is_storing:
            self._await_store(peer)
        else:
            peer.acknowledge(peer.countable)

    def _await_store(self, peer: Peer) -> None:
        self.awaiting.add(peer)
        self.clean.clear()
        self.on_unstored(self)

    def _refuse_other_peoples_numbers(self, peer: Peer, claims: Claims, is_resent: bool) -> None:
        for number in claims.writers_beyond(self.state):
            owner = self.clients.get(number)
            if owner == peer.person_id:
                peer.numbers.add(number)
                continue
            if is_resent and number not in peer.numbers and not self._has_synced_owner(number):
                continue  # what the server lost in a crash comes back from whoever has it
            if owner is not None:
                raise Refusal(limits.CLOSE_CONTRADICTION, "somebody else's client number")
            if len(peer.numbers) >= limits.NUMBERS_A_SOCKET and number not in peer.numbers:
                raise Refusal(limits.CLOSE_TOO_MANY, "too many client numbers")
            peer.numbers.add(number)
            self.clients[number] = self.unstored_clients[number] = peer.person_id

    def _has_synced_owner(self, number: int) -> bool:
        owner = self.clients.get(number)
        return any(peer.synced and peer.person_id == owner and number in peer.numbers for peer in self.peers)

    def _refuse_other_content(self, peer: Peer, claims: Claims) -> None:
        overlap = claims.overlap_with(self.state)
        if not overlap:
            return
        ours = self.doc.get_update(write_state({**self.state, **overlap}))
        peer.spend_comparison(len(ours))
        if contradicts(read_update(ours), claims) is not None:
            raise Refusal(limits.CLOSE_CONTRADICTION, "one client number, two contents")

    def _refuse_too_much(self, update: bytes) -> None:
        if self.unstored_bytes + len(update) > limits.UNSTORED_BYTES:
            raise Refusal(limits.CLOSE_UNAVAILABLE, "not stored yet")
        if self.size + len(update) > limits.DOCUMENT_BYTES:
            self.size = len(self.doc.get_update())
            if self.size + len(update) > limits.DOCUMENT_BYTES:
                raise Refusal(limits.CLOSE_TOO_LARGE, "document too large")

    def _apply(self, update: bytes, claims: Claims) -> None:
        try:
            self.doc.apply_update(update)
        except (ValueError, RuntimeError) as error:
            if read_state(self.doc.get_state()) != self.state:
                self.on_lost(self, "an update was taken by half")
            raise Malformed("not an update") from error
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of pycrdt's Rust is no Exception, and leaves nothing to rely on
            self.on_lost(self, "pycrdt panicked")
            raise Malformed("not an update") from error
        self._whole = None
        self.size += len(update)
        for number, end in claims.ends().items():
            known = self.state.get(number, 0)
            if end > known:
                self._before_turn.setdefault(number, known)
                self.state[number] = end
        if len(claims.runs) > 1 and read_state(self.doc.get_state()) != self.state:
            self.on_lost(self, "an update was not taken whole")
            raise Refusal(limits.CLOSE_COME_BACK, "begin again")

    def take_rows(self, rows: Iterable[Row]) -> None:
        """What other processes stored."""
        for row in rows:
            try:
                claims = read_update(row.data)
                self.depths.take(claims.in_order(self.state), self.state)
                self._apply(row.data, claims)
            except (Malformed, Refusal):
                self.on_lost(self, f"row {row.seq} was not taken")
                return
            self._broadcast(None, row.data)

    # --- telling everybody ---

    def _broadcast(self, peer: Peer | None, update: bytes) -> None:
        """What comes in one turn of the loop leaves as one frame."""
        if not self._outgoing:
            self._loop.call_soon(self._send_outgoing)
        self._outgoing.append((peer, update))

    def _send_outgoing(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        before, self._before_turn = self._before_turn, {}
        first = outgoing[0][0]
        sole = first if all(peer is first for peer, _ in outgoing) else None
        frames = [Frame(messages.sync_update(update)) for update in log.merged([update for _, update in outgoing])]
        for peer in self.peers:
            if peer is sole or peer.closed or peer.behind is not None:
                continue
            writer = peer.writer
            if writer.buffered > limits.SOFT_LIMIT:
                self._fall_behind(peer, before)
            else:
                for frame in frames:
                    writer.write(frame)

    def _fall_behind(self, peer: Peer, before: State) -> None:
        peer.behind = {**self.state, **before}
        peer.behind_since = self._loop.time()
        if self._catch_up_timer is None:
            self._catch_up_timer = self._loop.call_later(limits.CATCH_UP_SECONDS, self._catch_up)

    def _catch_up(self) -> None:
        """Slow readers that took most of what waited get one difference instead of all they missed."""
        self._catch_up_timer = None
        now = self._loop.time()
        late = [peer for peer in self.peers if peer.behind is not None and not peer.closed]
        for peer in late:
            if peer.behind is not None and peer.writer.buffered <= limits.SOFT_LIMIT // 2:
                state, peer.behind = peer.behind, None
                for part in split(self.doc.get_update(write_state(state)), limits.PART_BYTES):
                    peer.tell(Frame(messages.sync_update(part)))
                peer.tell(Frame(self.presence.everybody()))
            elif now - peer.behind_since > limits.BEHIND_SECONDS:
                peer.refuse(limits.CLOSE_COME_BACK, "too slow")
        if any(peer.behind is not None and not peer.closed for peer in late):
            self._catch_up_timer = self._loop.call_later(limits.CATCH_UP_SECONDS, self._catch_up)

    # --- who is here ---

    def hear_presence(self, process: str, entries: Sequence[messages.Presence]) -> None:
        changed = self.presence.hear_of(process, entries, self._loop.time())
        if changed:
            self._schedule_presence(changed)

    def expire_presence(self) -> None:
        self._presence_changed(self.presence.expire(self._loop.time()))

    def _presence_changed(self, numbers: list[int]) -> None:
        if numbers:
            self.on_presence(self, numbers)
            self._schedule_presence(numbers)

    def _schedule_presence(self, numbers: list[int]) -> None:
        self._moved.update(numbers)
        if self._presence_timer is None:
            self._presence_timer = self._loop.call_later(limits.AWARENESS_SECONDS, self._send_presence)

    def _send_presence(self) -> None:
        self._presence_timer = None
        moved, self._moved = self._moved, set()
        frame = Frame(messages.awareness(self.presence.entries(moved)))
        for peer in self.peers:
            if not peer.closed and peer.behind is None:
                peer.writer.write(frame)

    # --- the store ---

    def cut(self) -> tuple[Batch, dict[Peer, int]]:
        """What waits now, and how much of each socket's messages that completes. It stays here until `settle`."""
        marks = {peer: peer.countable for peer in self.awaiting}
        self.awaiting = set()
        self.is_storing = True
        return Batch(self.document_id, self.seq, list(self.unstored), dict(self.unstored_clients)), marks

    def put_back(self, marks: Iterable[Peer]) -> None:
        """It was not stored."""
        self.is_storing = False
        self.awaiting.update(marks)

    def settle(self, batch: Batch, marks: dict[Peer, int]) -> None:
        """It is committed: forget it, and tell who wrote it."""
        self.is_storing = False
        del self.unstored[: len(batch.written)]
        self.unstored_bytes -= sum(len(written.data) for written in batch.written)
        for number in batch.clients:
            self.unstored_clients.pop(number, None)
        for peer, count in marks.items():
            peer.acknowledge(count)
        if not self.is_dirty:
            self.clean.set()

    def stop(self) -> None:
        self.clean.set()  # nobody needs to wait for it any more
        for timer in (self._presence_timer, self._catch_up_timer):
            if timer is not None:
                timer.cancel()
