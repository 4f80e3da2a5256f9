"""What every page may use."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def page(request: HttpRequest) -> dict[str, object]:
    return {
        "session_tag": _session_tag(request),
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "map_tiles": settings.MAP_TILES,
        "map_attribution": settings.MAP_ATTRIBUTION,
        "dev_tools": settings.DEV_TOOLS,
    }


def _session_tag(request: HttpRequest) -> str:
    """Tells this session's pages from another's, and tells nobody the session: tabs share a socket by it."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    return salted_hmac("collab.session_tag", key).hexdigest()[:16] if key else ""
