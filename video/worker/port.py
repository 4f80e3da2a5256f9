"""The one UDP port of a worker: every browser's checks, handshakes and media arrive here."""

import asyncio
import errno
import ipaddress
import logging
import socket
from typing import Protocol

from . import bounds, stun
from .outbox import Destination, Outbox

log = logging.getLogger(__name__)

SOCKET_BUFFER_BYTES = 8 * 1024 * 1024
READS_AT_ONCE = 64  # then other work gets its turn
Address = tuple[str, int]


class Association(Protocol):
    """What the port delivers to: connection.Connection."""

    def take_check(self, destination: Destination, nominates: bool) -> None: ...
    def take_handshake(self, datagram: bytes) -> None: ...
    def take_media(self, length: int) -> None: ...


class MediaPort:
    """`received` holds the datagram that is being taken; it is opened and read in place."""

    def __init__(self, host: str, number: int, *, allow_local: bool) -> None:
        self.received = bytearray(2_048)
        self._view = memoryview(self.received)
        self._allow_local = allow_local
        self._by_name: dict[str, tuple[Association, bytes]] = {}
        self._by_address: dict[Address, tuple[Association, Destination]] = {}
        self._checks_left = bounds.MAX_CHECKS_PER_SECOND
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._sock.setsockopt(socket.SOL_SOCKET, option, SOCKET_BUFFER_BYTES)
        _bind(self._sock, host, number)
        self._sock.setblocking(False)
        self.number: int = self._sock.getsockname()[1]
        self.outbox = Outbox(self._sock)

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._sock.fileno(), self._read)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._sock.fileno())
        self._sock.close()

    def register(self, name: str, association: Association, password: bytes) -> None:
        self._by_name[name] = (association, password)

    def forget_name(self, name: str) -> None:
        self._by_name.pop(name, None)

    def forget(self, association: Association) -> None:
        self._by_name = {name: pair for name, pair in self._by_name.items() if pair[0] is not association}
        self._by_address = {at: pair for at, pair in self._by_address.items() if pair[0] is not association}

    def refill(self) -> None:
        """Once a second."""
        self._checks_left = bounds.MAX_CHECKS_PER_SECOND

    def _read(self) -> None:
        receive, received, view, by_address = self._sock.recvfrom_into, self.received, self._view, self._by_address
        for _ in range(READS_AT_ONCE):
            try:
                length, address = receive(view)
            except OSError:  # nothing more, or a port-unreachable of a browser that left
                break
            if not 0 < length <= bounds.MAX_DATAGRAM_BYTES:
                continue
            first = received[0]
            if 128 <= first < 192:
                if pair := by_address.get(address):
                    pair[0].take_media(length)
            elif first < 4:
                self._check(bytes(view[:length]), address)
            elif 20 <= first < 64 and (pair := by_address.get(address)):
                pair[0].take_handshake(bytes(view[:length]))
        self.outbox.flush()

    def _check(self, datagram: bytes, address: Address) -> None:
        if self._checks_left <= 0 or not (self._allow_local or is_public(address[0])):
            return
        request = stun.read_request(datagram)
        if request is None:
            return
        association, password = self._by_name.get(request.username.partition(":")[0], (None, b""))
        if association is None:  # costs little, and whoever floods us so must not use up what others may ask
            return
        self._checks_left -= 1
        if not request.is_signed_with(password):
            return
        known = self._by_address.get(address)
        destination = known[1] if known else Destination(address)
        if known is None or known[0] is not association:
            self._by_address[address] = (association, destination)
        self.outbox.send(stun.write_success(request.transaction, address, password), destination)
        association.take_check(destination, request.nominates)


def _bind(sock: socket.socket, host: str, number: int) -> None:
    """On `host` where it is this machine's: an answer must leave from the address that was asked.

    Behind a translated address (a NAT, a container) there is one way out anyhow, and every interface is taken.
    """
    try:
        sock.bind((host, number))
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            raise
        sock.bind(("0.0.0.0", number))  # noqa: S104


def is_public(host: str) -> bool:
    """Loopback, link-local and private addresses could be used to make the worker speak to its own neighbours."""
    address = ipaddress.ip_address(host)
    return address.is_global and not address.is_multicast
