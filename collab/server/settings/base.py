"""Settings that hold everywhere. The environment is read in this package and nowhere else."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("COLLAB_DATA", ROOT / "var")).resolve()


def database(url: str) -> dict[str, Any]:
    """Django's database entry for `sqlite:///path` or `postgres://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path),
            "OPTIONS": {
                # Writers queue at BEGIN; without it two readers that turn writers deadlock at once.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(f"COLLAB_DATABASE: the scheme {parts.scheme!r} is neither sqlite nor postgres")


PORT = int(os.environ.get("COLLAB_PORT", "8000"))

DEBUG = False
ALLOWED_HOSTS: list[str] = []
# Scheme, host and port, exactly as a browser sends them. A socket from elsewhere is refused.
ORIGINS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_vite",
    "collab.server",
    "collab.realtime",
    "collab.outbox",
    "people",
    "notifications",
    "groups",
    "events",
    "video",
    "documents",
    "rooms",
    # After ours, so that our templates are found first.
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "collab.server.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "collab.server.middleware.private_pages",
    "people.middleware.persons_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "collab.server.middleware.domain_errors",
]

ROOT_URLCONF = "collab.server.urls"
ASGI_APPLICATION = "collab.server.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collab.server.context.page",
            ],
        },
    }
]

DATABASES = {"default": database(os.environ.get("COLLAB_DATABASE", f"sqlite://{DATA}/collab.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Hints, presence and the tasks' broker. No political content ever goes there. ---
VALKEY_URL = os.environ.get("COLLAB_VALKEY", "redis://127.0.0.1:6379/0")
# kombu has its own name for a unix socket.
CELERY_BROKER_URL = VALKEY_URL.replace("unix://", "redis+socket://", 1)
# Counts for the limits on sign-in, shared by all web processes; nothing else is cached.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "collab.server.cache.ForgivingCache",
        "LOCATION": VALKEY_URL,
        "KEY_PREFIX": "limits",
    }
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task in flight on a killed worker comes back after this, not after Celery's hour.
# Who asks for a task is answering a person: without the broker it goes on at once, the outbox remembers.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_connect_timeout": 2,
    "socket_timeout": 3,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
}
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "outbox.sweep": {"task": "outbox.sweep", "schedule": 5.0, "options": {"expires": 5.0}},
    "outbox.prune": {"task": "outbox.prune", "schedule": 3600.0},
    "people.forget_unverified": {"task": "people.forget_unverified", "schedule": 86_400.0},
    "realtime.prune": {"task": "realtime.prune", "schedule": 600.0},
    "rooms.tell_stale_tallies": {"task": "rooms.tell_stale_tallies", "schedule": 2.0, "options": {"expires": 2.0}},
}

# --- Media worker: where web processes reach it, and the one UDP port it opens. ---
MEDIA_CONTROL = os.environ.get("COLLAB_MEDIA_CONTROL", "127.0.0.1:7900")
MEDIA_SECRET = os.environ.get("COLLAB_MEDIA_SECRET", "")
MEDIA_UDP_PORT = int(os.environ.get("COLLAB_MEDIA_UDP_PORT", "7901"))
# The addresses browsers reach the UDP port on.
MEDIA_ADDRESSES = os.environ.get("COLLAB_MEDIA_ADDRESSES", "127.0.0.1").split(",")
# Browsers with private addresses are answered: for a house on a local network.
MEDIA_ALLOW_LOCAL = os.environ.get("COLLAB_MEDIA_ALLOW_LOCAL") == "1"

# --- People ---
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LANGUAGE_COOKIE_HTTPONLY = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Not offered at sign-up: allauth can only offer it where there is no account yet, and so would tell who has one.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail when an address is added or removed
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
# Six of twenty letters: 64 million, three tries a code.
ALLAUTH_USER_CODE_FORMAT = {"length": 6, "dashed": True, "numeric": False}
# A whole congress shares one address, so those limits are wide; what guards an account is counted for its address.
ACCOUNT_RATE_LIMITS = {
    "signup": "600/m/ip",
    "login": "600/m/ip",
    "request_login_code": "600/m/ip,6/10m/key",
    "confirm_email": "600/m/ip,6/10m/key",
    "manage_email": "30/m/user",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_SESSION_REMEMBER = True
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [ROOT / "collab/server/locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
FRONTEND_DIST = Path(os.environ.get("COLLAB_FRONTEND_DIST", ROOT / "collab/frontend/dist"))
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.exists() else []
MEDIA_URL = "/files/"
MEDIA_ROOT = DATA / "files"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": FRONTEND_DIST / ".vite/manifest.json",
        "static_url_prefix": "",
    }
}

DEFAULT_FROM_EMAIL = os.environ.get("COLLAB_MAIL_FROM", "collab <ne-pas-repondre@collab.invalid>")
EMAIL_SUBJECT_PREFIX = ""

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

# Where Leaflet takes its tiles; the only outside address a page may show pictures from.
MAP_TILES = os.environ.get("COLLAB_MAP_TILES", "https://tile.openstreetmap.org/{z}/{x}/{y}.png")
MAP_ATTRIBUTION = os.environ.get("COLLAB_MAP_ATTRIBUTION", "© OpenStreetMap")

LOGGING_CONFIG = "collab.server.logs.configure"
LOGGING: dict[str, Any] = {"level": os.environ.get("COLLAB_LOG_LEVEL", "INFO"), "json": True}

SILENCED_SYSTEM_CHECKS: list[str] = []
