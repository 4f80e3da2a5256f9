"""One way to Valkey, from threads and from the loop. What travels there is hints: `{topic, seq}` and presence."""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings

PREFIX = "collab"
# redis-py's own default of 5 s would tear down a subscription that is merely quiet.
QUIET = None


@cache
def from_threads() -> "redis.Redis":
    return redis.Redis.from_url(settings.VALKEY_URL, socket_timeout=2, socket_connect_timeout=2, max_connections=200)


def for_loop() -> "redis.asyncio.Redis":
    """A client that belongs to the running loop: do not share it between loops."""
    return redis.asyncio.Redis.from_url(
        settings.VALKEY_URL, socket_timeout=QUIET, socket_connect_timeout=2, max_connections=200
    )
