"""Packets to many listeners in one system call: `sendmmsg`, filled in place.

The hot path (incoming.Layer) writes a packet into place `count`, seals it there, notes its length and its
destination, and raises `count`. Sending is four fifths of a forwarder's work, so this is where it is saved.
When the socket's buffer is full the rest is dropped, never queued: late media is worth nothing.
"""

import socket
import struct
from typing import Any

from cffi import FFI

from . import srtp

PLACES = 256
PLACE_BYTES = 2_048

ffi = FFI()
ffi.cdef("""
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr { void *msg_name; uint32_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
                void *msg_control; size_t msg_controllen; int msg_flags; };
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int sendmmsg(int, struct mmsghdr *, unsigned int, int);
""")
libc: Any = ffi.dlopen(None)

SOCKADDR_BYTES = 16
WORD = ffi.sizeof("size_t")


class Destination:
    """An IPv4 address as the kernel wants it. `pointer` is valid as long as this object lives."""

    __slots__ = ("_sockaddr", "address", "pointer")

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        packed = struct.pack("=H", socket.AF_INET) + struct.pack("!H", address[1]) + socket.inet_aton(address[0])
        self._sockaddr = ffi.new("char[16]", packed + b"\0" * 8)
        self.pointer = int(ffi.cast("uintptr_t", self._sockaddr))


class Outbox:
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._descriptor = sock.fileno()
        self.arena = bytearray(PLACES * PLACE_BYTES)
        self.count = 0
        self.sent = self.dropped = 0
        self.pointers = [srtp.pointer_into(self.arena, place * PLACE_BYTES) for place in range(PLACES)]
        base = int(ffi.cast("uintptr_t", ffi.from_buffer("char[]", self.arena)))
        self._iovecs = ffi.new("struct iovec[]", PLACES)
        self._messages = ffi.new("struct mmsghdr[]", PLACES)
        for place in range(PLACES):
            self._iovecs[place].iov_base = ffi.cast("void *", base + place * PLACE_BYTES)
            header = self._messages[place].msg_hdr
            header.msg_iov, header.msg_iovlen, header.msg_namelen = self._iovecs + place, 1, SOCKADDR_BYTES
        # Structures seen as arrays of machine words: an item costs half of what a cffi attribute does.
        self.lengths = memoryview(ffi.buffer(self._iovecs)).cast("B").cast("P")  # iov_len at 2 n + 1
        self.names = memoryview(ffi.buffer(self._messages)).cast("B").cast("P")  # msg_name at NAME_STRIDE n

    def flush(self) -> None:
        count, self.count = self.count, 0
        if count:
            sent = max(0, libc.sendmmsg(self._descriptor, self._messages, count, 0))
            self.sent += sent
            self.dropped += count - sent

    def send(self, datagram: bytes, destination: Destination) -> None:
        """One datagram at once: control traffic, retransmissions, handshakes."""
        try:
            self._sock.sendto(datagram, destination.address)
            self.sent += 1
        except OSError:
            self.dropped += 1


NAME_STRIDE = ffi.sizeof("struct mmsghdr") // WORD
