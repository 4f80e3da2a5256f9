"""The sync socket: `/documents/<uuid>/sync`. Prose: docs/protocol/documents.md."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from collab.realtime import frames
from collab.realtime.errors import NotFound

from . import hub, limits
from .peer import Peer, Refusal
from .writers import writer_of

log = structlog.get_logger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class DocumentConsumer:
    """Plain ASGI: one coroutine a socket, no task and no queue while it is idle."""

    @classmethod
    def as_asgi(cls) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        async def sync(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, receive, send).run()

        return sync

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send

    async def run(self) -> None:
        if (await self._receive())["type"] != "websocket.connect":
            return
        await self._send({"type": "websocket.accept"})
        user = self._scope.get("user")
        if user is None or not user.is_authenticated or not user.is_active:
            await self._send({"type": "websocket.close", "code": limits.CLOSE_SIGNED_OUT, "reason": "signed out"})
            return
        peer = Peer(
            person_id=user.pk,
            session_key=self._scope["session"].session_key,
            document_id=self._scope["url_route"]["kwargs"]["document_id"],
            writer=writer_of(self._scope, self._send),
        )
        wire = frames.of(self._scope)
        if wire is not None:
            wire.on_binary(peer.hear)
        documents = hub.of_loop()
        try:
            await self._join(documents, peer)
            await self._listen(peer)
        finally:
            peer.closed = True
            await documents.leave(peer)

    async def _join(self, documents: hub.DocumentHub, peer: Peer) -> None:
        try:
            await documents.join(peer)
        except Refusal as refusal:
            peer.close(refusal.code, refusal.reason)
        except NotFound:  # deleted between the look at the rights and the load
            peer.close(limits.CLOSE_FORBIDDEN, "not found, or not for you")
        except Exception:  # never an empty document in place of one that could not be read
            log.exception("a document was not opened", document=str(peer.document_id))
            peer.close(limits.CLOSE_UNAVAILABLE, "not available")

    async def _listen(self, peer: Peer) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            if message.get("bytes") is not None:
                peer.hear(message["bytes"])
            else:
                peer.refuse(limits.CLOSE_BAD_FRAME, "bytes are spoken here")
