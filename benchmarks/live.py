"""One message to 500 live sockets, and what an idle socket weighs: `python benchmarks/live.py`.

Results: docs/benchmarks.md.

A real web process on SQLite and Valkey, signed-in sockets of as many people, one topic that keeps presence. Client and
server share the machine. The delay runs from before the write's transaction to the arrival of the bytes at each socket.
"""

import argparse
import asyncio
import base64
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
HOME = tempfile.TemporaryDirectory(prefix="collab-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "collab.server.settings.test"
os.environ["COLLAB_DATA"] = HOME.name
os.environ["COLLAB_DATABASE"] = f"sqlite://{HOME.name}/bench.sqlite3"

import django  # noqa: E402

django.setup()

import uvloop  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402

from benchmarks.report import options, percentile, report  # noqa: E402
from collab.server import embedded  # noqa: E402
from people.models import Person  # noqa: E402
from tests.realtime.browsers import ORIGIN, session_for  # noqa: E402
from tests.realtime.wires import TEXT, frame  # noqa: E402
from tests.realtime.words import rename  # noqa: E402

CIRCLE = "circle:lyon"
SEQ = re.compile(rb'"seq":(\d+),"type":"circle.renamed"')


class Reader(asyncio.Protocol):
    """One browser's socket: notes when each announcement arrived, and parses nothing else."""

    def __init__(self, session: str) -> None:
        self._session = session
        self.arrived: dict[int, float] = {}
        self.has_picture = asyncio.Event()
        self.opened = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            "GET /live/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Origin: {ORIGIN}\r\n"
            f"Cookie: {settings.SESSION_COOKIE_NAME}={self._session}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self.opened.is_set():
            assert data.startswith(b"HTTP/1.1 101"), data[:200]
            self.opened.set()
        if b"topic.picture" in data:
            self.has_picture.set()
        for found in SEQ.finditer(data):
            self.arrived[int(found[1])] = now

    def follow(self) -> None:
        text = b'{"v":1,"id":"%s","type":"topic.subscribe","data":{"topic":"%s"}}'
        self.transport.write(frame(TEXT, text % (str(os.urandom(16).hex()).encode(), CIRCLE.encode())))


@contextmanager
def house() -> Iterator[tuple[int, int]]:
    """Port and process id of a web process with its Valkey."""
    folder = Path(HOME.name) / "valkey"
    path = embedded.socket_path(folder)
    valkey = subprocess.Popen(embedded.command(folder, path), stdout=subprocess.DEVNULL)
    settings.VALKEY_URL = f"unix://{path}"
    embedded.wait_until_ready(settings.VALKEY_URL)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    listener.set_inheritable(True)
    environment = {**os.environ, "COLLAB_VALKEY": settings.VALKEY_URL, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    command = [sys.executable, "-m", "tests.realtime.serve", "--fd", str(listener.fileno())]
    web = subprocess.Popen(command, env=environment, cwd=ROOT, pass_fds=(listener.fileno(),))
    try:
        yield listener.getsockname()[1], web.pid
    finally:
        web.terminate()
        web.wait(20)
        valkey.terminate()
        valkey.wait(10)
        listener.close()


def rss_kib(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1])  # type: ignore[index]


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def open_sockets(port: int, sessions: list[str]) -> list[Reader]:
    loop = asyncio.get_running_loop()
    readers = []
    for session in sessions:
        _, reader = await loop.create_connection(lambda session=session: Reader(session), "127.0.0.1", port)
        await asyncio.wait_for(reader.opened.wait(), 60)
        readers.append(reader)
    return readers


async def measure(port: int, pid: int, sessions: list[str], speaker: Person, messages: int, rest: float) -> None:
    warm = await open_sockets(port, sessions[:5])  # the process's own first costs are not a socket's
    for reader in warm:
        reader.follow()
        await asyncio.wait_for(reader.has_picture.wait(), 60)
    before = rss_kib(pid)
    readers = await open_sockets(port, sessions)
    await asyncio.sleep(1)
    idle = (rss_kib(pid) - before) / len(readers)

    for reader in readers:
        reader.follow()
        await asyncio.wait_for(reader.has_picture.wait(), 60)
    await asyncio.sleep(1)
    following = (rss_kib(pid) - before) / len(readers)

    delays: list[float] = []
    worst: list[float] = []
    cpu = cpu_seconds(pid)
    for number in range(messages):
        began = time.perf_counter()
        await asyncio.to_thread(rename, circle="lyon", by=speaker, name=f"Nom {number}")
        deadline = time.monotonic() + 30
        while any(len(reader.arrived) <= number for reader in readers):
            assert time.monotonic() < deadline, "some socket did not hear"
            await asyncio.sleep(0.005)
        arrived = [max(reader.arrived.values()) - began for reader in readers]
        delays += arrived
        worst.append(max(arrived))
        await asyncio.sleep(rest)
    cpu = cpu_seconds(pid) - cpu
    deliveries = messages * len(readers)
    row = {
        "sockets": len(readers),
        "messages": messages,
        "p50 ms": percentile(delays, 50) * 1000,
        "p95 ms": percentile(delays, 95) * 1000,
        "p99 ms": percentile(delays, 99) * 1000,
        "last socket, p95 ms": percentile(worst, 95) * 1000,
        "CPU µs/delivery": cpu / deliveries * 1e6,
        "KiB/idle socket": idle,
        "KiB/following socket": following,
    }
    load = {"load average while measuring": f"{os.getloadavg()[0]:.1f}"}
    report("live: one message to all sockets", [row], to=ARGUMENTS.json, facts=load)


def main() -> None:
    call_command("migrate", verbosity=0)
    group = Group.objects.create(name="lyon")
    count = ARGUMENTS.sockets
    Person.objects.bulk_create(
        Person(email=f"p{n}@exemple.fr", name=f"Personne {n}", password="!") for n in range(count)
    )
    people = list(Person.objects.all())
    group.user_set.set(people)
    sessions = [session_for(person) for person in people]
    with house() as (port, pid):
        uvloop.run(measure(port, pid, sessions, people[0], ARGUMENTS.messages, ARGUMENTS.rest))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--messages", type=int, default=40)
    parser.add_argument("--rest", type=float, default=0.05, help="seconds between two messages")
    ARGUMENTS = options(parser)
    main()
