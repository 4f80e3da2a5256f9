"""The words of calls. Prose: docs/protocol/video.md."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec

from collab.realtime.protocol import Message

# A live frame holds 16 KiB; two escaped line ends in each line of a description take their part.
LONGEST_SDP = 14_000
MOST_PICTURES = 30

Sdp = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_SDP)]
Mid = Annotated[str, msgspec.Meta(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9_-]+$")]
Kind = Literal["audio", "camera", "screen", "screen_audio"]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=4320)]
Why = Literal["left", "lost", "removed", "ended"]


def topic_of_call(call_id: UUID) -> str:
    return f"call:{call_id}"


# --- what is in a picture ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantPicture:
    """One device in a call. `right` is `watch`, `speak` or `moderate`; the rest is what others can hear and see."""

    session: UUID
    person: UUID
    name: str
    right: str
    mic: bool
    camera: bool
    screen: bool


# --- browser → server ---


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinCall(Message):
    """Answered with the server's offer. The same session again starts its media anew."""

    type: ClassVar[str] = "call.join"
    call: UUID
    session: UUID
    mic: bool
    camera: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer(Message):
    type: ClassVar[str] = "call.answer"
    call: UUID
    session: UUID
    sdp: Sdp


@dataclass(frozen=True, slots=True, kw_only=True)
class Reoffer(Message):
    """A fresh offer of the subscribe connection, for a browser that changed network."""

    type: ClassVar[str] = "call.reoffer"
    call: UUID
    session: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Message):
    """The page's offer; `sources` says what each m-line carries, by mid."""

    type: ClassVar[str] = "call.publish"
    call: UUID
    session: UUID
    sdp: Sdp
    sources: Annotated[dict[Mid, Kind], msgspec.Meta(max_length=8)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPicture:
    """`source` is a session; `height` that of its tile, in device pixels."""

    source: UUID
    kind: Literal["camera", "screen"]
    height: Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Want(Message):
    """What the page shows now, the most wanted first. Everything else may rest."""

    type: ClassVar[str] = "call.want"
    call: UUID
    session: UUID
    pictures: Annotated[list[WantedPicture], msgspec.Meta(max_length=MOST_PICTURES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetState(Message):
    type: ClassVar[str] = "call.state"
    call: UUID
    session: UUID
    mic: bool
    camera: bool
    screen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCall(Message):
    """After the live socket came back: the media go on."""

    type: ClassVar[str] = "call.resume"
    call: UUID
    session: UUID
    mic: bool
    camera: bool
    screen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveCall(Message):
    type: ClassVar[str] = "call.leave"
    call: UUID
    session: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(Message):
    """Without `person`: everybody else. Moderators only."""

    type: ClassVar[str] = "call.mute"
    call: UUID
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Message):
    """Every device of the person. Moderators only."""

    type: ClassVar[str] = "call.remove"
    call: UUID
    person: UUID


# --- server → everybody who follows ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Message):
    type: ClassVar[str] = "call.joined"
    participant: ParticipantPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Message):
    """`by` is who muted, when it was not the participant."""

    type: ClassVar[str] = "call.changed"
    participant: ParticipantPicture
    by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Message):
    type: ClassVar[str] = "call.left"
    session: UUID
    why: Why


# --- server → one page ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPicture:
    """What comes in one place of the subscribe connection; nothing where `source`, a session, is null."""

    mid: str
    media: str
    source: UUID | None
    kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots(Message):
    type: ClassVar[str] = "call.slots"
    call: UUID
    session: UUID
    slots: list[SlotPicture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Message):
    """`part` is `listen` or `publish`: that connection stands."""

    type: ClassVar[str] = "call.connected"
    call: UUID
    session: UUID
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Message):
    """That connection heard nothing for a while: offer again, or ask for an offer."""

    type: ClassVar[str] = "call.gone"
    call: UUID
    session: UUID
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking(Message):
    """Among the topic's announcements, to those in the call: who is heard now, the dominant voice first."""

    type: ClassVar[str] = "call.speaking"
    sessions: list[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Message):
    """The media worker forgot everything: join again with the same session."""

    type: ClassVar[str] = "call.lost"
    call: UUID
    session: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Message):
    """Removed, or the right to be here is gone: close both connections. Why is in the topic's `call.left`."""

    type: ClassVar[str] = "call.ended"
    call: UUID
    session: UUID
