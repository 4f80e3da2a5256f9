"""The cache that counts sign-ins. When Valkey is away it counts nothing, and people can still sign in.

The limits that matter most do not live here: a code takes three tries, and those are counted in the session.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def _or(fallback: Answer, ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except redis.RedisError:
        log.warning("sign-ins are not counted: Valkey does not answer")
        return fallback


class ForgivingCache(RedisCache):
    def add(self, key: Any, value: Any, *args: Any, **options: Any) -> bool:
        return _or(True, lambda: super(ForgivingCache, self).add(key, value, *args, **options))

    def get(self, key: Any, default: Any = None, *args: Any, **options: Any) -> Any:
        return _or(default, lambda: super(ForgivingCache, self).get(key, default, *args, **options))

    def set(self, key: Any, value: Any, *args: Any, **options: Any) -> None:
        _or(None, lambda: super(ForgivingCache, self).set(key, value, *args, **options))

    def delete(self, key: Any, *args: Any, **options: Any) -> bool:
        return _or(False, lambda: super(ForgivingCache, self).delete(key, *args, **options))
