"""Production. Refuses to start without its secrets and its addresses."""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403


def _required(name: str, why: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return value


DEV_TOOLS = False
SECRET_KEY = _required("COLLAB_SECRET_KEY", "it signs sessions; 50 random characters or more")
if len(SECRET_KEY) < 50 or "insecure" in SECRET_KEY:
    raise ImproperlyConfigured("COLLAB_SECRET_KEY is too weak: 50 random characters or more")
MEDIA_SECRET = _required("COLLAB_MEDIA_SECRET", "web processes and media workers know each other by it")
ORIGINS = [o.strip() for o in _required("COLLAB_ORIGINS", "https://name.example, comma separated").split(",")]
if not all(origin.startswith("https://") for origin in ORIGINS):
    raise ImproperlyConfigured("COLLAB_ORIGINS: every origin starts with https://")
ALLOWED_HOSTS = [origin.removeprefix("https://").split(":")[0] for origin in ORIGINS]
CSRF_TRUSTED_ORIGINS = ORIGINS
_required("COLLAB_DATABASE", "postgres://user:password@host/name")
_required("COLLAB_VALKEY", "redis://host:6379/0")

EMAIL_HOST = _required("COLLAB_SMTP_HOST", "login codes leave by mail")
EMAIL_PORT = int(os.environ.get("COLLAB_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("COLLAB_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("COLLAB_SMTP_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_USE_SSL = EMAIL_PORT == 465

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
