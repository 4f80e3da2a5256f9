"""The embedded defaults: what `make run` starts on one machine, with no setting made."""

import os
import secrets

from .base import *  # noqa: F403
from .base import DATA, LOGGING, PORT


def _own_secret() -> str:
    """One secret for this data folder, made at the first start and kept."""
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / "secret"
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


DEBUG = True
SECRET_KEY = os.environ.get("COLLAB_SECRET_KEY") or _own_secret()
MEDIA_SECRET = os.environ.get("COLLAB_MEDIA_SECRET") or SECRET_KEY
MEDIA_ALLOW_LOCAL = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ORIGINS = [f"http://{host}:{PORT}" for host in ALLOWED_HOSTS]
CSRF_TRUSTED_ORIGINS = ORIGINS
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA / "outbox"
DEV_TOOLS = True  # the outbox page and one-click login links
WHITENOISE_USE_FINDERS = True
LOGGING = {**LOGGING, "json": False}
