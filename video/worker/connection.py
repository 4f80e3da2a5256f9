"""One browser's association with the port: ICE-lite, DTLS, SRTP."""

import asyncio
import logging
import secrets
import time
from typing import Protocol

from aiortc.rtcdtlstransport import RTCCertificate

from . import bounds
from .aiortc_bridge import Fingerprint, Handshake
from .outbox import Destination
from .port import MediaPort
from .srtp import Inbound, Outbound

log = logging.getLogger(__name__)


class Keeper(Protocol):
    """Who a connection works for: session.Listening or session.Publishing."""

    def stands(self) -> None: ...
    def moved(self) -> None: ...
    def take_rtp(self, length: int, now: float) -> None: ...
    def take_rtcp(self, data: bytes) -> None: ...


class Connection:
    """ICE-lite: no candidate is ever tried from here, the address is that of the browser's last signed check."""

    role = "controlled"

    def __init__(self, port: MediaPort, certificate: RTCCertificate, keeper: Keeper) -> None:
        self.port, self._keeper = port, keeper
        self.username = ""
        self.password = ""
        self._former = ""
        self.destination: Destination | None = None
        self.outbound: Outbound | None = None
        self.is_closed = False
        self.is_quiet = False  # the browser no longer says that it wants what we send (RFC 7675)
        self.last_heard = time.monotonic()
        self.remote: tuple[Fingerprint, ...] = ()
        self.remote_username = ""
        self._inbound: Inbound | None = None
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue(bounds.MAX_HANDSHAKE_BACKLOG)
        self._reachable = asyncio.Event()
        self._handshake = Handshake(self, certificate)
        self._task: asyncio.Task[None] | None = None
        self._packets_left = bounds.MAX_PACKETS_PER_SECOND
        self.renew()

    @property
    def stands(self) -> bool:
        return self.outbound is not None and not self.is_closed and not self.is_quiet

    def renew(self) -> None:
        """Fresh ICE credentials. The former ones stay good until the next time: the browser still checks with them."""
        self.port.forget_name(self._former)
        self._former = self.username
        self.username, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.port.register(self.username, self, self.password.encode())

    def connect(self, remote: tuple[Fingerprint, ...], remote_username: str) -> None:
        self.remote, self.remote_username = remote, remote_username
        if self._task is None:
            self._task = asyncio.create_task(self._connect(), name="handshake")

    async def _connect(self) -> None:
        try:
            async with asyncio.timeout(bounds.HANDSHAKE_SECONDS):
                await self._reachable.wait()
                sessions = await self._handshake.shake(list(self.remote))
        except (TimeoutError, ConnectionError):
            sessions = None
        if sessions is None or self.is_closed:
            self.close()
            return
        self._handshake.when_closed(self.close)
        self._inbound = Inbound(sessions[0], self.port.received)
        self.outbound = Outbound(sessions[1])
        self.last_heard = time.monotonic()
        self._keeper.stands()

    def close(self) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        self._inbound = None
        self.port.forget(self)
        self._reachable.set()
        if self._inbox.full():
            self._inbox.get_nowait()
        self._inbox.put_nowait(None)
        closing = asyncio.ensure_future(self._close_handshake())
        _closing.add(closing)
        closing.add_done_callback(_closing.discard)

    async def _close_handshake(self) -> None:
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        await self._handshake.close()
        self.destination = None

    def step(self, now: float) -> None:
        """Once a second."""
        self.is_quiet = now - self.last_heard > bounds.CONSENT_SECONDS
        self._packets_left = bounds.MAX_PACKETS_PER_SECOND

    # --- from the port ---

    def take_check(self, destination: Destination, nominates: bool) -> None:
        self.last_heard = time.monotonic()
        if self.destination is destination or (self.destination is not None and not nominates):
            return
        self.destination = destination
        self._reachable.set()
        if self.stands:
            self._keeper.moved()

    def take_handshake(self, datagram: bytes) -> None:
        if not self._inbox.full():
            self._inbox.put_nowait(datagram)

    def take_media(self, length: int) -> None:
        inbound = self._inbound
        self._packets_left -= 1
        if inbound is None or self._packets_left < 0:
            return
        if 192 <= self.port.received[1] <= 223:
            if opened := inbound.open_rtcp(length):
                self._keeper.take_rtcp(bytes(self.port.received[:opened]))
        elif opened := inbound.open_rtp(length):
            self.last_heard = now = time.monotonic()
            self._keeper.take_rtp(opened, now)

    # --- towards the browser ---

    def send_rtcp(self, packet: bytes) -> None:
        if self.outbound is not None and self.destination is not None and (sealed := self.outbound.seal_rtcp(packet)):
            self.port.outbox.send(sealed, self.destination)

    def send_rtp(self, packet: bytes) -> None:
        if self.outbound is not None and self.destination is not None and (sealed := self.outbound.seal_rtp(packet)):
            self.port.outbox.send(sealed, self.destination)

    # --- the names aiortc's DTLS calls its ICE transport by ---

    async def _recv(self) -> bytes:
        datagram = await self._inbox.get()
        if datagram is None:
            raise ConnectionError
        return datagram

    async def _send(self, data: bytes) -> None:
        if self.destination is None:
            raise ConnectionError
        self.port.outbox.send(data, self.destination)


_closing: set[asyncio.Future[None]] = set()
