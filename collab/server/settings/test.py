"""Settings of the test suite: SQLite, or PostgreSQL where COLLAB_DATABASE says so."""

import os

from .base import *  # noqa: F403
from .base import DATABASES, LOGGING

SECRET_KEY = "only-for-tests-" + "x" * 40
MEDIA_SECRET = "media-secret-of-the-tests"
MEDIA_ALLOW_LOCAL = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ORIGINS = ["http://testserver", "http://localhost"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEV_TOOLS = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: services run in threads, and each thread has a connection of its own.
    DATABASES["default"]["TEST"] = {"NAME": os.environ.get("COLLAB_TEST_SQLITE", "/tmp/collab-test.sqlite3")}  # noqa: S108
LOGGING = {**LOGGING, "json": False, "level": "WARNING"}
WHITENOISE_AUTOREFRESH = True
STATICFILES_STORAGE_STRICT = False
CELERY_TASK_ALWAYS_EAGER = False
