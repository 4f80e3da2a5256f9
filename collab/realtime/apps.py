from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "collab.realtime"
    label = "realtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
