"""What every test may use. One real Valkey a test process; the database is real too."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from collab.realtime import valkey as valkey_client
from collab.server import embedded, translations


@pytest.fixture(scope="session", autouse=True)
def english() -> None:
    """The catalogues as they are written now: a test must not read yesterday's."""
    translations.compile_all()


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("valkey")
    path = embedded.socket_path(folder)
    process = subprocess.Popen(embedded.command(folder, path))
    url = f"unix://{path}"
    embedded.wait_until_ready(url)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture(autouse=True)
def valkey(valkey_url: str) -> Iterator[str]:
    """The hints' server, empty at the start of each test."""
    settings.VALKEY_URL = valkey_url
    settings.CELERY_BROKER_URL = valkey_url.replace("unix://", "redis+socket://", 1)
    valkey_client.from_threads.cache_clear()
    with redis.Redis.from_url(valkey_url) as client:
        client.flushall()
    yield valkey_url
    valkey_client.from_threads().close()
    valkey_client.from_threads.cache_clear()
