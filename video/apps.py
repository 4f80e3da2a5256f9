from django.apps import AppConfig


class VideoConfig(AppConfig):
    name = "video"

    def ready(self) -> None:
        from . import consumers  # noqa: F401  registers the topic and the doors
