"""Pre-encoded WebSocket frames: the ASGI extension `collab.frames`. Prose: docs/protocol.md, "Frames".

    writer = frames.of(scope)          # None under a server that does not have it: use plain ASGI `send`
    frame = frames.encode(payload)     # once, for everybody who gets it
    writer.write_binary(frame)

Only to be used on the event loop, after the socket was accepted.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

EXTENSION = "collab.frames"

# What may wait unread for one socket before it gets another frame, itself of any size (a whole document). Past it
# nobody would read a close frame either: the connection is cut.
HARD_LIMIT = 4 * 1024 * 1024

TEXT = 0x81
BINARY = 0x82


class FrameWriter(Protocol):
    @property
    def buffered(self) -> int:
        """Bytes the peer has not taken yet."""

    def write_binary(self, frame: bytes) -> bool:
        """Write one frame made by `encode`. False: the socket is closing, or its reader is too far behind.

        Past the hard limit the socket is cut, see `HARD_LIMIT`.
        """

    def write_text(self, frame: bytes) -> bool:
        """The same for a frame made by `encode_text`."""

    def on_binary(self, callback: Callable[[bytes], None]) -> None:
        """From now on complete binary messages come here, not through ASGI `receive`."""

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Called once, when the connection is gone."""

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye and close; ASGI `receive` then gives `websocket.disconnect`."""


def of(scope: Mapping[str, Any]) -> FrameWriter | None:
    extensions = scope.get("extensions") or {}
    return cast("FrameWriter | None", extensions.get(EXTENSION))


def _frame(head: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((head, size)) + payload
    if size < 65536:
        return bytes((head, 126)) + size.to_bytes(2, "big") + payload
    return bytes((head, 127)) + size.to_bytes(8, "big") + payload


def encode(payload: bytes) -> bytes:
    """A whole, unmasked binary message, ready for the wire."""
    return _frame(BINARY, payload)


def encode_text(payload: bytes) -> bytes:
    """The same for UTF-8 text."""
    return _frame(TEXT, payload)
