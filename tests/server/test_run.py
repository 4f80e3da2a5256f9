"""`manage.py run`, really: everything starts, answers, comes back when it is killed, and stops together."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)
PATIENCE_SECONDS = 90
CHILDREN = {"valkey-server", "video.worker", "collab.server.serve", "collab.server worker", "collab.server beat"}


class House:
    """One `run`, with what it says."""

    def __init__(self, data: Path, port: int, dist: Path) -> None:
        self.port = port
        self.told = data / "told"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("COLLAB_", "DJANGO_"))}
        with self.told.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--port", str(port)],
                env={**clean, "COLLAB_DATA": str(data), "COLLAB_FRONTEND_DIST": str(dist)},
                cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def wait_until(self, text: str, seconds: float = PATIENCE_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.told.read_text():
            assert self.process.poll() is None or text in self.told.read_text(), self.told.read_text()
            assert time.monotonic() < deadline, self.told.read_text()
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_SECONDS) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def children(self) -> dict[str, int]:
        """Name and process of each child."""
        found = {}
        command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)]
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in listed.stdout.splitlines():
            pid, arguments = line.split(None, 1)
            name = next((name for name in CHILDREN if name in arguments), None)
            if name:
                found[name] = int(pid)
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A built front end with one script."""
    folder = tmp_path / "dist"
    (folder / ".vite").mkdir(parents=True)
    (folder / "hello.js").write_text("export const hello = 1;")
    (folder / ".vite" / "manifest.json").write_text("{}")
    return folder


@pytest.fixture
def house(tmp_path: Path, port: int, dist: Path) -> Iterator[House]:
    data = tmp_path / "data"
    data.mkdir()
    started = House(data, port, dist)
    yield started
    if started.process.poll() is None:
        os.killpg(started.process.pid, signal.SIGKILL)
        started.process.wait()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.faults
def test_the_house_starts_heals_and_stops_whole(house: House, tmp_path: Path, dist: Path) -> None:
    house.wait_until("collab est prêt")
    address = re.search(r"http://[\w.:]+/", house.told.read_text())
    assert address and address[0] == f"http://127.0.0.1:{house.port}/"
    status, body = house.get("/sante/")
    assert status == 200 and json.loads(body)["valkey"] == "ok"
    assert house.get("/static/hello.js") == (200, b"export const hello = 1;")

    children = house.children()
    assert set(children) == CHILDREN
    os.kill(children["collab.server.serve"], signal.SIGKILL)
    house.wait_until("web stopped (status -9): starting it again", 10)
    # The listening socket is the parent's: nobody is refused meanwhile.
    assert house.get("/sante/")[0] == 200
    again = house.children()
    assert again["collab.server.serve"] != children["collab.server.serve"]
    assert {name: pid for name, pid in again.items() if "serve" not in name} == {
        name: pid for name, pid in children.items() if "serve" not in name
    }

    assert house.stop() == 0
    assert "everything is stopped" in house.told.read_text()
    assert [name for name, pid in again.items() if is_running(pid)] == []

    second = House(tmp_path / "data", house.port, dist)
    try:
        second.wait_until("collab est prêt")
        assert second.get("/sante/")[0] == 200
        left = second.children()
        second.process.kill()  # no time for goodbyes: the children leave by themselves
        second.process.wait(10)
        deadline = time.monotonic() + 20
        while any(map(is_running, left.values())):
            assert time.monotonic() < deadline, {name: pid for name, pid in left.items() if is_running(pid)}
            time.sleep(0.1)
    finally:
        if second.process.poll() is None:
            second.stop()


def test_a_port_that_is_taken_is_said_plainly(house: House, tmp_path: Path, dist: Path) -> None:
    taken = socket.create_server(("127.0.0.1", 0))
    data = tmp_path / "other"
    data.mkdir()
    other = House(data, taken.getsockname()[1], dist)
    assert other.process.wait(PATIENCE_SECONDS) != 0
    assert "is taken" in other.told.read_text() and "PORT=" in other.told.read_text()
    taken.close()
