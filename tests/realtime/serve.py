"""A real web process that also knows the words of the tests: `python -m tests.realtime.serve --fd 3`."""

import importlib
import os
import sys

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from collab.realtime import fast_path
from collab.server.asgi import application as application  # loads the apps; daphne looks for it here

for module in os.environ.get("TEST_WORDS", "tests.realtime.words").split(","):
    importlib.import_module(module)
if os.environ.get("TEST_PROTOCOL") == "plain":
    fast_path.FastProtocol = WebSocketsSansIOProtocol  # type: ignore[assignment,misc]

if __name__ == "__main__":
    from collab.server.serve import main

    sys.exit(main())
