"""The way out to one socket: pre-encoded frames where the server has them, plain ASGI `send` elsewhere."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from collab.realtime import frames

from . import limits

Send = Callable[[dict[str, Any]], Awaitable[None]]
SEND_SECONDS = limits.BEHIND_SECONDS


class Frame:
    """One message, framed once for everybody who gets it."""

    __slots__ = ("_wire", "payload")

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        if self._wire is None:
            self._wire = frames.encode(self.payload)
        return self._wire


class Writer(Protocol):
    @property
    def buffered(self) -> int:
        """Bytes the reader has not taken."""

    def write(self, frame: Frame) -> bool:
        """False when it can no longer be written."""

    def close(self, code: int, reason: str) -> None: ...


class FastWriter:
    def __init__(self, out: frames.FrameWriter) -> None:
        self._out = out

    @property
    def buffered(self) -> int:
        return self._out.buffered

    def write(self, frame: Frame) -> bool:
        return self._out.write_binary(frame.wire)

    def close(self, code: int, reason: str) -> None:
        self._out.close(code, reason)


class PlainWriter:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: deque[bytes] = deque()
        self._drain: asyncio.Task[None] | None = None
        self._ended = False
        self.buffered = 0

    def write(self, frame: Frame) -> bool:
        if self._ended:
            return False
        self._waiting.append(frame.payload)
        self.buffered += len(frame.payload)
        if self._drain is None:
            self._drain = asyncio.get_running_loop().create_task(self._empty())
        return True

    def close(self, code: int, reason: str) -> None:
        if not self._ended:
            self._ended = True
            self._goodbye = asyncio.get_running_loop().create_task(self._say_goodbye(code, reason))

    async def _empty(self) -> None:
        try:
            while self._waiting:
                payload = self._waiting.popleft()
                await asyncio.wait_for(self._send({"type": "websocket.send", "bytes": payload}), SEND_SECONDS)
                self.buffered -= len(payload)
        except (OSError, RuntimeError, TimeoutError):
            self._ended = True  # gone, or as good as: `receive` tells the consumer
        finally:
            self._drain = None

    async def _say_goodbye(self, code: int, reason: str) -> None:
        drain = self._drain
        if drain is not None:
            await asyncio.wait({drain}, timeout=1)
            drain.cancel()
        try:
            await asyncio.wait_for(
                self._send({"type": "websocket.close", "code": code, "reason": reason}), SEND_SECONDS
            )
        except (OSError, RuntimeError, TimeoutError):
            pass


def writer_of(scope: Mapping[str, Any], send: Send) -> Writer:
    out = frames.of(scope)
    return FastWriter(out) if out is not None else PlainWriter(send)
