"""The writer: what the replicas of this process accepted goes to the log in batches, one transaction at a time."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog
from django.db import DatabaseError, IntegrityError, OperationalError

from collab.realtime.bridge import in_thread

from . import limits, log
from .log import Batch, Contradiction, Stored
from .peer import Peer
from .replica import Replica

logger = structlog.get_logger(__name__)

Cut = tuple[Replica, Batch, dict[Peer, int]]


class Store:
    """`on_stored` is told after COMMIT. A document whose store fails stays in memory and is tried again."""

    def __init__(
        self, on_stored: Callable[[Replica, Batch, Stored | None], None], on_lost: Callable[[Replica, str], None]
    ) -> None:
        self._on_stored = on_stored
        self._on_lost = on_lost
        self._dirty: dict[Replica, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._failures = 0

    def wake(self, replica: Replica) -> None:
        self._dirty[replica] = None
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def forget(self, replica: Replica) -> None:
        self._dirty.pop(replica, None)

    async def _run(self) -> None:
        try:
            while self._dirty:
                await asyncio.sleep(self._pause())
                try:
                    await self._store_all()
                except Exception:  # a bug: the others' edits are stored all the same
                    logger.exception("a round of storing broke off")
        finally:
            self._task = None

    def _pause(self) -> float:
        if not self._failures:
            return limits.BATCH_SECONDS
        return limits.RETRY_SECONDS[min(self._failures, len(limits.RETRY_SECONDS)) - 1]

    async def _store_all(self) -> None:
        replicas, self._dirty = list(self._dirty), {}
        cuts: list[Cut] = []
        for replica in replicas:
            batch, marks = replica.cut()
            if batch.written:
                cuts.append((replica, batch, marks))
            else:
                replica.settle(batch, marks)
        if cuts:
            await self._store(cuts)

    async def _store(self, cuts: list[Cut]) -> None:
        try:
            stored = await in_thread(log.append, [batch for _, batch, _ in cuts])
        except Contradiction as contradiction:
            await self._without(contradiction, cuts)
        except (OperationalError, IntegrityError, DatabaseError, OSError) as error:
            self._failed(cuts, error)
        except Exception as error:  # nothing that people wrote may be dropped, whatever the reason
            if len(cuts) == 1:
                self._failed(cuts, error)
            for cut in cuts if len(cuts) > 1 else ():
                await self._store([cut])
        else:
            self._succeeded(cuts, stored)

    async def _without(self, contradiction: Contradiction, cuts: list[Cut]) -> None:
        for replica, _, marks in cuts:
            if replica.document_id == contradiction.document_id:
                replica.put_back(marks)
                # The state vectors will be equal and the texts not: its page must not come back as it is.
                replica.close_number(contradiction.number)
                self._on_lost(replica, "the log holds other content under one client number")
        others = [cut for cut in cuts if cut[0].document_id != contradiction.document_id]
        if others:
            await self._store(others)

    def _failed(self, cuts: list[Cut], error: Exception) -> None:
        self._failures += 1
        for replica, _, marks in cuts:
            replica.put_back(marks)
            self._dirty[replica] = None
        logger.error(
            "documents are not stored: they stay in memory and are tried again",
            documents=len(cuts),
            bytes=sum(replica.unstored_bytes for replica, _, _ in cuts),
            tries=self._failures,
            error=repr(error),
        )

    def _succeeded(self, cuts: list[Cut], stored: dict[UUID, Stored]) -> None:
        if self._failures:
            logger.info("documents are stored again", documents=len(cuts))
            self._failures = 0
        for replica, batch, marks in cuts:
            answer = stored.get(replica.document_id)
            if answer is not None:
                replica.settle(batch, marks)
            else:
                replica.put_back(marks)
            self._on_stored(replica, batch, answer)
            if replica.is_dirty and answer is not None:
                self._dirty[replica] = None
