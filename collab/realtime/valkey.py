"""One way to Valkey, from threads and from the loop. What travels there is hints: `{topic, seq}` and presence."""

import time
from functools import cache

import redis
import redis.asyncio
from django.conf import settings

PREFIX = "collab"
# redis-py's own default of 5 s would tear down a subscription that is merely quiet.
QUIET = None


# After a failure nobody asks again for a moment: a request that announces much must not wait for each hint.
REST_SECONDS = 3.0


class Rest:
    """Remembers that the other side is away. A race between threads costs one question more, nothing else."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._until = time.monotonic() + REST_SECONDS


@cache
def from_threads() -> "redis.Redis":
    return redis.Redis.from_url(settings.VALKEY_URL, socket_timeout=2, socket_connect_timeout=2, max_connections=200)


def for_loop() -> "redis.asyncio.Redis":
    """A client that belongs to the running loop: do not share it between loops."""
    return redis.asyncio.Redis.from_url(
        settings.VALKEY_URL, socket_timeout=QUIET, socket_connect_timeout=2, max_connections=200
    )
