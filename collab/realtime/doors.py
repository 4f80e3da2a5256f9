"""Doors: where a browser's word finds the verb it asks for.

    class HandDoor(Door):
        words = (RaiseHand,)

        def on_hand_raise(self, word: RaiseHand) -> Mapping[str, Any] | None:
            services.raise_hand(room_id=word.room_id, by=self.person)

A plain method runs in a thread, inside one transaction, and only once for each id the browser made.
An `async def` method runs on the event loop, without a transaction: for what leaves no row (typing, call signalling).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth import get_user_model
from django.db import transaction

from .errors import BadWord, SignedOut
from .limits import Rate as Rate
from .models import ClientWrite
from .protocol import Envelope, Message, encode, read_word
from .topics import Caller

if TYPE_CHECKING:
    from .connection import Connection


class Door:
    words: ClassVar[tuple[type[Message], ...]]
    rates: ClassVar[Mapping[type[Message], Rate]] = {}

    def __init__(self, caller: Caller, connection: "Connection | None" = None) -> None:
        self.caller = caller
        self.connection = connection

    @property
    def person(self) -> Any:
        """The caller's row, fresh; raises SignedOut when the account is closed."""
        people = get_user_model()._default_manager
        person = people.filter(pk=self.caller.person_id, is_active=True).first()
        if person is None:
            raise SignedOut()
        return person


@dataclass(frozen=True, slots=True)
class Entry:
    word: type[Message]
    door: type[Door]
    method: str
    rate: Rate


_entries: dict[str, Entry] = {}


def register(door: type[Door]) -> type[Door]:
    """Class decorator. Every word needs its method: `hand.raise` → `on_hand_raise`."""
    for word in door.words:
        method = "on_" + word.type.replace(".", "_")
        assert hasattr(door, method), f"{door.__name__} has no {method}"
        assert word.type not in _entries, f"two doors answer {word.type}"
        _entries[word.type] = Entry(word, door, method, door.rates.get(word, Rate()))
    return door


def find(type_: str) -> Entry:
    entry = _entries.get(type_)
    if entry is None:
        raise BadWord(why=f"unknown word {type_[:60]!r}")
    return entry


def registered() -> list[Entry]:
    return sorted(_entries.values(), key=lambda entry: entry.word.type)


def perform(envelope: Envelope, caller: Caller) -> bytes:
    """Carry out one durable word, once; return the answer as JSON. Called in a thread."""
    entry = find(envelope.type)
    word = read_word(entry.word, envelope.data)
    with transaction.atomic():
        write, new = ClientWrite.objects.get_or_create(
            id=envelope.id, defaults={"person_id": caller.person_id, "type": envelope.type}
        )
        if not new:
            if write.person_id != caller.person_id or write.type != envelope.type:
                raise BadWord(why="this id was used for something else")
            return bytes(write.answer)
        answer = getattr(entry.door(caller), entry.method)(word)
        if answer is not None:
            write.answer = encode(answer)
            write.save(update_fields=["answer"])
        return bytes(write.answer)
