"""Who may be in a call. A call's id is its room's; the rooms above say who may enter."""

from collections.abc import Callable
from enum import IntEnum
from uuid import UUID

from collab.realtime.errors import NotFound
from people.models import Person


class CallRight(IntEnum):
    """Ordered: each right holds those before it."""

    WATCH = 10  # hear and see
    SPEAK = 20  # publish too
    MODERATE = 30  # mute or remove others


Rule = Callable[[Person, UUID], CallRight | None]

_rules: list[Rule] = []


def register(rule: Rule) -> Rule:
    """Decorator for the app above that owns calls: None when the person may not enter, or there is no such call."""
    _rules.append(rule)
    return rule


def right_in(person: Person, call_id: UUID) -> CallRight:
    """Raises the same NotFound for absent and forbidden."""
    for rule in _rules:
        right = rule(person, call_id)
        if right is not None:
            return right
    raise NotFound()
