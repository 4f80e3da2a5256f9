"""A worker as in production: only public addresses."""

from collab.server.settings.dev import *  # noqa: F403

MEDIA_ALLOW_LOCAL = False
