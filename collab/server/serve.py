"""One web process: `python -m collab.server.serve --fd 3`, or `--host 127.0.0.1 --port 8000`.

uvicorn with uvloop and httptools, sockets without compression, pings that end dead connections.
"""

import argparse
import socket
import sys
from pathlib import Path

import uvicorn

ROOT = Path(__file__).resolve().parents[2]

# The largest message any socket takes: a whole document pasted at once. `/live/` has its own, smaller limit.
MAX_MESSAGE_BYTES = 1024 * 1024
PING_SECONDS = 20
STOP_SECONDS = 10


def config() -> uvicorn.Config:
    from collab.realtime.fast_path import FastProtocol

    return uvicorn.Config(
        "collab.server.asgi:application",
        loop="uvloop",
        http="httptools",
        ws=FastProtocol,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        backlog=1024,
    )


def listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1024)
    return listener


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, help="a listening socket inherited from the parent")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    for path in (str(ROOT), str(ROOT / "platform")):
        if path not in sys.path:
            sys.path.insert(0, path)
    listener = socket.socket(fileno=options.fd) if options.fd is not None else listen(options.host, options.port)
    listener.setblocking(False)
    uvicorn.Server(config()).run(sockets=[listener])


if __name__ == "__main__":
    main()
