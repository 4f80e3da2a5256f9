"""`manage.py words`: write `collab/frontend/protocol.ts`. Run it after a change in any app's protocol.py."""

from typing import Any

from django.core.management.base import BaseCommand

from collab.server import words


class Command(BaseCommand):
    help = "Write the TypeScript of every word on the live socket."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        words.path().write_text(words.render())
        self.stdout.write(f"{words.path()}: {len(words.words())} words, {len(words.announcements())} announcements")
