"""The words between web processes and the media worker. Prose: docs/protocol/media.md.

Both ends import this module; it knows no model and no setting. What a browser sent (descriptions, wishes) passes
through here, so every field has its bound.
"""

import hmac
import secrets
from typing import Annotated
from uuid import UUID

import msgspec

VERSION = 1
MAX_FRAME_BYTES = 256 * 1024
LENGTH_BYTES = 4

MAX_SDP_CHARS = 64 * 1024
MAX_WISHES = 60
MAX_SOURCES = 8
MAX_HEIGHT = 4320

AUDIO, CAMERA, SCREEN, SCREEN_AUDIO = KINDS = ("audio", "camera", "screen", "screen_audio")

Sdp = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SDP_CHARS)]
Kind = Annotated[str, msgspec.Meta(pattern=r"^(audio|camera|screen|screen_audio)$")]
Mid = Annotated[str, msgspec.Meta(min_length=1, max_length=16, pattern=r"^[A-Za-z0-9_-]+$")]
Height = Annotated[int, msgspec.Meta(ge=0, le=MAX_HEIGHT)]
Code = Annotated[str, msgspec.Meta(max_length=60)]


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Slot(Word, frozen=True):
    """One media section of the listening connection. `source` is None while nobody is heard or seen through it."""

    mid: str
    media: str
    source: UUID | None = None
    kind: str | None = None


class Wish(Word, frozen=True):
    """A picture the page shows, and how high it shows it in device pixels."""

    source: UUID
    kind: Kind
    height: Height


# --- what a web process asks ---


class Ask(Word, frozen=True):
    call: UUID
    session: UUID


class Join(Ask, frozen=True, tag_field="do", tag="join"):
    may_publish: bool


class Attach(Ask, frozen=True, tag_field="do", tag="attach"):
    pass


class Answer(Ask, frozen=True, tag_field="do", tag="answer"):
    sdp: Sdp


class Reoffer(Ask, frozen=True, tag_field="do", tag="reoffer"):
    pass


class Publish(Ask, frozen=True, tag_field="do", tag="publish"):
    sdp: Sdp
    sources: Annotated[dict[Mid, Kind], msgspec.Meta(max_length=MAX_SOURCES)]


class Allow(Ask, frozen=True, tag_field="do", tag="allow"):
    may_publish: bool


class Want(Ask, frozen=True, tag_field="do", tag="want"):
    wishes: Annotated[tuple[Wish, ...], msgspec.Meta(max_length=MAX_WISHES)]


class Pause(Ask, frozen=True, tag_field="do", tag="pause"):
    kind: Kind
    paused: bool


class Leave(Ask, frozen=True, tag_field="do", tag="leave"):
    pass


class Close(Word, frozen=True, tag_field="do", tag="close"):
    call: UUID


class Stats(Word, frozen=True, tag_field="do", tag="stats"):
    call: UUID


AnyAsk = Join | Attach | Answer | Reoffer | Publish | Allow | Want | Pause | Leave | Close | Stats


class Request(Word, frozen=True):
    id: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    ask: AnyAsk


# --- what the worker answers, and tells unasked ---


class Joined(Word, frozen=True, tag_field="is", tag="joined"):
    subscribe_offer: str
    slots: tuple[Slot, ...]


class Description(Word, frozen=True, tag_field="is", tag="description"):
    sdp: str


class Done(Word, frozen=True, tag_field="is", tag="done"):
    pass


class Refused(Word, frozen=True, tag_field="is", tag="refused"):
    code: Code
    why: str


class SourceStats(Word, frozen=True):
    kind: str
    paused: bool
    layers: dict[str, int]  # rid ("" without simulcast): bits a second
    lost_percent: float


class SessionStats(Word, frozen=True):
    session: UUID
    connected: bool
    publishing: bool
    sources: tuple[SourceStats, ...]
    sent_bps: int
    estimate_bps: int | None  # what the listener's browser believes it can receive
    lost_percent: float
    round_trip_ms: float | None


class CallStats(Word, frozen=True, tag_field="is", tag="stats"):
    sessions: tuple[SessionStats, ...]
    worker_load: float  # share of one core, over the last seconds


class SlotsChanged(Word, frozen=True, tag_field="event", tag="slots"):
    """The whole state of the pool each time, never a difference."""

    call: UUID
    session: UUID
    slots: tuple[Slot, ...]


class Speaking(Word, frozen=True, tag_field="event", tag="speaking"):
    """Who is heard now, the dominant voice first. Told once to each web process that holds a session of the call."""

    call: UUID
    sessions: tuple[UUID, ...]


class Connected(Word, frozen=True, tag_field="event", tag="connected"):
    """`part`: the connection that stands now, "listen" or "publish"."""

    call: UUID
    session: UUID
    part: str


class Gone(Word, frozen=True, tag_field="event", tag="gone"):
    """`part`: "listen" or "publish" (nothing heard for 15 s; offer again), or "session" (over; join again)."""

    call: UUID
    session: UUID
    part: str


class Published(Word, frozen=True, tag_field="event", tag="published"):
    """Every kind that flows or is paused now: the whole state. Told to the web process that holds the session."""

    call: UUID
    session: UUID
    kinds: tuple[str, ...]


class LostAll(Word, frozen=True, tag_field="event", tag="lost_all"):
    """The worker that held these calls is a new one, or away: their sessions must join again. Made by the client."""

    calls: tuple[UUID, ...]


AnyReply = Joined | Description | Done | Refused | CallStats
AnyEvent = SlotsChanged | Speaking | Connected | Gone | Published | LostAll


class Tidings(Word, frozen=True):
    """A frame from the worker: a reply to the request `id`, or an event."""

    id: int = 0
    reply: AnyReply | None = None
    event: AnyEvent | None = None


class Challenge(Word, frozen=True):
    version: int
    nonce: Annotated[str, msgspec.Meta(min_length=32, max_length=64)]


class Proof(Word, frozen=True):
    nonce: Annotated[str, msgspec.Meta(min_length=32, max_length=64)]
    proof: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class Welcome(Word, frozen=True):
    """`epoch` names this run of the worker: another one means that nothing of the former is left."""

    proof: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
    epoch: str


def fresh_nonce() -> str:
    return secrets.token_hex(24)


def proof_of(secret: str, side: str, worker_nonce: str, client_nonce: str) -> str:
    """Both sides prove the secret; the side's name keeps one proof from being played back as the other."""
    return hmac.new(secret.encode(), f"{side}:{worker_nonce}:{client_nonce}".encode(), "sha256").hexdigest()


def is_proof(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def framed(word: Word) -> bytes:
    body = msgspec.json.encode(word)
    assert len(body) <= MAX_FRAME_BYTES, "a word longer than the other side would read"
    return len(body).to_bytes(LENGTH_BYTES, "big") + body
