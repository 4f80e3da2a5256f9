"""A document's content as ProseMirror's XML in the fragment that Tiptap's Collaboration uses, made and read."""

from collections.abc import Iterable
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

FRAGMENT = "default"


def from_text(text: str) -> bytes:
    """One Yjs update: a paragraph a line, a heading where a line starts with "# ", "## " or "### "."""
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT, type=XmlFragment)
    with doc.transaction():
        for line in text.splitlines():
            if line.strip():
                fragment.children.append(_block(line.strip()))
    return doc.get_update()


def _block(line: str) -> XmlElement:
    marks, _, rest = line.partition(" ")
    if marks in ("#", "##", "###") and rest.strip():
        # A number, as Tiptap compares the level with ===.
        return XmlElement("heading", {"level": len(marks)}, [XmlText(rest.strip())])  # type: ignore[arg-type]
    return XmlElement("paragraph", {}, [XmlText(line)])


def load(parts: Iterable[bytes]) -> Doc[Any]:
    """A Doc from a snapshot and the log's rows after it, in one transaction."""
    doc: Doc[Any] = Doc()
    with doc.transaction():
        for part in parts:
            doc.apply_update(part)
    return doc
