"""A socket at the level of bytes: frames that no library would write."""

import base64
import os
import socket
import struct
from types import TracebackType

from django.conf import settings

from tests.realtime.browsers import ORIGIN

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FIN = 0x80


def frame(opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
    head = bytes([(FIN if fin else 0) | reserved | opcode])
    mask_bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([mask_bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([mask_bit | 126]) + struct.pack("!H", len(payload))
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", len(payload))
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


class Closed(Exception):
    """The server ended the connection: with this code, or without a word (None)."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class RawWire:
    def __init__(self, host: str, session_key: str, *, headers: bytes = b"", receive_buffer: int | None = None) -> None:
        name, port = host.split(":")
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(15)
        self._socket.connect((name, int(port)))
        self._read = b""
        self._socket.sendall(
            b"GET /live/ HTTP/1.1\r\n"
            + f"Host: {host}\r\nCookie: {settings.SESSION_COOKIE_NAME}={session_key}\r\n".encode()
            + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + b"Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)) + b"\r\n"
            + (headers or f"Origin: {ORIGIN}\r\n".encode()) + b"\r\n"
        )  # fmt: skip
        while b"\r\n\r\n" not in self._read:
            more = self._socket.recv(4096)
            if not more:
                break
            self._read += more
        answer, _, self._read = self._read.partition(b"\r\n\r\n")
        self.status = int(answer.split()[1]) if answer else None

    def __enter__(self) -> "RawWire":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            try:
                more = self._socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                raise Closed(None)
            self._read += more
        taken, self._read = self._read[:size], self._read[size:]
        return taken

    def receive(self) -> tuple[int, bytes]:
        """The next whole frame's opcode and payload; raises Closed at a close frame or the end."""
        first, second = self._exactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._exactly(8))
        payload = self._exactly(size)
        if first & 0x0F == CLOSE:
            raise Closed(struct.unpack("!H", payload[:2])[0] if payload else None)
        return first & 0x0F, payload
