"""What was announced on a topic, and what a page does with it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from django.db import transaction

from collab.realtime.errors import DomainError
from collab.realtime.models import Announcement
from rooms import pictures
from rooms.models import Assembly, Room

Picture = dict[str, Any]


@dataclass
class Heard:
    """`words` are (type, data) in their order."""

    words: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [type_ for type_, _ in self.words]


@contextmanager
def announced(topic: str) -> Iterator[Heard]:
    last = Announcement.objects.filter(stream=topic).count()
    heard = Heard()
    yield heard
    rows = Announcement.objects.filter(stream=topic).order_by("seq")[last:]
    heard.words += [(row.type, json.loads(bytes(row.data))) for row in rows]


@contextmanager
def rolled_back() -> Iterator[None]:
    """What happens inside has not happened."""

    class Undo(Exception):
        pass

    with pytest.raises(Undo), transaction.atomic():
        yield
        raise Undo()


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code


def room_picture(room: Room) -> Picture:
    return _read(pictures.room_picture(Room.objects.get(pk=room.pk)))


def assembly_picture(assembly: Assembly) -> Picture:
    return _read(pictures.assembly_picture(Assembly.objects.get(pk=assembly.pk)))


def _read(picture: object) -> Picture:
    read: Picture = json.loads(msgspec.json.encode(picture))
    return read


def draw_room(picture: Picture, type_: str, data: dict[str, Any]) -> None:
    """As `rooms/frontend/room_data.ts` does."""
    match type_:
        case "chat.posted":
            picture["chat"].append(data["line"])
            if len(picture["chat"]) > pictures.CHAT_WINDOW:
                del picture["chat"][0]
                picture["earlier"] = True
        case "chat.removed":
            for line in picture["chat"]:
                if line["id"] == data["message"]:
                    line["text"] = None
        case "hand.raised":
            picture["hands"].append(data["hand"])
        case "hand.lowered":
            picture["hands"] = [hand for hand in picture["hands"] if hand["person"] != data["person"]]
        case "floor.given":
            picture["floor"] = data["floor"]
            picture["hands"] = [hand for hand in picture["hands"] if hand["person"] != data["floor"]["person"]]
        case "floor.ended":
            picture["floor"] = None
        case "room.closed":
            picture["room"]["state"], picture["hands"], picture["floor"] = "closed", [], None
        case "room.opened":
            picture["room"]["state"] = "open"
        case "room.renamed":
            picture["room"]["title"] = data["title"]
        case "hosts.changed":
            picture["hosts"] = data["hosts"]
        case "assembly.changed":
            picture["assembly"] = data["assembly"]
        case _:
            raise AssertionError(f"no page knows {type_}")


def draw_assembly(picture: Picture, type_: str, data: dict[str, Any]) -> None:
    """As `rooms/frontend/assembly_data.ts` does."""
    polls = {poll["id"]: poll for poll in picture["polls"]}
    match type_:
        case "assembly.opened":
            picture["state"], picture["opened_at"] = "open", data["at"]
        case "assembly.renamed":
            picture["title"] = data["title"]
        case "assembly.closed":
            picture["state"], picture["closed_at"] = "closed", data["at"]
            _end_running(picture)
        case "agenda.added":
            picture["items"].append(data["item"])
        case "agenda.removed":
            picture["items"] = [item for item in picture["items"] if item["id"] != data["item"]]
        case "agenda.moved":
            _end_running(picture)
            for item in picture["items"]:
                if item["id"] == data["running"]:
                    item["state"], item["started_at"] = "running", data["at"]
        case "poll.created":
            picture["polls"].append(data["poll"])
        case "poll.dropped":
            picture["polls"] = [poll for poll in picture["polls"] if poll["id"] != data["poll"]]
        case "poll.opened":
            poll = polls[data["poll"]]
            poll["state"], poll["opened_at"] = "open", data["at"]
            poll["roll"], poll["roll_hash"] = data["roll"], data["roll_hash"]
        case "poll.tally":
            polls[data["poll"]]["tally"] = data["tally"]
        case "poll.closed":
            poll = polls[data["poll"]]
            poll["state"], poll["closed_at"], poll["tally"] = "closed", data["at"], data["tally"]
        case _:
            raise AssertionError(f"no page knows {type_}")


def _end_running(picture: Picture) -> None:
    for item in picture["items"]:
        if item["state"] == "running":
            item["state"] = "done"
