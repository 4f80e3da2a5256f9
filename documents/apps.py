from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"

    def ready(self) -> None:
        from . import consumers, group_panel, receivers  # noqa: F401  registered by being imported
