"""Guards: every app of ours must come from our own tree."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

OURS = {
    "people",
    "groups",
    "events",
    "notifications",
    "rooms",
    "documents",
    "video",
    "server",
    "realtime",
    "outbox",
}


@register()
def apps_come_from_our_tree(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """PyPI has distributions named like ours (`events`): one that is installed first would silently win."""
    return [
        Error(f"the app {config.label!r} was loaded from {config.path}", id="collab.E001")
        for config in apps.get_app_configs()
        if config.label in OURS and not Path(config.path).is_relative_to(settings.ROOT)
    ]
