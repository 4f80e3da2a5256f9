import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.outbox import work  # noqa: F401  registers the jobs
from tests.realtime.servers import ROOT, database_url


@pytest.fixture
def worker(transactional_db: None, valkey: str, tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Start real Celery workers, with beat, on the test's database and Valkey."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "collab.server", "worker", "--beat", "--pool", "threads"),
                *("--concurrency", "2", "--loglevel", "ERROR", "--without-mingle", "--without-gossip"),
                *("--schedule", str(tmp_path / f"beat{len(started)}"), "--include", "tests.outbox.work"),
            ],
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
                "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
                "COLLAB_DATABASE": database_url(),
                "COLLAB_VALKEY": valkey,
            },
            cwd=ROOT,
        )
        started.append(process)
        return process

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
