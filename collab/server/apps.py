from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "collab.server"
    label = "server"

    def ready(self) -> None:
        from . import checks  # noqa: F401
