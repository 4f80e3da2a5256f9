"""`manage.py run`: the whole house on one machine, with one Ctrl-C to stop it."""

import argparse
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from collab.server import embedded
from collab.server.processes import Child, ChildKeepsDying, Family, clock, python, tasks

READY_SECONDS = 60


class Command(BaseCommand):
    help = "Start everything: Valkey, web, tasks, media. SQLite unless COLLAB_DATABASE says otherwise."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=None)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--web", type=int, default=1, help="how many web processes share the port")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"] or settings.PORT
        os.environ["COLLAB_PORT"] = str(port)
        listener = self._listen(options["host"], port)
        family = Family(self._say)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: family.ask_to_stop())
        try:
            self._start(family, listener, web=options["web"])
            self._wait_until_ready(family, options["host"], port)
            self.stdout.write(self.style.SUCCESS(f"\n  collab est prêt : http://{options['host']}:{port}/\n"))
            self._say(
                f"mails: http://{options['host']}:{port}/dev/courrier/   data: {settings.DATA}   Ctrl-C stops all"
            )
            family.watch()
        except ChildKeepsDying as error:
            raise CommandError(f"{error}. Its output is above or in {settings.DATA / 'logs'}.") from error
        finally:
            self._say("stopping…")
            family.stop()
            listener.close()
            self._say("everything is stopped")

    def _say(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()

    def _listen(self, host: str, port: int) -> socket.socket:
        """One listening socket, shared by the web processes: a killed one leaves no refused connection behind."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken: choose another, `make run PORT={port + 1}`.") from error
        listener.listen(1024)
        listener.set_inheritable(True)
        return listener

    def _start(self, family: Family, listener: socket.socket, *, web: int) -> None:
        data = settings.DATA
        logs = data / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        path = embedded.socket_path(data / "valkey")
        hints = f"unix://{path}"
        shared = {
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "COLLAB_DATA": str(data),
            "COLLAB_VALKEY": hints,
            "COLLAB_MEDIA_SECRET": settings.MEDIA_SECRET,
            "COLLAB_MEDIA_CONTROL": os.environ.get("COLLAB_MEDIA_CONTROL")
            or f"127.0.0.1:{_free_port(socket.SOCK_STREAM)}",
            "COLLAB_MEDIA_UDP_PORT": os.environ.get("COLLAB_MEDIA_UDP_PORT") or str(_free_port(socket.SOCK_DGRAM)),
            "COLLAB_MEDIA_ADDRESSES": ",".join(settings.MEDIA_ADDRESSES),
            "COLLAB_MEDIA_ALLOW_LOCAL": "1" if settings.MEDIA_ALLOW_LOCAL else "0",
        }

        self._say("Valkey…")
        family.add(Child("Valkey", embedded.command(data / "valkey", path), log=logs / "valkey.log"))
        embedded.wait_until_ready(hints)
        # `migrate` and the signals it sends may announce: they must find this Valkey.
        settings.VALKEY_URL = hints
        self._say("database…")
        call_command("migrate", verbosity=0)
        call_command("load_communes", verbosity=0)
        self._say("media worker, web, tasks…")
        family.add(Child("media worker", python("-m", "video.worker"), shared, log=logs / "media.log"))
        serve = python("-m", "collab.server.serve", "--fd", str(listener.fileno()))
        for number in range(web):
            name = "web" if web == 1 else f"web {number + 1}"
            family.add(Child(name, serve, shared, (listener.fileno(),), log=logs / f"web{number + 1}.log"))
        family.add(Child("tasks", tasks(threads=4), shared, log=logs / "tasks.log"))
        family.add(Child("clock", clock(data / "beat"), shared, log=logs / "tasks.log"))

    def _wait_until_ready(self, family: Family, host: str, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://{host}:{port}/sante/", timeout=5):
                    return
            except (urllib.error.URLError, OSError) as error:
                dead = [child.name for child in family.children if not child.is_alive]
                if dead or time.monotonic() > deadline:
                    culprit = ", ".join(dead) or "web"
                    raise CommandError(f"{culprit} did not start; see {settings.DATA / 'logs'}") from error
                time.sleep(0.1)


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
