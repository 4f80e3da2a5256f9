"""To and from other processes: rows that were stored, cursors, and whose rights to look at again.

A hint may be lost: rows are found again by their number, cursors are told again every 15 s, rights are swept.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog

from collab.realtime.subscription import Subscription

from .log import Row

log = structlog.get_logger(__name__)

LARGEST_HINT = 256 * 1024
MOST_WAITING = 1000


class RowsStored(msgspec.Struct, frozen=True, tag="rows"):
    """`rows` end with number `last`; none when they are too large for a hint."""

    sender: str
    document: UUID
    last: int
    rows: list[bytes]


class CursorsMoved(msgspec.Struct, frozen=True, tag="cursors"):
    """`entries` is an awareness message of the sender's own sockets."""

    sender: str
    document: UUID
    entries: bytes


class WhoIsThere(msgspec.Struct, frozen=True, tag="who"):
    """The sender just opened the document: tell it of your sockets."""

    sender: str
    document: UUID


Hint = RowsStored | CursorsMoved | WhoIsThere


class Across:
    def __init__(
        self,
        *,
        on_hint: Callable[[Hint], None],
        on_recheck: Callable[[UUID], None],
        after_silence: Callable[[], None],
    ) -> None:
        self.process = uuid.uuid4().hex
        self._on_hint = on_hint
        self._on_recheck = on_recheck
        self._subscription = Subscription(self._hear, after_silence)
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Hint)
        self._outgoing: deque[tuple[str, Hint]] = deque()
        self._telling: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._subscription.start()

    async def open(self, document_id: UUID) -> None:
        """Return when the document's hints are heard, or Valkey is away."""
        await self._subscription.subscribed(_channel(document_id))

    def close(self, document_id: UUID) -> None:
        self._subscription.drop(_channel(document_id))

    async def watch(self, person_id: UUID) -> None:
        """Hear of changes to this person's rights from now on."""
        await self._subscription.subscribed(f"person:{person_id}")

    def unwatch(self, person_id: UUID) -> None:
        self._subscription.drop(f"person:{person_id}")

    # --- out ---

    def tell_rows(self, document_id: UUID, rows: Sequence[Row]) -> None:
        data = [row.data for row in rows]
        if sum(map(len, data)) > LARGEST_HINT:
            data = []
        self._tell(RowsStored(self.process, document_id, rows[-1].seq, data))

    def tell_cursors(self, document_id: UUID, entries: bytes) -> None:
        self._tell(CursorsMoved(self.process, document_id, entries))

    def ask_who(self, document_id: UUID) -> None:
        self._tell(WhoIsThere(self.process, document_id))

    def _tell(self, hint: Hint) -> None:
        if len(self._outgoing) >= MOST_WAITING:
            return
        self._outgoing.append((_channel(hint.document), hint))
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell_waiting())

    async def _tell_waiting(self) -> None:
        try:
            while self._outgoing:
                channel, hint = self._outgoing.popleft()
                await self._subscription.publish(channel, self._encoder.encode(hint))
        finally:
            self._telling = None

    # --- in ---

    def _hear(self, payload: bytes) -> None:
        if payload.startswith(b"{"):  # the live socket's own hints, in JSON: we share a person's channel
            hint: dict[str, Any] = msgspec.json.decode(payload)
            if "recheck" in hint:
                self._on_recheck(UUID(hint["recheck"]))
            return
        told = self._decoder.decode(payload)
        if told.sender != self.process:
            self._on_hint(told)


def _channel(document_id: UUID) -> str:
    return f"document:{document_id}"
