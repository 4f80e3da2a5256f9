"""A document's text as HTML: what a page shows before its script arrives, and without it.

Built from the schema that documents/frontend/extensions.ts gives browsers: a node or mark that is not named here shows
its text and nothing else. Everything is cleaned once more at the end, so that a mistake here is not a hole.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import nh3
from django.utils.safestring import SafeString
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from . import content
from .models import Document
from .sync.log import load_document

SCHEMES = {"http", "https", "mailto"}  # as in documents/frontend/links.ts
# Beyond, a page would wait too long for its first paint: the text arrives with the socket.
LARGEST_BYTES = 512 * 1024
DEEPEST = 40
# Texts kept in this process, and nowhere else: what people write does not lie about in a shared cache.
KEPT = 32

Attributes = Mapping[str, Any]

TAGS = {
    "p", "h1", "h2", "h3", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br", "a", "strong", "em", "u", "s",
    "div", "span", "label", "input", "table", "tbody", "tr", "th", "td",
}  # fmt: skip
ALLOWED: dict[str, set[str]] = {
    "a": {"href"},
    "ul": {"data-type"},
    "ol": {"start"},
    "li": {"data-type", "data-checked"},
    "input": {"type", "checked", "disabled", "aria-label"},
    "div": {"class"},
    "span": {"class"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}


def page_html(document: Document) -> SafeString:
    """The text as it is stored now; empty when it is too large for a first paint. Kept until the text changes."""
    return SafeString(_html_at(document.pk, document.last_seq))


@lru_cache(KEPT)
def _html_at(document_id: UUID, last_seq: int) -> str:
    parts = load_document(document_id).parts
    return html_of(content.load(parts)) if sum(map(len, parts)) <= LARGEST_BYTES else ""


def html_of(doc: Doc[Any]) -> str:
    fragment = doc.get(content.FRAGMENT, type=XmlFragment)
    raw = "".join(_node(child, 0) for child in fragment.children)
    return nh3.clean(raw, tags=TAGS, attributes=ALLOWED, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow")


def _node(node: object, depth: int) -> str:
    if isinstance(node, XmlText):
        return "".join(_text(text, marks) for text, marks in node.diff())
    if not isinstance(node, XmlElement) or depth > DEEPEST:
        return ""
    inside = "".join(_node(child, depth + 1) for child in node.children)
    attributes = dict(node.attributes)  # type: ignore[call-overload]
    write = NODES.get(node.tag or "")
    return write(inside, attributes) if write else inside


def _text(text: object, marks: Attributes | None) -> str:
    if not isinstance(text, str):
        return ""
    shown = escape(text)
    # y-prosemirror adds "--<hash>" to marks that may overlap themselves.
    for name, facts in sorted((marks or {}).items()):
        tag = MARKS.get(name.partition("--")[0])
        if tag:
            shown = f"<{tag}>{shown}</{tag}>"
        elif name.partition("--")[0] == "link":
            shown = _link(shown, facts)
    return shown


def _link(shown: str, facts: object) -> str:
    href = facts.get("href") if isinstance(facts, dict) else None
    return f'<a href="{escape(href)}">{shown}</a>' if isinstance(href, str) and _is_safe(href) else shown


def _is_safe(href: str) -> bool:
    try:
        return urlsplit(href).scheme in SCHEMES
    except ValueError:
        return False


def _whole(value: object, least: int, most: int) -> int:
    """Yjs numbers are floats, and other clients write what they like."""
    number = int(value) if isinstance(value, int | float) and value == value and abs(value) < 1e9 else least
    return min(max(number, least), most)


def _plain(tag: str) -> Callable[[str, Attributes], str]:
    return lambda inside, attributes: f"<{tag}>{inside}</{tag}>"


def _heading(inside: str, attributes: Attributes) -> str:
    level = _whole(attributes.get("level"), 1, 3)
    return f"<h{level}>{inside}</h{level}>"


def _paragraph(inside: str, attributes: Attributes) -> str:
    return f"<p>{inside or '<br>'}</p>"


def _ordered(inside: str, attributes: Attributes) -> str:
    return f'<ol start="{_whole(attributes.get("start"), 1, 100_000)}">{inside}</ol>'


def _task(inside: str, attributes: Attributes) -> str:
    is_done = attributes.get("checked") is True
    state = " checked" if is_done else ""
    words = escape(nh3.clean(inside, tags=set())[:200])
    box = f'<label><input type="checkbox" disabled{state} aria-label="{words}"></label>'
    return f'<li data-type="taskItem" data-checked="{str(is_done).lower()}">{box}<div>{inside}</div></li>'


def _cell(tag: str) -> Callable[[str, Attributes], str]:
    def write(inside: str, attributes: Attributes) -> str:
        across, down = (_whole(attributes.get(name), 1, 100) for name in ("colspan", "rowspan"))
        return f'<{tag} colspan="{across}" rowspan="{down}">{inside}</{tag}>'

    return write


def _mention(inside: str, attributes: Attributes) -> str:
    return f'<span class="mention">@{escape(str(attributes.get("label") or ""))}</span>'


MARKS = {"bold": "strong", "italic": "em", "underline": "u", "strike": "s", "code": "code"}
NODES: dict[str, Callable[[str, Attributes], str]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "bulletList": _plain("ul"),
    "orderedList": _ordered,
    "listItem": _plain("li"),
    "taskList": lambda inside, _: f'<ul data-type="taskList">{inside}</ul>',
    "taskItem": _task,
    "blockquote": _plain("blockquote"),
    "codeBlock": lambda inside, _: f"<pre><code>{inside}</code></pre>",
    "horizontalRule": lambda inside, _: "<hr>",
    "hardBreak": lambda inside, _: "<br>",
    "table": lambda inside, _: f'<div class="tableWrapper"><table><tbody>{inside}</tbody></table></div>',
    "tableRow": _plain("tr"),
    "tableHeader": _cell("th"),
    "tableCell": _cell("td"),
    "mention": _mention,
}
