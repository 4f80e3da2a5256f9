"""uvicorn's WebSocket protocol with the extension `collab.frames`. Prose: docs/protocol.md, "The frames extension"."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class FastProtocol(WebSocketsSansIOProtocol):
    pass
