"""A way to the worker that loses packets: a UDP relay, one socket towards the worker for each browser's."""

import asyncio
import random
import socket
from typing import Self


class LossyWay:
    def __init__(self, worker_port: int, loss: float, seed: int = 1) -> None:
        self._worker, self._loss, self._chance = ("127.0.0.1", worker_port), loss, random.Random(seed)
        self._near = _socket()
        self._near.bind(("127.0.0.1", 0))
        self.port: int = self._near.getsockname()[1]
        self._far: dict[tuple[str, int], socket.socket] = {}
        self.lost = 0

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().add_reader(self._near.fileno(), self._from_browsers)
        return self

    async def __aexit__(self, *_: object) -> None:
        for one in (self._near, *self._far.values()):
            asyncio.get_running_loop().remove_reader(one.fileno())
            one.close()

    def _from_browsers(self) -> None:
        while (pair := _receive(self._near)) is not None:
            datagram, browser = pair
            far = self._far.get(browser)
            if far is None:
                far = self._far[browser] = _socket()
                far.connect(self._worker)
                asyncio.get_running_loop().add_reader(far.fileno(), self._from_worker, far, browser)
            if not self._loses(datagram):
                far.send(datagram)

    def _from_worker(self, far: socket.socket, browser: tuple[str, int]) -> None:
        while (pair := _receive(far)) is not None:
            if not self._loses(pair[0]):
                self._near.sendto(pair[0], browser)

    def _loses(self, datagram: bytes) -> bool:
        """Media only, and their reports: what a handshake loses is OpenSSL's matter."""
        is_lost = datagram[0] & 0xC0 == 0x80 and self._chance.random() < self._loss
        self.lost += is_lost
        return is_lost


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    return made


def _receive(sock: socket.socket) -> tuple[bytes, tuple[str, int]] | None:
    try:
        return sock.recvfrom(2_048)
    except OSError:
        return None
