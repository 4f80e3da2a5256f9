"""What every page may use."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "map_tiles": settings.MAP_TILES,
        "map_attribution": settings.MAP_ATTRIBUTION,
        "dev_tools": settings.DEV_TOOLS,
    }
