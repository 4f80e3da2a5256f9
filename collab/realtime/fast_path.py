"""uvicorn's WebSocket protocol with the extension `collab.frames`. Prose: docs/protocol.md, "Frames".

Complete masked binary messages go straight to who asked for them, and frames that were encoded once are written as
they are. Everything else, good or bad, goes through uvicorn and websockets as if this class were not there: it only
keeps count of where frames begin. It leans on uvicorn's internals, so the version is pinned and the seam is tested.
"""

import random
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.speedups import apply_mask

from .frames import EXTENSION, HARD_LIMIT

BINARY_WHOLE = 0x82  # FIN, no reserved bit, binary
CONTROL = 0x08
LONGEST_HEAD = 14
# After our close frame: time for the other side to answer, then the connection is cut with what it did not read.
CLOSE_SECONDS = 5.0
# At a restart, sockets leave over this time rather than all at once.
LEAVE_SECONDS = 2.0
SOCKETS_LEAVING_A_SECOND = 500


class FastProtocol(WebSocketsSansIOProtocol):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sink: Callable[[bytes], None] | None = None
        self._lost: Callable[[], None] | None = None
        self._shaken = False  # the handshake's request went to the library
        self._head = b""  # the beginning of a frame's head
        self._left = 0  # bytes of the current frame that still go to the library
        self._in_fragments = False
        self._library_only = False

    # --- the extension, see frames.FrameWriter ---

    @property
    def buffered(self) -> int:
        return self.transport.get_write_buffer_size()

    def write_binary(self, frame: bytes) -> bool:
        transport = self.transport
        if self.close_sent or self.disconnected or not self.handshake_complete or transport.is_closing():
            return False
        if transport.get_write_buffer_size() > HARD_LIMIT:
            transport.abort()
            return False
        transport.write(frame)
        return True

    write_text = write_binary

    def on_binary(self, callback: Callable[[bytes], None]) -> None:
        self._sink = callback

    def on_lost(self, callback: Callable[[], None]) -> None:
        self._lost = callback

    def close(self, code: int, reason: str = "") -> None:
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        # `transport.close` would wait for ever for a reader that does not read.
        self.close_timer = self.loop.call_later(CLOSE_SECONDS, self.transport.abort)

    # --- uvicorn's protocol ---

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            cast("dict[str, Any]", self.scope["extensions"])[EXTENSION] = self

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        lost, self._lost, self._sink = self._lost, None, None
        if lost is not None:
            lost()

    def shutdown(self) -> None:
        """Come back, but not all at once."""
        spread = min(LEAVE_SECONDS, len(self.connections) / SOCKETS_LEAVING_A_SECOND)
        self.loop.call_later(random.uniform(0, spread), super().shutdown)  # noqa: S311

    def send_receive_event_to_app(self) -> None:
        """A message that came through the library: fragmented, or split over two reads."""
        if self._sink is None or self.curr_msg_data_type == "text" or self.close_sent:
            super().send_receive_event_to_app()
            return
        data = b"".join(self.frames)
        self.frames = []
        self._pour(self._sink, data)

    def data_received(self, data: bytes) -> None:
        if not self._shaken:
            self._shaken = True
            super().data_received(data)
        elif self._library_only:
            super().data_received(data)
        else:
            self._walk(data)

    def _walk(self, data: bytes) -> None:
        """Go from frame to frame. `at` is where the next one begins."""
        at = 0
        if self._left:
            at = min(self._left, len(data))
            self._left -= at
            super().data_received(data[:at])
        elif self._head:
            data, self._head = self._head + data, b""
        size = len(data)
        while at < size:
            if self._library_only or self.close_sent or self.transport.is_closing():
                self._library_only = True
                super().data_received(data[at:])
                return
            head = _head_size(data, at, size)
            is_whole_head = head <= size - at
            length = _payload_length(data, at) if is_whole_head else 0
            if size - at >= 2 and not self._is_plain(data[at], data[at + 1], length):
                self._library_only = True
                super().data_received(data[at:])
                return
            if not is_whole_head:
                self._head = data[at:]
                return
            end = at + head + length
            first = data[at]
            if end <= size and first == BINARY_WHOLE and self._sink is not None:
                self._pour(self._sink, apply_mask(data[at + head : end], data[at + head - 4 : at + head]))
            else:
                if not first & CONTROL:
                    self._in_fragments = not first & 0x80
                self._left = max(0, end - size)
                super().data_received(data[at:end])
            at = end

    def _pour(self, sink: Callable[[bytes], None], message: bytes) -> None:
        try:
            sink(message)
        except Exception:  # a bug of the application's: this socket ends, the server does not
            self.logger.exception("a binary message failed")
            self.close(1011)

    def _is_plain(self, first: int, second: int, length: int) -> bool:
        """What we can step over ourselves. At the rest the library takes over for good, and finds the fault."""
        if first & 0x70 or not second & 0x80 or length > self.config.ws_max_size:
            return False
        is_new_message = first & 0x0F in (1, 2)
        return not (self._in_fragments and is_new_message)


def _head_size(data: bytes, at: int, size: int) -> int:
    """How many bytes the frame's head has, mask included; LONGEST_HEAD while it is not known."""
    if size - at < 2:
        return LONGEST_HEAD
    short = data[at + 1] & 0x7F
    return 6 if short < 126 else 8 if short == 126 else 14


def _payload_length(data: bytes, at: int) -> int:
    short = data[at + 1] & 0x7F
    if short < 126:
        return short
    if short == 126:
        return int.from_bytes(data[at + 2 : at + 4], "big")
    return int.from_bytes(data[at + 2 : at + 10], "big")
