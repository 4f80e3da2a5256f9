"""Settings of the test suite: SQLite, or PostgreSQL where COLLAB_DATABASE says so."""

import os

from .base import *  # noqa: F403
from .base import DATA, DATABASES, LOGGING

SECRET_KEY = "only-for-tests-" + "x" * 40
MEDIA_SECRET = "media-secret-of-the-tests"  # noqa: S105
MEDIA_ALLOW_LOCAL = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ORIGINS = ["http://testserver", "http://localhost"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = str(DATA / "outbox")
if "COLLAB_TEST_ADDRESS" in os.environ:  # a real process, for real browsers: tests/browser/house.py
    ORIGINS = [*ORIGINS, os.environ["COLLAB_TEST_ADDRESS"]]
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = os.environ["COLLAB_TEST_MAILS"]
DEV_TOOLS = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: services run in threads, and each thread has a connection of its own.
    DATA.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
LOGGING = {**LOGGING, "json": False, "level": "WARNING"}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATICFILES_STORAGE_STRICT = False
CELERY_TASK_ALWAYS_EAGER = False
