"""One media worker a test module, a backend and its ear a test."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.house import executable
from tests.video.callers import ARGUMENTS
from tests.video.workers import Ear, Worker, running_worker
from video.backend import WorkerBackend


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module's tests share one worker process."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group(item.path.name))
            if "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with running_worker() as worker:
        yield worker


@pytest.fixture
async def backend(worker: Worker) -> AsyncIterator[WorkerBackend]:
    backend = worker.backend()
    yield backend
    await backend.stop()


@pytest.fixture
def ear(backend: WorkerBackend) -> Ear:
    return Ear(backend)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = executable()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("Chromium is missing: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()
