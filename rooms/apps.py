from django.apps import AppConfig


class RoomsConfig(AppConfig):
    name = "rooms"

    def ready(self) -> None:
        from . import calls, consumers, receivers  # noqa: F401  registered by being imported
