"""Real web processes for tests, on the test database and Valkey. For every part of the house.

def test_something(servers: Servers) -> None:
    one, other = servers.start(), servers.start()
    with one.browser(person) as browser: …
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from people.models import Person
from tests.realtime.browsers import Browser, session_for

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90


def database_url() -> str:
    """The test database's own address, for another process."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{facts['NAME']}"
    who = quote(str(facts["USER"])) + (f":{quote(str(facts['PASSWORD']))}" if facts["PASSWORD"] else "")
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    if str(facts["HOST"]).startswith("/"):
        return f"postgres://{who}@{port}/{facts['NAME']}?host={facts['HOST']}"
    return f"postgres://{who}@{facts['HOST']}{port}/{facts['NAME']}"


@dataclass
class Server:
    """One web process. Its address stays the same when it is killed and started again."""

    command: Callable[[int], list[str]]
    environment: Mapping[str, str]
    listener: socket.socket
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command(self.listener.fileno()),
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}", **self.environment},
            cwd=ROOT,
            pass_fds=(self.listener.fileno(),),
        )
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=READY_SECONDS) as probe:
                    probe.settimeout(READY_SECONDS)
                    probe.sendall(b"GET /nowhere/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    if probe.recv(1):
                        return
            except OSError:
                pass
            assert self.process.poll() is None, f"the server ended with status {self.process.returncode}"
            assert time.monotonic() < deadline, "the server did not get ready"
            time.sleep(0.05)

    def browser(self, person: Person, **options: object) -> Browser:
        return Browser(self.host, session_for(person), **options)  # type: ignore[arg-type]

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(20)

    def rss_kib(self) -> int:
        assert self.process is not None
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("no VmRSS")


def _uvicorn(fd: int) -> list[str]:
    return [sys.executable, "-m", "tests.realtime.serve", "--fd", str(fd)]


@dataclass
class Servers:
    running: list[Server] = field(default_factory=list)

    def start(
        self,
        *,
        command: Callable[[int], list[str]] = _uvicorn,
        environment: Mapping[str, str] = {},
        words: str = "tests.realtime.words",
    ) -> Server:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        listener.set_inheritable(True)
        common = {
            "DJANGO_SETTINGS_MODULE": "collab.server.settings.test",
            "COLLAB_DATABASE": database_url(),
            "COLLAB_VALKEY": settings.VALKEY_URL,
            "TEST_WORDS": words,
        }
        server = Server(command, {**common, **environment}, listener)
        self.running.append(server)
        server.start()
        return server

    def stop(self) -> None:
        for server in self.running:
            if server.process is not None and server.process.poll() is None:
                server.process.send_signal(signal.SIGCONT)
                server.stop()
            server.listener.close()


@pytest.fixture
def servers(transactional_db: None, valkey: str) -> Iterator[Servers]:
    family = Servers()
    yield family
    family.stop()


def answers(url: str) -> int:
    """The status a page answers with."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
