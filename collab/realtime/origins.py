"""Only pages of ours may open a socket: cookies travel with every WebSocket, from whatever page it is opened."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from django.conf import settings

from .protocol import CLOSE_FORBIDDEN

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

log = structlog.get_logger(__name__)


def is_ours(headers: list[tuple[bytes, bytes]]) -> bool:
    """One Origin header, byte for byte one of settings.ORIGINS: browsers write scheme and host in lower case."""
    origins = [value for name, value in headers if name.lower() == b"origin"]
    return len(origins) == 1 and origins[0] in {origin.encode() for origin in settings.ORIGINS}


class OriginGuard:
    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_ours(list(scope.get("headers", []))):
            await self._application(scope, receive, send)
            return
        log.warning("socket refused: not our origin", path=scope.get("path"))
        await send({"type": "websocket.close", "code": CLOSE_FORBIDDEN})  # before accept: HTTP 403
