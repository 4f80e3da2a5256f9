"""How much a request may carry. Django writes a whole body to disk before it asks who sends it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# The longest form is an event's or an agenda; nothing is uploaded. Django refuses forms from 1 MB on with a page.
MAX_BODY_BYTES = 2 * 1024 * 1024
TOO_LARGE = 413


class BodyLimit:
    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _announced(scope) > MAX_BODY_BYTES:
            await _refuse(send)
            return
        heard, is_too_large = 0, False

        async def counted() -> Mapping[str, Any]:
            nonlocal heard, is_too_large
            message = await receive()
            heard += len(message.get("body", b""))
            if heard > MAX_BODY_BYTES:
                is_too_large = True
                return {"type": "http.disconnect"}  # Django drops what it has
            return message

        await self._application(scope, counted, send)
        if is_too_large:
            await _refuse(send)


def _announced(scope: Scope) -> int:
    length: bytes = dict(scope.get("headers", [])).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": TOO_LARGE, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
