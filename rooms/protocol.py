"""The words of rooms and assemblies. Prose: docs/protocol/rooms.md."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from collab.realtime.protocol import Message

LONGEST_MESSAGE = 2000
LONGEST_TITLE = 120
LONGEST_QUESTION = 300
LONGEST_ITEM_MINUTES = 480

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_MESSAGE)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TITLE)]
Question = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_QUESTION)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=LONGEST_ITEM_MINUTES)]


def topic_of_room(room_id: UUID) -> str:
    return f"room:{room_id}"


def topic_of_assembly(assembly_id: UUID) -> str:
    return f"assembly:{assembly_id}"


# --- what is in a picture ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of the chat. Without text it is a tombstone: something was here and was taken away."""

    id: UUID
    number: int
    author: UUID | None
    name: str
    text: str | None
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedHand:
    person: UUID
    name: str
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    person: UUID
    name: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblySummary:
    id: UUID
    title: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One point of an agenda: `pending`, `running` or `done`."""

    id: UUID
    title: str
    minutes: int
    state: str
    started_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    yes: int
    no: int
    abstain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPicture:
    """`roll` people may vote, frozen at opening; `roll_hash` lets anybody check that list."""

    id: UUID
    question: str
    state: str
    roll: int
    roll_hash: str
    tally: Tally
    opened_at: str | None
    closed_at: str | None


# --- browser → server: the room ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMessage(Message):
    """`message` is the id that the browser made: it shows the line at once and knows it again when it is announced."""

    type: ClassVar[str] = "chat.post"
    room: UUID
    message: UUID
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMessage(Message):
    """One's own, or anybody's for a host."""

    type: ClassVar[str] = "chat.remove"
    room: UUID
    message: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseHand(Message):
    type: ClassVar[str] = "hand.raise"
    room: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerHand(Message):
    """One's own without `person`; somebody else's for a host."""

    type: ClassVar[str] = "hand.lower"
    room: UUID
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFloor(Message):
    type: ClassVar[str] = "floor.give"
    room: UUID
    person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EndFloor(Message):
    """By who speaks, or by a host."""

    type: ClassVar[str] = "floor.end"
    room: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRoom(Message):
    type: ClassVar[str] = "room.close"
    room: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoom(Message):
    type: ClassVar[str] = "room.open"
    room: UUID


# --- browser → server: the assembly ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAssembly(Message):
    type: ClassVar[str] = "assembly.open"
    assembly: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameAssembly(Message):
    type: ClassVar[str] = "assembly.rename"
    assembly: UUID
    title: Title


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAssembly(Message):
    type: ClassVar[str] = "assembly.close"
    assembly: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AddItem(Message):
    type: ClassVar[str] = "agenda.add"
    assembly: UUID
    title: Title
    minutes: Minutes = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveItem(Message):
    """Only a point that has not begun."""

    type: ClassVar[str] = "agenda.remove"
    assembly: UUID
    item: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NextItem(Message):
    """End the running point, if there is one, and begin the next. `after` is the point that the host saw running."""

    type: ClassVar[str] = "agenda.next"
    assembly: UUID
    after: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePoll(Message):
    type: ClassVar[str] = "poll.create"
    assembly: UUID
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPoll(Message):
    """Only before it was opened."""

    type: ClassVar[str] = "poll.drop"
    poll: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoll(Message):
    type: ClassVar[str] = "poll.open"
    poll: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePoll(Message):
    type: ClassVar[str] = "poll.close"
    poll: UUID


# --- server → browser: the room ---


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(Message):
    type: ClassVar[str] = "chat.posted"
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRemoved(Message):
    """The message becomes a tombstone in its place."""

    type: ClassVar[str] = "chat.removed"
    message: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HandRaised(Message):
    type: ClassVar[str] = "hand.raised"
    hand: RaisedHand


@dataclass(frozen=True, slots=True, kw_only=True)
class HandLowered(Message):
    type: ClassVar[str] = "hand.lowered"
    person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorGiven(Message):
    """This person speaks now, in place of whoever did; their hand, if raised, is down."""

    type: ClassVar[str] = "floor.given"
    floor: Floor


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorEnded(Message):
    type: ClassVar[str] = "floor.ended"
    person: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomClosed(Message):
    """No more chat, hands or video; hands are down and nobody has the floor."""

    type: ClassVar[str] = "room.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOpened(Message):
    type: ClassVar[str] = "room.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRenamed(Message):
    """With its event."""

    type: ClassVar[str] = "room.renamed"
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostsChanged(Message):
    """All hosts as they are now."""

    type: ClassVar[str] = "hosts.changed"
    hosts: list[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyChanged(Message):
    """The room's assembly was prepared, opened or closed. The rest is told on `assembly:<id>`."""

    type: ClassVar[str] = "assembly.changed"
    assembly: AssemblySummary


# --- server → browser: the assembly ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyOpened(Message):
    type: ClassVar[str] = "assembly.opened"
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyRenamed(Message):
    type: ClassVar[str] = "assembly.renamed"
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyClosed(Message):
    """The running point, if there was one, is done."""

    type: ClassVar[str] = "assembly.closed"
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAdded(Message):
    """At the end of the agenda."""

    type: ClassVar[str] = "agenda.added"
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRemoved(Message):
    type: ClassVar[str] = "agenda.removed"
    item: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaMoved(Message):
    """What was running is done; `running`, when there is one, began at `at`."""

    type: ClassVar[str] = "agenda.moved"
    running: UUID | None
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCreated(Message):
    """After the others."""

    type: ClassVar[str] = "poll.created"
    poll: PollPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDropped(Message):
    type: ClassVar[str] = "poll.dropped"
    poll: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOpened(Message):
    type: ClassVar[str] = "poll.opened"
    poll: UUID
    at: str
    roll: int
    roll_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTally(Message):
    """How the ballots stand, at most four times a second."""

    type: ClassVar[str] = "poll.tally"
    poll: UUID
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class PollClosed(Message):
    type: ClassVar[str] = "poll.closed"
    poll: UUID
    at: str
    tally: Tally
