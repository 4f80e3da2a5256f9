"""The words of the inbox, topic `inbox:<person id>`. Prose: docs/protocol/notifications.md."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from collab.realtime.protocol import Message

# The bell's panel shows so many; the page of notifications shows all.
LATEST = 20
MOST_IDS = 100


class Kind(StrEnum):
    """What happened. The facts each kind names are in docs/protocol/notifications.md."""

    GROUP_JOINED = "group_joined"
    EVENT_IN_GROUP = "event_in_group"
    EVENT_NEAR = "event_near"
    MENTIONED = "mentioned"
    ASSEMBLY_OPENED = "assembly_opened"
    VOTE_OPENED = "vote_opened"


def topic_of_inbox(person_id: UUID) -> str:
    return f"inbox:{person_id}"


# --- what is in a picture: {"unread": 3, "latest": [Notice, …]}, the newest first ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notification. The reader's browser makes the sentence from `kind` and `facts`, in its language."""

    id: UUID
    number: int
    kind: str
    url: str
    facts: dict[str, str]
    at: str
    read: bool


# --- browser → server ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInbox(Message):
    """These were seen: all up to a number, or some by id, or both."""

    type: ClassVar[str] = "inbox.read"
    up_to: Annotated[int, msgspec.Meta(ge=0, le=2**62)] | None = None
    ids: Annotated[list[UUID], msgspec.Meta(max_length=MOST_IDS)] = field(default_factory=list)


# --- server → browser ---


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationAdded(Message):
    """Goes to the top of the list; one more is unread."""

    type: ClassVar[str] = "notification.added"
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsRead(Message):
    """Those up to the number and those with an id are read now, on every device. `unread` are left."""

    type: ClassVar[str] = "notification.read"
    up_to: int | None
    ids: list[UUID]
    unread: int
