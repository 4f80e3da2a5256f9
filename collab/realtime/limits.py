"""How often a person may say a word. By person, never by address: 200 people may sit behind one."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from .errors import TooFast

# Buckets kept; the least recently used goes first, and a forgotten bucket is a full one.
MAX_BUCKETS = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket: `burst` at once, then `per_second`. Per person and per word."""

    burst: float = 20
    per_second: float = 5


class Buckets:
    def __init__(self) -> None:
        self._left: OrderedDict[tuple[UUID, str], tuple[float, float]] = OrderedDict()

    def spend(self, key: tuple[UUID, str], rate: Rate) -> None:
        now = time.monotonic()
        left, at = self._left.pop(key, (rate.burst, now))
        left = min(rate.burst, left + (now - at) * rate.per_second)
        self._left[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self._left) > MAX_BUCKETS:
            self._left.popitem(last=False)
        if left < 1:
            raise TooFast()
