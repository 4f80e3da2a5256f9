"""Run a command beside a PostgreSQL of its own: `python tests/postgres.py pytest …`. The cluster is thrown away."""

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The tests throw this cluster away: speed over safety. The fault tests, which kill it, start it without these.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).parent if on_path else None


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command] if os.geteuid() == 0 else command
    )


@contextmanager
def server(*, safe: bool = False) -> Iterator[str]:
    """A running cluster; yields a database URL for its `collab` database."""
    folder = binaries()
    if folder is None:
        raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql")
    home = Path(tempfile.mkdtemp(prefix="collab-pg-"))
    if os.geteuid() == 0:
        os.chown(home, pwd.getpwnam("postgres").pw_uid, -1)
    data, password = home / "data", secrets.token_hex(8)
    pg = os.fspath(folder)
    quiet = {"stdout": subprocess.DEVNULL, "cwd": home}
    subprocess.run(
        _as_postgres([f"{pg}/initdb", "-D", str(data), "-U", "collab", "-A", "trust", "--locale=C.UTF-8", "-EUTF8"]),
        check=True, **quiet,
    )  # fmt: skip
    options = [
        *([] if safe else FAST),
        "max_connections=200",
        "listen_addresses=",
        f"unix_socket_directories={home}",
    ]
    process = subprocess.Popen(
        _as_postgres([f"{pg}/postgres", "-D", str(data), *(part for option in options for part in ("-c", option))]),
        stderr=(home / "log").open("wb"), **quiet,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while subprocess.run([f"{pg}/pg_isready", "-q", "-h", home], check=False).returncode:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((home / "log").read_text())
            time.sleep(0.05)
        subprocess.run([f"{pg}/createdb", "-h", home, "-U", "collab", "collab"], check=True, **quiet)
        yield f"postgres://collab:{password}@/collab?host={home}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    if binaries() is None and not os.environ.get("CI"):
        print("PostgreSQL is not installed: the second run of the suite is skipped.", file=sys.stderr)
        return 0
    with server() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "COLLAB_DATABASE": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
