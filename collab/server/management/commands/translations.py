"""`manage.py translations`: the English of the interface."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collab.server import translations


class Command(BaseCommand):
    help = "Compile the catalogues, list texts without English, or bring the catalogues up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verb = parser.add_mutually_exclusive_group(required=True)
        verb.add_argument("--compile", action="store_true", help="write the .mo files Django reads")
        verb.add_argument("--check", action="store_true", help="list texts without English; fail if there are any")
        verb.add_argument("--update", action="store_true", help="add new texts to the .po files, to be translated")
        parser.add_argument("apps", nargs="*", help="with --update: only these apps")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            translations.compile_all()
        elif options["update"]:
            for folder in translations.folders():
                if options["apps"] and folder.name not in options["apps"]:
                    continue
                empty = translations.update(folder)
                if empty:
                    self.stdout.write(f"{translations.catalogue_of(folder)}: {empty} without English")
        else:
            missing = translations.missing()
            for text in missing:
                self.stdout.write(f"{text.place}: {text.key[1]}")
            if missing:
                raise CommandError(f"{len(missing)} texts have no English: --update adds them to the catalogues")
