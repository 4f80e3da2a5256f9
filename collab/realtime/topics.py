"""Topics: what a browser can follow. An app registers one class a kind; names read `kind:key`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from .errors import NotFound


@dataclass(frozen=True, slots=True)
class Caller:
    """Who speaks on a socket or a request. `session_key` lets a revoked session be told from the others.

    `language` is that of the page.
    """

    person_id: UUID
    session_key: str | None = None
    language: str = "fr"


class Topic(ABC):
    kind: ClassVar[str]
    keeps_presence: ClassVar[bool] = False

    @abstractmethod
    def may_follow(self, key: str, caller: Caller) -> bool:
        """Asked at subscription, after each revocation, and every 30 s. May touch the database."""

    @abstractmethod
    def picture(self, key: str, caller: Caller) -> Mapping[str, Any]:
        """The whole state, JSON-ready. Read after the subscription is in place: announcements never fall between."""

    def names(self, key: str, person_ids: Iterable[str]) -> Mapping[str, str]:
        """How present people are called, by id; only asked where `keeps_presence`."""
        return {}


_kinds: dict[str, Topic] = {}


def register(topic: type[Topic]) -> type[Topic]:
    """Class decorator, at import time of the app's `consumers` module."""
    assert topic.kind not in _kinds, f"two topics are called {topic.kind}"
    _kinds[topic.kind] = topic()
    return topic


def find(name: str) -> tuple[Topic, str]:
    kind, _, key = name.partition(":")
    if kind not in _kinds or not key or _is_misspelt(key):
        raise NotFound()
    return _kinds[kind], key


def _is_misspelt(key: str) -> bool:
    """An id has many spellings and its topic one name: each name has a numbering, which is kept for ever."""
    try:
        return str(UUID(key)) != key
    except ValueError:
        return False
