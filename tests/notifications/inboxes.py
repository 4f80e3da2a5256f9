"""What a page does with the inbox's announcements; the same as `inbox_data.ts`."""

from typing import Any

from notifications.protocol import LATEST, topic_of_inbox
from people.models import Person


def inbox_topic(person: Person) -> str:
    return topic_of_inbox(person.pk)


def draw(picture: dict[str, Any], kind: str, data: dict[str, Any]) -> None:
    if kind == "notification.added":
        picture["unread"] += 1
        picture["latest"] = [data["notice"], *picture["latest"]][:LATEST]
    elif kind == "notification.read":
        picture["unread"] = data["unread"]
        for notice in picture["latest"]:
            if notice["id"] in data["ids"] or (data["up_to"] is not None and notice["number"] <= data["up_to"]):
                notice["read"] = True
