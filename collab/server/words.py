"""TypeScript for every word on the live socket, from the Python that reads and writes it."""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from json import dumps
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from django.apps import apps
from django.conf import settings

from collab.realtime import doors
from collab.realtime import protocol as floor
from collab.realtime.protocol import Message

from .checks import OURS

PLAIN: Mapping[object, str] = {
    str: "string",
    UUID: "string",
    datetime: "string",
    date: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    None: "null",
    type(None): "null",
    Any: "unknown",
    object: "unknown",
}
LISTS = {list, tuple, set, frozenset, Sequence, Set}
HEAD = """\
/**
 * Written by `manage.py words` from each app's protocol.py; a test fails when it is stale.
 * Words go from a browser to the server, announcements come from it.
 */
"""


def path() -> Path:
    return Path(settings.ROOT) / "collab" / "frontend" / "protocol.ts"


def words() -> list[type[Message]]:
    """What a browser may say."""
    ours = {module.__name__ for module in _protocols()}
    said = [entry.word for entry in doors.registered() if entry.word.__module__ in ours]
    return sorted([*said, floor.Subscribe, floor.Unsubscribe], key=lambda word: word.type)


def announcements() -> list[type[Message]]:
    """What the server says: every other message of the protocols. Answers have an envelope of their own."""
    said = {*words(), floor.Done, floor.Refused}
    found = {shape for module in _protocols() for shape in _messages(module)}
    return sorted(found - said, key=lambda message: message.type)


def _protocols() -> list[types.ModuleType]:
    names = sorted(config.name for config in apps.get_app_configs() if config.label in OURS)
    return [import_module(f"{name}.protocol") for name in names if find_spec(f"{name}.protocol")]


def _messages(module: types.ModuleType) -> list[type[Message]]:
    return [
        shape
        for shape in vars(module).values()
        if isinstance(shape, type)
        and issubclass(shape, Message)
        and shape.__module__ == module.__name__
        and "type" in vars(shape)
    ]


def render() -> str:
    """The whole file."""
    writer = _Writer()
    said, told = words(), announcements()
    for shape in said:
        writer.interface(shape, said=True)
    for shape in told:
        writer.interface(shape, said=False)
    return "\n".join(
        [HEAD, *writer.written, _table("Words", said, writer), _table("Announcements", told, writer)],
    )


def _table(name: str, messages: list[type[Message]], writer: "_Writer") -> str:
    lines = [f"  {dumps(message.type)}: {writer.name_of(message)};" for message in messages]
    return "\n".join([f"export interface {name} {{", *lines, "}", ""])


class _Writer:
    """Writes each shape once, those it is made of first."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self._names: dict[type, str] = {}

    def name_of(self, shape: type) -> str:
        return self._names[shape]

    def interface(self, shape: type, *, said: bool) -> str:
        """A field with a default may be left out by who says it; who hears it always finds it."""
        if shape in self._names:
            return self._names[shape]
        name = shape.__name__
        if name in self._names.values():  # two apps have a word for it
            name = shape.__module__.split(".")[-2].capitalize() + name
        self._names[shape] = name
        hints = typing.get_type_hints(shape, include_extras=True)
        lines = []
        for field in dataclasses.fields(shape):
            optional = said and (
                field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
            )
            lines.append(f"  {field.name}{'?' if optional else ''}: {self._type(hints[field.name], said=said)};")
        body = "{\n" + "\n".join(lines) + "\n}" if lines else "{}"
        self.written.append(f"{_comment(shape)}export interface {name} {body}\n")
        return name

    def _type(self, hint: Any, *, said: bool) -> str:
        if hint in PLAIN:
            return PLAIN[hint]
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._type(arguments[0], said=said)
        if origin is Literal:
            return " | ".join(dumps(value, ensure_ascii=False) for value in arguments)
        if origin in (Union, types.UnionType):
            return " | ".join(dict.fromkeys(self._type(one, said=said) for one in arguments))
        if origin in LISTS or hint in LISTS:
            inner = self._type(arguments[0], said=said) if arguments else "unknown"
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        if origin in (dict, Mapping) or hint is dict:
            return f"Record<string, {self._type(arguments[1], said=said) if arguments else 'unknown'}>"
        if isinstance(hint, type) and issubclass(hint, Enum):
            return " | ".join(dumps(one.value, ensure_ascii=False) for one in hint)
        if dataclasses.is_dataclass(hint):
            return self.interface(typing.cast("type", hint), said=said)
        raise TypeError(f"no TypeScript for {hint!r}")


def _comment(shape: type) -> str:
    text = shape.__doc__ or ""
    if not text or text.startswith(f"{shape.__name__}("):  # what dataclass writes by itself
        return ""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */", ""])
