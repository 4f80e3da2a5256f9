"""A real media worker for the tests, and waiting for what it tells."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from video.backend import Slot, SlotsChanged, WorkerBackend

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-of-the-media-tests"
START_SECONDS = 20
PATIENCE_SECONDS = 60  # browsers on a busy machine
E = TypeVar("E")


class Worker:
    """A process; `restart` brings another one up behind the same addresses."""

    def __init__(self, **environment: str) -> None:
        self.control = f"127.0.0.1:{_free_port(socket.SOCK_STREAM)}"
        self.udp_port = _free_port(socket.SOCK_DGRAM)
        self._environment = environment
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 – closed by stop
        self.process: subprocess.Popen[bytes]
        self.start()

    def start(self) -> None:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "collab.server.settings.dev",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "COLLAB_MEDIA_SECRET": SECRET,
            "COLLAB_MEDIA_CONTROL": self.control,
            "COLLAB_MEDIA_UDP_PORT": str(self.udp_port),
            "COLLAB_MEDIA_ADDRESSES": "127.0.0.1",
            **self._environment,
        }
        command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "video.worker"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=self._log)
        host, _colon, port = self.control.rpartition(":")
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection((host, int(port)), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, "the media worker died"
                assert time.monotonic() < deadline, "the media worker does not answer"
                time.sleep(0.02)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """A fault that the worker survived is a fault."""
        self.process.terminate()
        ended = self.process.wait(20)
        self._log.seek(0)
        log = self._log.read().decode()
        self._log.close()
        assert ended == 0, log
        assert "Traceback" not in log and "Exception in" not in log, log

    def backend(self, secret: str = SECRET) -> WorkerBackend:
        return WorkerBackend([self.control], secret)


@contextmanager
def running_worker(**environment: str) -> Iterator[Worker]:
    worker = Worker(**environment)
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.stop()


class Ear:
    """Hears a backend's events, and waits for one of them."""

    def __init__(self, backend: WorkerBackend) -> None:
        self.events: list[object] = []
        self.pools: dict[UUID, tuple[Slot, ...]] = {}  # the last told, by session
        self._news = asyncio.Event()
        backend.listen(self._hear)

    def _hear(self, event: object) -> None:
        self.events.append(event)
        if isinstance(event, SlotsChanged):
            self.pools[event.session] = event.slots
        self._news.set()

    async def until(self, kind: type[E], matches: Callable[[E], bool] = lambda event: True) -> E:
        """The first event of the kind that matches, past or to come; it is then forgotten."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for place, event in enumerate(self.events):
                    if isinstance(event, kind) and matches(event):
                        del self.events[place]
                        return event
                self._news.clear()
                await self._news.wait()

    async def until_pool(self, session: UUID, *wanted: tuple[UUID, str]) -> tuple[Slot, ...]:
        """The session's pool as soon as it holds exactly these sources and kinds."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while {(slot.source, slot.kind) for slot in self.pools.get(session, ()) if slot.source} != set(wanted):
                self._news.clear()
                await self._news.wait()
        return self.pools[session]


async def until(holds: Callable[[], Awaitable[object]], what: str = "") -> None:
    """Ask a browser until it says yes: its decoder tells nobody when it has worked."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await holds():
        assert time.monotonic() < deadline, what or "it did not happen"
        await asyncio.sleep(0.05)


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
