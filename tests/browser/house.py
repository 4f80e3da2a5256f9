"""The whole house for real browsers: web, media worker and tasks as real processes on the test database and Valkey."""

import contextlib
import os
import re
import shutil
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from collab.server.processes import Child, Family, clock, python, tasks
from people.models import Person
from tests.realtime.browsers import session_for
from tests.realtime.servers import database_url

READY_SECONDS = 60
MAIL_SECONDS = 30
# What the network does when a test kills a process; anything else in a console is a fault of the page.
EXPECTED_NOISE = re.compile(r"WebSocket connection to|net::ERR_|Failed to load resource")
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # Pages that are not in front must go on painting and hearing, as on separate screens.
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
]


@dataclass
class House:
    """One address, however many web processes stand behind it; who dies is started again, as `manage.py run` does."""

    browser: Browser
    folder: Path
    web_processes: int = 1
    web: list[Child] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(1024)
        self._listener.set_inheritable(True)
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.mails = self.folder / "mails"
        self.mails.mkdir(parents=True, exist_ok=True)
        self._family = Family(lambda _: None)
        self._contexts: list[BrowserContext] = []

    # --- processes ---

    def start(self) -> None:
        environment = {
            "DJANGO_SETTINGS_MODULE": "collab.server.settings.test",
            "COLLAB_DATABASE": database_url(),
            "COLLAB_VALKEY": settings.VALKEY_URL,
            "COLLAB_MEDIA_SECRET": settings.MEDIA_SECRET,
            "COLLAB_MEDIA_CONTROL": f"127.0.0.1:{_free_port(socket.SOCK_STREAM)}",
            "COLLAB_MEDIA_UDP_PORT": str(_free_port(socket.SOCK_DGRAM)),
            "COLLAB_MEDIA_ALLOW_LOCAL": "1",
            "COLLAB_TEST_ADDRESS": self.address,
            "COLLAB_TEST_MAILS": str(self.mails),
            # The tests' own licence, see conftest; the house has none.
            "DJANGO_ALLOW_ASYNC_UNSAFE": "",
        }
        log = self.folder / "house.log"
        self.media = self._family.add(Child("media", python("-m", "video.worker"), environment, log=log))
        serve = python("-m", "collab.server.serve", "--fd", str(self._listener.fileno()))
        for number in range(self.web_processes):
            child = Child(f"web {number}", serve, environment, (self._listener.fileno(),), log=log)
            self.web.append(self._family.add(child))
        self._family.add(Child("tasks", tasks(threads=2), environment, log=log))
        self._family.add(Child("clock", clock(self.folder / "beat"), environment, log=log))
        self._watch = threading.Thread(target=self._family.watch, args=(0.05,), daemon=True)
        self._watch.start()
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{self.address}/sante/", timeout=READY_SECONDS):
                    return
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < deadline, f"the house did not get ready:\n{self.log()}"
                time.sleep(0.05)

    def kill(self, child: Child) -> None:
        """kill -9; it is started again at once."""
        assert child.process is not None
        child.process.kill()
        child.process.wait()

    def kill_web(self) -> None:
        for child in self.web:
            self.kill(child)

    def stop(self) -> None:
        self._family.ask_to_stop()
        self._watch.join()
        self._family.stop()
        self._listener.close()

    def log(self) -> str:
        """What the processes said, for a failing test."""
        path = self.folder / "house.log"
        return path.read_text()[-8000:] if path.exists() else ""

    # --- people ---

    def visit(self, person: Person, path: str = "/", *, width: int = 1280, height: int = 800, **options: Any) -> Page:
        """A browser profile of its own, signed in as `person`."""
        context = self._context(width, height, **options)
        context.add_cookies([
            {"name": settings.SESSION_COOKIE_NAME, "value": session_for(person), "url": self.address, "httpOnly": True}
        ])  # fmt: skip
        return self._open(context, path)

    def visitor(self, path: str = "/", *, width: int = 1280, height: int = 800, **options: Any) -> Page:
        """A browser profile of its own, signed out."""
        return self._open(self._context(width, height, **options), path)

    def code_for(self, address: str) -> str:
        """The newest code mailed to an address. Waits for the mail."""
        deadline = time.monotonic() + MAIL_SECONDS
        while True:
            for path in sorted(self.mails.glob("*.log"), key=lambda one: one.stat().st_mtime, reverse=True):
                for raw in reversed(path.read_bytes().split(b"-" * 79 + b"\n")):
                    mail = message_from_bytes(raw.strip(), policy=policy.default)
                    if address in str(mail["To"]):
                        body = mail.get_body(("plain",))
                        assert body is not None
                        found = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})?)\s*$", body.get_content(), re.MULTILINE)
                        if found:
                            return found[1]
            assert time.monotonic() < deadline, f"no mail to {address}"
            time.sleep(0.02)

    def forget(self) -> None:
        """Close every profile of a test, and forget its mails."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
        shutil.rmtree(self.mails, ignore_errors=True)
        self.mails.mkdir()

    def _context(self, width: int, height: int, **options: Any) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            permissions=["camera", "microphone"],
            base_url=self.address,
            **{"locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(30_000)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("console", self._console)
        # No map tiles: nothing outside this machine is asked.
        context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
        self._contexts.append(context)
        return context

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED_NOISE.search(message.text):
            self.faults.append(f"{message.text} at {message.location.get('url')}")

    def _open(self, context: BrowserContext, path: str) -> Page:
        page = context.new_page()
        page.goto(path)
        return page


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(browser: Browser, folder: Path, *, web_processes: int = 1) -> Iterator[House]:
    house = House(browser, folder, web_processes)
    try:
        house.start()
        yield house
    finally:
        house.stop()


def executable() -> str | None:
    return os.environ.get("COLLAB_CHROMIUM") or shutil.which("chromium")
