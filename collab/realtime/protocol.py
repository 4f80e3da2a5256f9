"""The words of the live socket itself, and how every app's words are read and written. Prose: docs/protocol.md."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar
from uuid import UUID

import msgspec

from .errors import BadWord

VERSION = 1

TopicName = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^[a-z]+:[A-Za-z0-9_-]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A word. Subclasses are frozen dataclasses; `type` reads `noun.verb` from a browser, `noun.happened` to it."""

    type: ClassVar[str]


W = TypeVar("W", bound=Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a browser sends: `{v, id, type, data}`. `id` is its own UUID; a repeat is the same write."""

    v: int
    id: UUID
    type: Annotated[str, msgspec.Meta(max_length=60)]
    data: dict[str, Any]


def read_envelope(text: str | bytes) -> Envelope:
    """Raise BadWord unless the frame is an envelope of our version."""
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadWord(why="not JSON") from error
    envelope = _convert(raw, Envelope)
    if envelope.v != VERSION:
        raise BadWord(why=f"version {VERSION} is spoken here")
    return envelope


def read_word(word: type[W], data: dict[str, Any]) -> W:
    """Turn a browser's data into the word, refusing unknown fields, wrong types and NUL characters."""
    return _convert(data, word)


T = TypeVar("T")


def _convert(raw: object, shape: type[T]) -> T:
    try:
        value = msgspec.convert(raw, shape, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadWord(why=str(error)) from error
    _refuse_strangers(raw, msgspec.to_builtins(value, builtin_types=(bytes,)), "$")
    return value


def _refuse_strangers(raw: object, known: object, where: str) -> None:
    """PostgreSQL refuses NUL in text, and msgspec lets unknown fields of a dataclass pass: we refuse both."""
    if isinstance(raw, str):
        if "\x00" in raw:
            raise BadWord(why=f"NUL at {where}")
        try:
            raw.encode()
        except UnicodeEncodeError as error:
            raise BadWord(why=f"lone surrogate at {where}") from error
    elif isinstance(raw, dict) and isinstance(known, dict):
        for key, value in raw.items():
            if key not in known:
                raise BadWord(why=f"unknown field {key[:40]!r} at {where}")
            _refuse_strangers(value, known[key], f"{where}.{key}")
    elif isinstance(raw, list) and isinstance(known, list | tuple):
        for one, other in zip(raw, known, strict=True):
            _refuse_strangers(one, other, where)


def encode(message: object) -> bytes:
    return msgspec.json.encode(message)


def announcement(topic: str | None, seq: int | None, kind: str, data: bytes) -> bytes:
    """The frame every subscriber gets, from data that is JSON already."""
    number = b"null" if seq is None else b"%d" % seq
    return b'{"v":1,"topic":%s,"seq":%s,"type":%s,"data":%s}' % (encode(topic), number, encode(kind), data)


# --- browser → server ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe(Message):
    """Join a topic. With `epoch` and `seq`, get what was missed; without, a fresh picture."""

    type: ClassVar[str] = "topic.subscribe"
    topic: TopicName
    epoch: UUID | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe(Message):
    type: ClassVar[str] = "topic.unsubscribe"
    topic: TopicName


# --- server → browser ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture(Message):
    """The whole state of a topic at `seq`; announcements up to that number are in it."""

    type: ClassVar[str] = "topic.picture"
    epoch: UUID
    data: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Message):
    """Everything missed was sent again; the browser's picture holds."""

    type: ClassVar[str] = "topic.resumed"
    epoch: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(Message):
    """The topic is closed to this person from now on."""

    type: ClassVar[str] = "access.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A person who is here, on however many devices."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceNow(Message):
    """Everybody who is here, for who just came. `present` counts also those beyond the named ones."""

    type: ClassVar[str] = "presence.now"
    present_people: list[Present]
    present: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged(Message):
    """Who came and who went since the last time, all in one."""

    type: ClassVar[str] = "presence.changed"
    joined: list[Present]
    left: list[str]
    present: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Message):
    """The write with this id is committed. `data` is what the service answered."""

    type: ClassVar[str] = "done"
    id: UUID
    data: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Message):
    type: ClassVar[str] = "error"
    id: UUID | None
    code: str
    detail: str


# Close codes. 4408 and above 4000 in general are ours.
CLOSE_RESUME = 4408  # too slow a reader, or a restart: come back and resume
CLOSE_SIGNED_OUT = 4401
CLOSE_FORBIDDEN = 4403
CLOSE_TOO_MANY = 4429
CLOSE_BAD_FRAME = 4400
