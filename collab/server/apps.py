from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "collab.server"
    label = "server"

    def ready(self) -> None:
        from . import celery, checks  # noqa: F401  the tasks of all apps belong to this Celery
