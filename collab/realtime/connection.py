"""One browser's live socket: what it follows, and the way out to it. See docs/protocol.md, "Limits"."""

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from . import frames
from .protocol import CLOSE_RESUME, Message, announcement, encode
from .topics import Caller

log = structlog.get_logger(__name__)

# What may wait for one reader. Beyond, it is cheaper for both that the browser comes back and resumes.
MAX_WAITING_FRAMES = 1000
MAX_WAITING_BYTES = 1024 * 1024
SEND_SECONDS = 15


class Frame:
    """One message, encoded once for everybody who gets it."""

    __slots__ = ("_wire", "seq", "text")

    def __init__(self, text: bytes, seq: int | None = None) -> None:
        self.text = text
        self.seq = seq
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        if self._wire is None:
            self._wire = frames.encode_text(self.text)
        return self._wire


class Following:
    """A topic one socket follows. Frames wait in `held` until its picture is out; `seq` is what the browser has."""

    __slots__ = ("held", "seq")

    def __init__(self) -> None:
        self.seq: int = -1
        self.held: list[Frame] | None = []


Send = Callable[[dict[str, Any]], Awaitable[None]]


class Connection:
    """Lives on the event loop. Services never see it; async doors may."""

    def __init__(self, *, caller: Caller, send: Send, writer: frames.FrameWriter | None) -> None:
        self.id = uuid.uuid4()
        self.caller = caller
        self.following: dict[str, Following] = {}
        self.closed = False
        self._send = send
        self._writer = writer
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._drain: asyncio.Task[None] | None = None
        self._goodbyes: list[Callable[[], object]] = []
        self._rechecks: list[Callable[[], Awaitable[None]]] = []
        # Set by the consumer: give a topic's fresh picture again.
        self.start_over: Callable[[str], Coroutine[Any, Any, None]]

    async def send(self, message: Message, topic: str | None = None) -> None:
        """Tell this socket alone. With `topic`, its page hears it among that topic's announcements."""
        self.push(Frame(announcement(topic, None, message.type, encode(message))))

    def on_close(self, callback: Callable[[], object]) -> None:
        """Called once on the loop when the socket is gone; may return an awaitable."""
        self._goodbyes.append(callback)

    def on_recheck(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Awaited whenever this person's rights are looked at again: after each revocation, and now and then."""
        self._rechecks.append(callback)

    async def rechecked(self) -> None:
        for callback in self._rechecks:
            try:
                await callback()
            except Exception:  # one that fails must not keep the others from cutting what is no longer allowed
                log.exception("a recheck failed")

    def push(self, frame: Frame) -> None:
        if self.closed:
            return
        if self._writer is not None:
            if self._writer.buffered > MAX_WAITING_BYTES:
                self.close(CLOSE_RESUME, "too slow")
            else:
                self._writer.write_text(frame.wire)
            return
        self._waiting.append(frame.text)
        self._waiting_bytes += len(frame.text)
        if len(self._waiting) > MAX_WAITING_FRAMES or self._waiting_bytes > MAX_WAITING_BYTES:
            self._waiting.clear()
            self._waiting_bytes = 0
            self.close(CLOSE_RESUME, "too slow")
        elif self._drain is None:
            self._drain = asyncio.get_running_loop().create_task(self._drain_waiting())

    def push_following(self, topic: str, frame: Frame) -> None:
        """Pass on what was announced, once and in order, and not before the picture."""
        following = self.following.get(topic)
        if following is None:
            return
        if following.held is not None:
            following.held.append(frame)
            return
        if frame.seq is not None:
            if frame.seq <= following.seq:
                return
            following.seq = frame.seq
        self.push(frame)

    def close(self, code: int, reason: str = "") -> None:
        if self.closed:
            return
        self.closed = True
        if self._writer is not None:
            self._writer.close(code, reason)
            return
        task = asyncio.get_running_loop().create_task(self._say_goodbye(code, reason))
        self._closing = task

    async def _say_goodbye(self, code: int, reason: str) -> None:
        if self._drain is not None:
            try:
                await asyncio.wait_for(self._drain, 2)
            except (TimeoutError, asyncio.CancelledError):
                pass
        try:
            await asyncio.wait_for(
                self._send({"type": "websocket.close", "code": code, "reason": reason}), SEND_SECONDS
            )
        except (OSError, RuntimeError, TimeoutError):
            pass  # gone already

    async def _drain_waiting(self) -> None:
        try:
            while self._waiting:
                text = self._waiting.popleft()
                self._waiting_bytes -= len(text)
                await asyncio.wait_for(self._send({"type": "websocket.send", "text": text.decode()}), SEND_SECONDS)
        except TimeoutError:
            self._drain = None
            self.close(CLOSE_RESUME, "too slow")
        except (OSError, RuntimeError):
            self.closed = True  # gone; `receive` says so to the consumer
        finally:
            self._drain = None

    async def gone(self) -> None:
        """The consumer saw the end: run what waited for it."""
        self.closed = True
        if self._drain is not None:
            self._drain.cancel()
        for callback in self._goodbyes:
            try:
                result = callback()
                if asyncio.iscoroutine(result):
                    await result
            except Exception:  # one goodbye that fails must not keep the others from running
                log.exception("a goodbye failed")
