"""A family of child processes: started together, restarted when one dies, stopped together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 15
# A child that dies this often in a row is broken, not unlucky: its family stops and says so.
DEATHS_IN_A_ROW = 8
STEADY_SECONDS = 20


class ChildKeepsDying(Exception):
    def __init__(self, name: str, status: int) -> None:
        super().__init__(f"{name} stopped {DEATHS_IN_A_ROW} times in a row (status {status})")


def _die_with_parent() -> None:
    """Linux: a child whose parent is killed gets SIGTERM, so that no server is left behind."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # Ctrl-C reaches the whole terminal group; children wait for our own word instead, in the right order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@dataclass
class Child:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    log: Path | None = None
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        output = self.log.open("ab") if self.log else None
        shelf = str(settings.ROOT / "platform")
        path = os.pathsep.join([str(settings.ROOT), shelf])
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **self.environment},
            cwd=settings.ROOT,
            pass_fds=self.pass_fds,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            preexec_fn=_die_with_parent,
        )
        if output:
            output.close()
        self.started = time.monotonic()

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Family:
    """Children in the order they start; they stop in the opposite one."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self._say = say
        self._stopping = False

    def add(self, child: Child) -> Child:
        child.start()
        self.children.append(child)
        return child

    def watch(self, seconds: float = 0.2) -> None:
        """Restart who died, until `stop` is called from a signal handler."""
        while not self._stopping:
            for child in self.children:
                if not child.is_alive and not self._stopping:
                    self._restart(child)
            time.sleep(seconds)

    def _restart(self, child: Child) -> None:
        status = child.process.returncode if child.process else 0
        steady = time.monotonic() - child.started > STEADY_SECONDS
        child.deaths = 1 if steady else child.deaths + 1
        if child.deaths >= DEATHS_IN_A_ROW:
            raise ChildKeepsDying(child.name, status)
        self._say(f"{child.name} stopped (status {status}): starting it again")
        if child.deaths > 2:
            time.sleep(min(2 ** (child.deaths - 2) / 4, 5))
        child.start()

    def ask_to_stop(self) -> None:
        self._stopping = True

    def stop(self) -> None:
        self._stopping = True
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self.children):
            if child.is_alive and child.process:
                child.process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                if child.is_alive:
                    self._say(f"{child.name} did not stop: killed")
                    child.process.kill()
                    child.process.wait()


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


CELERY = python("-m", "celery", "-A", "collab.server")


def tasks(*, threads: int, more: Sequence[str] = ()) -> list[str]:
    """A Celery worker. Its clock is a process of its own, see `clock`."""
    options = ["--pool", "threads", "--concurrency", str(threads), "--loglevel", "WARNING", "--without-mingle"]
    return [*CELERY, "worker", *options, *more]


def clock(schedule: Path) -> list[str]:
    """Celery beat. Inside a worker it would outlive the worker's kill, and there would be two."""
    return [*CELERY, "beat", "--schedule", str(schedule), "--pidfile=", "--loglevel", "WARNING"]
