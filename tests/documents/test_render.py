"""A document as HTML: what browsers write comes out, and nothing else does."""

from typing import Any
from unittest.mock import patch

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from documents import services
from documents.content import FRAGMENT
from documents.render import html_of, page_html
from tests.factories import PersonFactory

Marked = tuple[str, dict[str, Any]]


def document(*blocks: XmlElement) -> "Doc[Any]":
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT, type=XmlFragment)
    for block in blocks:
        fragment.children.append(block)
    return doc


def block(tag: str, *inside: XmlElement | XmlText, **attributes: Any) -> XmlElement:
    return XmlElement(tag, attributes, list(inside))


def paragraph(text: str) -> XmlElement:
    return block("paragraph", XmlText(text))


def marked(text: str, **marks: Any) -> "Doc[Any]":
    doc = document(block("paragraph", XmlText(text)))
    words = doc.get(FRAGMENT, type=XmlFragment).children[0].children[0]
    words.format(0, len(text.encode()), marks)
    return doc


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (block("heading", XmlText("Titre"), level=2), "<h2>Titre</h2>"),
        (block("heading", XmlText("Titre"), level=float("nan")), "<h1>Titre</h1>"),
        (block("heading", XmlText("Titre"), level=9), "<h3>Titre</h3>"),
        (block("heading", XmlText("Titre"), level="2"), "<h1>Titre</h1>"),
        (block("paragraph"), "<p><br></p>"),
        (paragraph("a < b & c"), "<p>a &lt; b &amp; c</p>"),
        (block("bulletList", block("listItem", paragraph("un"))), "<ul><li><p>un</p></li></ul>"),
        (block("orderedList", block("listItem", paragraph("un")), start=3), '<ol start="3"><li><p>un</p></li></ol>'),
        (block("blockquote", paragraph("dit")), "<blockquote><p>dit</p></blockquote>"),
        (block("codeBlock", XmlText("<script>"), language="py"), "<pre><code>&lt;script&gt;</code></pre>"),
        (block("horizontalRule"), "<hr>"),
        (
            block("table", block("tableRow", block("tableHeader", paragraph("A"), colspan=2))),
            '<div class="tableWrapper"><table><tbody><tr><th colspan="2" rowspan="1"><p>A</p></th></tr></tbody></table>'
            "</div>",
        ),
        (
            block("taskList", block("taskItem", paragraph("Afficher"), checked=True)),
            '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"><label><input type="checkbox" '
            'disabled="" checked="" aria-label="Afficher"></label><div><p>Afficher</p></div></li></ul>',
        ),
        (
            block("paragraph", block("mention", id="1", label="Inès <b>")),
            '<p><span class="mention">@Inès &lt;b&gt;</span></p>',
        ),
    ],
)
def test_what_an_editor_writes_is_shown(written: XmlElement, shown: str) -> None:
    assert html_of(document(written)) == shown


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ({"bold": {}}, "<p><strong>mot</strong></p>"),
        ({"bold": {}, "italic": {}}, "<p><em><strong>mot</strong></em></p>"),
        ({"strike--a1b2": {}}, "<p><s>mot</s></p>"),
        (
            {"link": {"href": "https://exemple.fr/?a=1&b=2"}},
            '<p><a href="https://exemple.fr/?a=1&amp;b=2" rel="noopener noreferrer nofollow">mot</a></p>',
        ),
        ({"link": {"href": "javascript:alert(1)"}}, "<p>mot</p>"),
        ({"link": {"href": " JaVaScRiPt:alert(1)"}}, "<p>mot</p>"),
        ({"link": {"href": "data:text/html,x"}}, "<p>mot</p>"),
        ({"link": {"href": "//ailleurs.fr"}}, "<p>mot</p>"),
        ({"link": {"href": "http://[x"}}, "<p>mot</p>"),
        ({"link": {"href": 3}}, "<p>mot</p>"),
        ({"link": 3}, "<p>mot</p>"),
        ({"blink": {}}, "<p>mot</p>"),
    ],
)
def test_marks_and_links(marks: dict[str, Any], shown: str) -> None:
    assert html_of(marked("mot", **marks)) == shown


@pytest.mark.parametrize(
    "written",
    [
        block("script", XmlText("alert(1)")),
        block("img", src="x", onerror="alert(1)"),
        block("iframe", src="https://exemple.fr"),
        block("paragraph", XmlText('<img src=x onerror="alert(1)">'), style="position:fixed", onclick="x"),
        block("table", paragraph("x"), style="position:fixed"),
        block("mention", label='"><script>alert(1)</script>'),
        block("heading", XmlText("x"), level='1 onclick="x"'),
    ],
)
def test_what_another_client_makes_up_is_text_at_most(written: XmlElement) -> None:
    shown = html_of(document(written))
    for danger in ("<script", "<img", "<iframe", "style=", "onclick=", "javascript:"):
        assert danger not in shown


def test_what_is_nested_without_end_stops() -> None:
    inner = paragraph("fond")
    for _ in range(60):
        inner = block("blockquote", inner)
    shown = html_of(document(inner, paragraph("après")))
    assert "fond" not in shown
    assert shown.endswith("<p>après</p>")


@pytest.mark.django_db
def test_what_people_write_lies_in_no_shared_cache() -> None:
    document = services.create_document(title="Plan", by=PersonFactory(), text="Rendez-vous à l’aube")
    with patch("django.core.cache.cache.set") as kept:
        assert "aube" in page_html(document)
    kept.assert_not_called()
