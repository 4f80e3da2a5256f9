"""Nesting: what is too deep is refused before pycrdt walks it by recursion."""

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.crdt.depths import DEEPEST, Depths
from collab.crdt.encoding import Malformed, var_uint
from collab.crdt.updates import read_update


def nested(levels: int, *, client: int = 5, with_siblings: bool = False) -> bytes:
    """One update: an element in an element, so many times; with siblings, the parent is only told by a neighbour."""
    structs = bytearray()
    clock = count = 0
    parent: int | None = None
    for _ in range(levels):
        where = b"\x01\x07default" if parent is None else b"\x00" + var_uint(client) + var_uint(parent)
        if with_siblings:  # a text first, then the element to its right, which names no parent
            structs += b"\x04" + where + b"\x01x"
            structs += b"\x87" + var_uint(client) + var_uint(clock) + b"\x03\x01a"
            parent, clock, count = clock + 1, clock + 2, count + 2
        else:
            structs += b"\x07" + where + b"\x03\x01a"
            parent, clock, count = clock, clock + 1, count + 1
    return b"\x01" + var_uint(count) + var_uint(client) + b"\x00" + bytes(structs) + b"\x00"


@pytest.mark.parametrize("with_siblings", [False, True])
def test_a_hundred_levels_are_taken_and_more_are_not(with_siblings: bool) -> None:
    Depths().take(read_update(nested(DEEPEST - 2, with_siblings=with_siblings)).runs, {})
    for levels in (DEEPEST + 1, 50_000):
        with pytest.raises(Malformed, match="deep"):
            Depths().take(read_update(nested(levels, with_siblings=with_siblings)).runs, {})


def test_levels_added_one_by_one_are_counted_too() -> None:
    doc: Doc[XmlFragment] = Doc(client_id=9)
    inner: XmlFragment | XmlElement = doc.get("default", type=XmlFragment)
    depths = Depths()
    state: dict[int, int] = {}
    with pytest.raises(Malformed, match="deep"):
        for _ in range(DEEPEST + 2):
            before = doc.get_state()
            inner.children.append(XmlText("before"))
            inner = inner.children.append(XmlElement("blockquote"))
            claims = read_update(doc.get_update(before))
            depths.take(claims.in_order(state), state)
            state = {**state, **claims.ends()}
    assert state[9] > DEEPEST


def test_what_is_refused_leaves_no_trace() -> None:
    depths = Depths()
    with pytest.raises(Malformed):
        depths.take(read_update(nested(DEEPEST * 2)).runs, {})
    depths.take(read_update(nested(DEEPEST - 2)).runs, {})


def test_a_long_flat_document_stays_flat() -> None:
    """A paragraph is written beside the last one, and its text inside it: nothing of that adds up."""
    doc: Doc[XmlFragment] = Doc(client_id=9)
    fragment = doc.get("default", type=XmlFragment)
    depths = Depths()
    state: dict[int, int] = {}
    for number in range(DEEPEST * 3):
        before = doc.get_state()
        fragment.children.insert(number // 2, XmlElement("paragraph", {}, [XmlText(f"ligne {number}")]))
        claims = read_update(doc.get_update(before))
        depths.take(claims.in_order(state), state)
        state = {**state, **claims.ends()}
