"""One pub/sub connection to Valkey for the whole process; it comes back by itself."""

import asyncio
import random
from collections.abc import Callable

import redis
import redis.asyncio
import structlog

from . import valkey

log = structlog.get_logger(__name__)

FIRST_RETRY_SECONDS = 0.2
LONGEST_RETRY_SECONDS = 5.0
# A picture waits this long for Valkey to confirm; then it goes without, and the poll finds what hints would tell.
CONFIRM_SECONDS = 1.0
# A half-open connection is silent like a quiet one; this tells them apart.
PING_SECONDS = 10.0


class Subscription:
    def __init__(self, hear: Callable[[bytes], None], after_silence: Callable[[], None]) -> None:
        self._hear = hear
        self._after_silence = after_silence
        self._wanted: dict[str, asyncio.Event] = {}
        self._pubsub: redis.asyncio.client.PubSub | None = None
        self._client: redis.asyncio.Redis | None = None
        self._changes: asyncio.Queue[tuple[bool, str]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._last_word = 0.0

    @property
    def is_up(self) -> bool:
        return self._pubsub is not None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def want(self, channel: str) -> None:
        if channel not in self._wanted:
            self._wanted[channel] = asyncio.Event()
            self._changes.put_nowait((True, channel))

    async def subscribed(self, channel: str) -> None:
        """Return when Valkey confirmed, or did not in time."""
        self.want(channel)
        confirmed = self._wanted[channel]
        if not confirmed.is_set() and self.is_up:
            try:
                await asyncio.wait_for(confirmed.wait(), CONFIRM_SECONDS)
            except TimeoutError:
                log.warning("Valkey did not confirm in time")

    def drop(self, channel: str) -> None:
        if self._wanted.pop(channel, None) is not None:
            self._changes.put_nowait((False, channel))

    async def publish(self, channel: str, payload: bytes) -> bool:
        """False when Valkey did not take it."""
        if not self.is_up or self._client is None:
            return False
        try:
            await asyncio.wait_for(self._client.publish(f"{valkey.PREFIX}:{channel}", payload), CONFIRM_SECONDS)
        except (redis.RedisError, OSError, TimeoutError):
            return False
        return True

    async def _run(self) -> None:
        retry = FIRST_RETRY_SECONDS
        while True:
            try:
                await self._connect()
                retry = FIRST_RETRY_SECONDS
                await self._listen()
            except (redis.RedisError, OSError) as error:
                log.warning("hints are away", error=type(error).__name__)
            finally:
                self._pubsub = None
            await asyncio.sleep(retry * random.uniform(0.5, 1.0))  # noqa: S311
            retry = min(retry * 2, LONGEST_RETRY_SECONDS)

    async def _connect(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        self._client = valkey.for_loop()
        self._changes = asyncio.Queue()
        pubsub = self._client.pubsub()
        for event in self._wanted.values():
            event.clear()
        # A channel nobody uses keeps the connection subscribed when nothing is followed.
        names = [f"{valkey.PREFIX}:alive", *(f"{valkey.PREFIX}:{name}" for name in self._wanted)]
        for start in range(0, len(names), 500):
            await asyncio.wait_for(pubsub.subscribe(*names[start : start + 500]), 5)
        self._pubsub = pubsub
        self._last_word = asyncio.get_running_loop().time()

    async def _listen(self) -> None:
        assert self._pubsub is not None
        pubsub = self._pubsub
        writer = asyncio.create_task(self._write_changes(pubsub))
        pinger = asyncio.create_task(self._ping(pubsub))
        reader = asyncio.create_task(self._read(pubsub))
        try:
            done, _ = await asyncio.wait({writer, pinger, reader}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (writer, pinger, reader):
                task.cancel()
            await asyncio.gather(writer, pinger, reader, return_exceptions=True)

    async def _read(self, pubsub: "redis.asyncio.client.PubSub") -> None:
        prefix = f"{valkey.PREFIX}:"
        first = True
        while True:
            response = await pubsub.parse_response(block=True)
            self._last_word = asyncio.get_running_loop().time()
            if not response:
                continue
            kind = response[0]
            if kind == b"message":
                try:
                    self._hear(response[2])
                except Exception:  # one bad hint must not silence the others
                    log.exception("hint not understood")
            elif kind == b"subscribe":
                event = self._wanted.get(response[1].decode().removeprefix(prefix))
                if event is not None:
                    event.set()
                if first:
                    first = False
                    self._after_silence()

    async def _write_changes(self, pubsub: "redis.asyncio.client.PubSub") -> None:
        while True:
            changes = [await self._changes.get()]
            while not self._changes.empty():
                changes.append(self._changes.get_nowait())
            for on, channel in changes:
                name = f"{valkey.PREFIX}:{channel}"
                if on and channel in self._wanted:
                    await pubsub.subscribe(name)
                elif not on and channel not in self._wanted:
                    await pubsub.unsubscribe(name)

    async def _ping(self, pubsub: "redis.asyncio.client.PubSub") -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            asked = asyncio.get_running_loop().time()
            await pubsub.ping()
            await asyncio.sleep(PING_SECONDS / 2)
            if self._last_word < asked:
                raise redis.TimeoutError("Valkey is silent")
