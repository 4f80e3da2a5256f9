"""A real web process that also knows the words of the tests: `python -m tests.realtime.serve --fd 3`."""

import importlib
import os
import sys

import collab.server.asgi  # noqa: F401  loads the apps

for module in os.environ.get("TEST_WORDS", "tests.realtime.words").split(","):
    importlib.import_module(module)

if __name__ == "__main__":
    from collab.server.serve import main

    sys.exit(main())
