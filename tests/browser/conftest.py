"""Real Chromium on the whole house. One browser and one set of processes a test module; a profile for each person."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.house import CHROMIUM, House, executable, running

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"

# Patience costs nothing where a test passes, and a busy machine is no fault of the page.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module's tests share one house, so they stay on one worker."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """playwright's own loop runs in the thread of the tests, and the tests use the ORM there."""
    path = executable()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def standing_house(
    chromium: Browser, django_db_setup: None, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One web process on SQLite, as the embedded default has; two on PostgreSQL."""
    settings.VALKEY_URL = valkey_url
    processes = 2 if connection.vendor == "postgresql" else 1
    with running(chromium, tmp_path_factory.mktemp("house"), web_processes=processes) as house:
        yield house


@pytest.fixture
def house(standing_house: House, transactional_db: None, valkey: str) -> Iterator[House]:
    """The module's house, empty. A page that logs an error or breaks its content policy fails its test."""
    standing_house.faults.clear()
    yield standing_house
    standing_house.forget()
    assert standing_house.faults == []


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SETTLING_SECONDS = 5
Axe = Callable[[Page], None]


@pytest.fixture(scope="session")
def axe() -> Axe:
    """`axe(page)`: no fault of WCAG 2.2 A or AA, nor any that axe calls serious."""
    source = AXE.read_text()

    def faults(page: Page) -> list[dict[str, object]]:
        page.wait_for_load_state("load")
        page.evaluate(source)
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(result => result.violations)", TAGS
        )
        return [
            {"id": one["id"], "help": one["help"], "nodes": [node["html"][:200] for node in one["nodes"][:4]]}
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]

    def check(page: Page) -> None:
        """A page may still be arriving: a fault counts when it stays."""
        deadline = time.monotonic() + SETTLING_SECONDS
        while serious := faults(page):
            assert time.monotonic() < deadline, f"{page.url}\n{json.dumps(serious, indent=1, ensure_ascii=False)}"
            page.wait_for_timeout(100)

    return check
