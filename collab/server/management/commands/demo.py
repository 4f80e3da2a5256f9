"""`manage.py demo`: a lively movement to look at, and links that sign in with one click. Only for development."""

import argparse
import contextlib
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from collab.server import embedded
from people.models import Person


class Command(BaseCommand):
    help = "Fill the demo and print login links for an organizer, a member and a newcomer."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=None, help="the port that `run` uses")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--json", action="store_true", help="print the links as JSON, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEV_TOOLS:
            raise CommandError("The demo has login links without a code: it is for development alone.")
        quiet = options["json"]
        host = f"{options['host']}:{options['port'] or settings.PORT}"
        with _hints():
            call_command("migrate", verbosity=0)
            call_command("load_communes", verbosity=0, stdout=self.stderr)
            links = self._links(host, say=(lambda _: None) if quiet else self._say)
        if quiet:
            self.stdout.write(json.dumps(links, ensure_ascii=False))
            return
        self.stdout.write(self.style.SUCCESS("\n  The demo is ready; `make run` serves it."))
        for role, person in links["people"].items():
            self.stdout.write(f"  {role:<10} {person['login_url']}")
        for name in ("group_url", "event_url", "room_url", "document_url", "assembly_url"):
            self.stdout.write(f"  {name.removesuffix('_url'):<10} {links[name]}")

    def _say(self, text: str) -> None:
        self.stdout.write(f"  {text}")
        self.stdout.flush()

    def _links(self, host: str, *, say: Any) -> dict[str, Any]:
        from collab.server.demo.filling import fill
        from people.dev import login_link

        demo = fill(say)
        site = f"http://{host}"
        room = reverse("rooms:detail", args=[demo.room.pk])
        document = reverse("documents:detail", args=[demo.document.pk])
        people = {"organizer": demo.organizer, "member": demo.member, "newcomer": demo.newcomer}
        return {
            "people": {
                role: {"login_url": site + login_link(person), "session_cookie": _session_cookie(person)}
                for role, person in people.items()
            },
            "group_url": site + reverse("groups:detail", args=[demo.group.pk]),
            "event_url": site + reverse("events:detail", args=[demo.event.pk]),
            "room_url": site + room,
            "document_url": site + document,
            "document_sync_url": f"ws://{host}/documents/{demo.document.pk}/sync",
            "assembly_url": f"{site}{room}#assemblee",
        }


def _session_cookie(person: Person) -> str:
    """A new signed-in session as a `Cookie` header carries it: `name=value`."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextlib.contextmanager
def _hints() -> Iterator[None]:
    """The Valkey of the running house, or one for this command alone: what is announced must find somebody."""
    folder = settings.DATA / "valkey"
    path = embedded.socket_path(folder)
    settings.VALKEY_URL = f"unix://{path}"
    try:
        with redis.Redis.from_url(settings.VALKEY_URL) as client:
            client.ping()
        yield
        return
    except redis.RedisError:
        pass
    process = subprocess.Popen(embedded.command(folder, path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        embedded.wait_until_ready(settings.VALKEY_URL)
        yield
    finally:
        process.terminate()
        process.wait(10)
