import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from collab.server.processes import clock, tasks
from tests.outbox import work  # noqa: F401  registers the jobs
from tests.realtime.servers import ROOT, database_url


@pytest.fixture
def worker(transactional_db: None, valkey: str, tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Start real Celery workers, and one clock, on the test's database and Valkey."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "COLLAB_DATABASE": database_url(),
        "COLLAB_VALKEY": valkey,
    }

    def launch(command: list[str]) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(command, env=environment, cwd=ROOT)
        started.append(process)
        return process

    def start() -> "subprocess.Popen[bytes]":
        if not started:
            launch(clock(tmp_path / "beat"))
        return launch(tasks(threads=2, more=["--loglevel", "ERROR", "--include", "tests.outbox.work"]))

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
    for process in started:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
