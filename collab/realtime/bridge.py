"""The one bridge from the event loop to synchronous Django code."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections
from django.utils import translation

P = ParamSpec("P")
R = TypeVar("R")

# SQLite has one writer and PostgreSQL connections are dear: more threads only make a longer queue.
THREADS = 8

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="realtime")


async def in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run Django code in a thread of its own connection, outside any transaction."""
    return await asyncio.get_running_loop().run_in_executor(_pool, partial(_run, partial(call, *args, **kwargs)))


async def in_thread_speaking(language: str, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The same, with texts in that language."""
    work = partial(_run, partial(call, *args, **kwargs), language)
    return await asyncio.get_running_loop().run_in_executor(_pool, work)


def _run(call: Callable[[], R], language: str | None = None) -> R:
    close_old_connections()
    if language is not None:
        translation.activate(language)
    try:
        return call()
    finally:
        translation.deactivate()
        close_old_connections()


def close_connections() -> None:
    """Let go of the database in every thread of the bridge (end of a test, before a fork)."""
    _pool_of_old = _renew()
    _pool_of_old.shutdown(wait=True)


def _renew() -> ThreadPoolExecutor:
    global _pool
    old, _pool = _pool, ThreadPoolExecutor(THREADS, thread_name_prefix="realtime")
    for _ in range(THREADS):
        old.submit(connections.close_all)
    return old
