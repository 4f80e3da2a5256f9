"""The scripts' types are those of the Python that reads and writes the words."""

import dataclasses
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
import pytest

from collab.realtime.protocol import Message
from collab.server import words


def test_the_generated_types_are_those_of_today() -> None:
    assert words.path().read_text() == words.render(), "stale: run manage.py words"


def test_every_word_of_every_app_is_there_and_none_of_the_tests() -> None:
    from tests.realtime import words as of_tests  # registers a door

    types = {word.type for word in words.words()}
    assert {"topic.subscribe", "topic.unsubscribe"} <= types
    assert of_tests.Rename.type not in types
    assert not types & {message.type for message in words.announcements()}
    assert "presence.changed" in {message.type for message in words.announcements()}


class Colour(StrEnum):
    RED = "red"
    BLUE = "bleu"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inner:
    """A part."""

    id: UUID
    note: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Everything(Message):
    type: ClassVar[str] = "test.everything"
    inner: list[Inner]
    colours: list[Colour]
    choice: Literal["un", "deux"]
    many: Annotated[tuple[int, ...], msgspec.Meta(max_length=3)] = ()
    free: dict[str, Any] = dataclasses.field(default_factory=dict)
    yes: bool = False


@pytest.mark.parametrize("said", [True, False])
def test_each_type_has_its_typescript(said: bool) -> None:
    writer = words._Writer()
    writer.interface(Everything, said=said)
    maybe = "?" if said else ""
    assert writer.written == [
        f"/** A part. */\nexport interface Inner {{\n  id: string;\n  note{maybe}: string | null;\n}}\n",
        "export interface Everything {\n"
        "  inner: Inner[];\n"
        '  colours: ("red" | "bleu")[];\n'
        '  choice: "un" | "deux";\n'
        f"  many{maybe}: number[];\n"
        f"  free{maybe}: Record<string, unknown>;\n"
        f"  yes{maybe}: boolean;\n"
        "}\n",
    ]


def test_a_type_nobody_thought_of_is_an_error() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Odd(Message):
        type: ClassVar[str] = "test.odd"
        what: complex

    with pytest.raises(TypeError, match="complex"):
        words._Writer().interface(Odd, said=True)
