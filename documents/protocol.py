"""The words of a document's topic on the live socket, `document:<id>`. Its content travels on the sync socket."""

from dataclasses import dataclass
from typing import ClassVar

from collab.realtime.protocol import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRenamed(Message):
    type: ClassVar[str] = "document.renamed"
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChanged(Message):
    """Somebody's right by name changed. Whose is the owner's affair: a page asks for a fresh picture, with its own."""

    type: ClassVar[str] = "document.rights_changed"
