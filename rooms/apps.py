from django.apps import AppConfig


class RoomsConfig(AppConfig):
    name = "rooms"

    def ready(self) -> None:
        from . import calls, consumers, group_panel, receivers  # noqa: F401  registered by being imported
