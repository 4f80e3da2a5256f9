"""A body is refused before it is written to disk."""

from collections.abc import Mapping
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from collab.server.asgi import application
from collab.server.bodies import MAX_BODY_BYTES, BodyLimit

pytestmark = pytest.mark.django_db(transaction=True)

PIECE = b"x" * 64 * 1024


async def posted(*headers: tuple[bytes, bytes], pieces: int) -> dict[str, Any]:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/compte/langue/",
        "headers": [(b"host", b"testserver"), *headers],
        "query_string": b"",
    }
    browser = ApplicationCommunicator(application, scope)
    for number in range(pieces):
        await browser.send_input({"type": "http.request", "body": PIECE, "more_body": number < pieces - 1})
    start = await browser.receive_output(10)
    await browser.receive_output(10)
    await browser.wait(10)
    return start


async def test_a_long_body_that_says_so_is_refused_unread() -> None:
    assert (await posted((b"content-length", str(MAX_BODY_BYTES + 1).encode()), pieces=1))["status"] == 413


async def test_a_long_body_that_says_nothing_is_refused_when_it_grew_too_long() -> None:
    assert (await posted(pieces=MAX_BODY_BYTES // len(PIECE) + 1))["status"] == 413


async def test_a_body_of_the_usual_length_goes_through() -> None:
    heard = []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        heard.append(await receive())

    async def browser() -> dict[str, Any]:
        return {"type": "http.request", "body": PIECE}

    async def nothing(message: Mapping[str, Any]) -> None:
        raise AssertionError(message)

    await BodyLimit(pages)({"headers": [(b"content-length", b"%d" % len(PIECE))]}, browser, nothing)
    assert heard == [{"type": "http.request", "body": PIECE}]
