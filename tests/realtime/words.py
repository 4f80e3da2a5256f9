"""A small app for the tests of the floor: a circle is a Django group; members may follow it and rename themselves."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.db import transaction

from collab.realtime import doors, hub, topics
from collab.realtime.doors import Door, Rate
from collab.realtime.errors import NotFound
from collab.realtime.protocol import Message
from collab.realtime.topics import Caller, Topic
from people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(Message):
    type: ClassVar[str] = "circle.rename"
    circle: str
    name: str
    then_fail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hum(Message):
    """Ephemeral."""

    type: ClassVar[str] = "circle.hum"
    circle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo(Message):
    """Comes back to the socket that sent it."""

    type: ClassVar[str] = "test.echo"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Break(Message):
    type: ClassVar[str] = "test.break"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed(Message):
    type: ClassVar[str] = "circle.renamed"
    person_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hummed(Message):
    type: ClassVar[str] = "circle.hummed"
    person_id: str


@topics.register
class Circle(Topic):
    kind = "circle"
    keeps_presence = True

    def may_follow(self, key: str, caller: Caller) -> bool:
        return Person.objects.filter(pk=caller.person_id, is_active=True, groups__name=key).exists()

    def picture(self, key: str, caller: Caller) -> Mapping[str, Any]:
        members = Person.objects.filter(groups__name=key).order_by("pk")
        return {"names": {str(person.pk): person.name for person in members}}

    def names(self, key: str, person_ids: Iterable[str]) -> Mapping[str, str]:
        return {str(person.pk): person.name for person in Person.objects.filter(pk__in=list(person_ids))}


def draw(picture: dict[str, Any], type_: str, data: dict[str, Any]) -> None:
    """What a page does with an announcement."""
    if type_ == "circle.renamed":
        picture["names"][data["person_id"]] = data["name"]


@transaction.atomic
def rename(*, circle: str, by: Person, name: str) -> None:
    if not by.groups.filter(name=circle).exists():
        raise NotFound()
    by.name = name
    by.save(update_fields=["name"])
    hub.publish(f"circle:{circle}", Renamed(person_id=str(by.pk), name=name))


@transaction.atomic
def dismiss(*, circle: str, person: Person) -> None:
    person.groups.remove(Group.objects.get(name=circle))
    hub.revoke(person_id=person.pk, topic=f"circle:{circle}")


@doors.register
class CircleDoor(Door):
    words = (Rename, Hum, Echo, Break)
    rates = {Hum: Rate(burst=3, per_second=0.01), Rename: Rate(burst=500, per_second=100)}

    def on_circle_rename(self, word: Rename) -> Mapping[str, Any]:
        rename(circle=word.circle, by=self.person, name=word.name)
        if word.then_fail:
            raise NotFound()
        return {"name": word.name, "at": time.time_ns()}

    async def on_circle_hum(self, word: Hum) -> None:
        hub.whisper(f"circle:{word.circle}", Hummed(person_id=str(self.caller.person_id)))

    async def on_test_echo(self, word: Echo) -> Mapping[str, Any]:
        assert self.connection is not None
        await self.connection.send(Echo(text=word.text))
        return {"connection": str(self.connection.id)}

    def on_test_break(self, word: Break) -> None:
        raise RuntimeError("a bug")
