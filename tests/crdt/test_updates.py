"""Updates read without trusting them: what pycrdt and Yjs write, then truncated, absurd and random bytes."""

import json
import random
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from collab.crdt.encoding import Malformed, var_uint
from collab.crdt.updates import EMPTY, contradicts, read_state, read_update, write_state

GOLDEN = json.loads((Path(__file__).parent / "data/yjs_updates.json").read_text())


def rich_doc(client: int = 7) -> Doc:
    doc: Doc = Doc(client_id=client)
    fragment = doc.get("default", type=XmlFragment)
    fragment.children.append(XmlElement("heading", {"level": 2}, [XmlText("Réunion ✊🏽 du groupe")]))  # type: ignore[dict-item]
    fragment.children.append(XmlElement("paragraph", {}, [XmlText("Ordre du jour")]))
    text = fragment.children[1].children[0]
    text.format(0, 5, {"bold": {}})
    text.insert(5, " non ")
    del text[1:4]
    doc["text"] = Text("abc")
    doc["map"] = Map({"a": 1, "b": [1, 2.5, None, True, {"c": "d"}]})
    doc["array"] = Array([1, "x", b"bytes"])
    return doc


@pytest.mark.parametrize("sample", GOLDEN, ids=[sample["name"] for sample in GOLDEN])
def test_updates_of_yjs_are_read_whole(sample: dict[str, str]) -> None:
    update = bytes.fromhex(sample["update"])
    claims = read_update(update)
    doc: Doc = Doc()
    doc.apply_update(update)
    assert claims.ends() == read_state(bytes.fromhex(sample["state"])) == read_state(doc.get_state())
    assert claims.gap_after({}) is None


def test_updates_of_pycrdt_are_read_whole() -> None:
    doc = rich_doc()
    claims = read_update(doc.get_update())
    assert claims.ends() == read_state(doc.get_state())
    assert claims.deletes
    assert read_update(EMPTY).is_empty


@pytest.mark.parametrize("sample", GOLDEN, ids=[sample["name"] for sample in GOLDEN])
def test_every_truncation_is_malformed(sample: dict[str, str]) -> None:
    update = bytes.fromhex(sample["update"])
    for length in range(len(update)):
        with pytest.raises(Malformed):
            read_update(update[:length])
    with pytest.raises(Malformed):
        read_update(update + b"\x00")


ABSURD = {
    "five bytes that would take a gigabyte": var_uint(500_000_000),
    "clients": var_uint(2**50) + b"\x00" * 20,
    "structs": b"\x01" + var_uint(10**9) + b"\x01\x00",
    "deletions": b"\x00\x01\x01" + var_uint(10**8),
    "a string": b"\x01\x01\x01\x00\x04\x01\x01a" + var_uint(2**40),
    "an array of values": b"\x01\x01\x01\x00\x08\x01\x01a" + var_uint(2**30) + b"\x7f",
    "a clock beyond 32 bits": b"\x01\x01\x01" + var_uint(2**32) + b"\x00\x01\x00",
    "a length beyond 32 bits": b"\x01\x01\x01\x00\x00" + var_uint(2**40) + b"\x00",
    "a value nested a thousand deep": b"\x01\x01\x01\x00\x08\x01\x01a\x01" + b"\x75\x01" * 1000 + b"\x7e\x00",
    "a sub-document": b"\x01\x01\x01\x00\x09\x01\x01a\x01g\x76\x00\x00",
    "no struct at all of length nought": b"\x01\x01\x01\x00\x00\x00\x00",
}


@pytest.mark.parametrize("absurd", ABSURD.values(), ids=ABSURD.keys())
def test_absurd_claims_are_malformed_and_cost_nothing(absurd: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Malformed):
        read_update(absurd)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024  # KiB


@pytest.mark.parametrize(
    "absurd", [var_uint(500_000_000), var_uint(2**50), b"\x01\x05", b"\x02\x01\x01", b"", b"\x00\x00"]
)
def test_an_absurd_state_vector_is_malformed(absurd: bytes) -> None:
    with pytest.raises(Malformed):
        read_state(absurd)


def test_a_state_is_written_as_it_was_read() -> None:
    state = rich_doc().get_state()
    assert read_state(write_state(read_state(state))) == read_state(state)


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_read(data: bytes) -> None:
    try:
        read_update(data)
    except Malformed:
        pass


@settings(max_examples=400)
@given(st.data())
def test_what_is_let_through_pycrdt_takes_without_harm(data: st.DataObject) -> None:
    """Mutated real updates: whatever the walk accepts, pycrdt may refuse with an error, never with a panic."""
    update = bytearray(rich_doc().get_update())
    for _ in range(data.draw(st.integers(1, 4))):
        update[data.draw(st.integers(0, len(update) - 1))] = data.draw(st.integers(0, 255))
    try:
        claims = read_update(bytes(update))
    except Malformed:
        return
    doc: Doc = Doc()
    try:
        doc.apply_update(bytes(update))
    except (ValueError, RuntimeError):
        return
    if claims.gap_after({}) is None:
        assert read_state(doc.get_state()) == claims.ends()


def test_a_missing_predecessor_is_seen_before_it_is_applied() -> None:
    doc: Doc = Doc(client_id=5)
    text = doc.get("t", type=Text)
    steps = []
    for letter in "012":
        before = doc.get_state()
        text += letter
        steps.append(doc.get_update(before))
    state = read_update(steps[0]).ends()
    assert read_update(steps[2]).gap_after(state) == (5, 1)
    assert read_update(steps[1]).gap_after(state) is None
    other: Doc = Doc(client_id=6)
    other.apply_update(doc.get_update())
    before = other.get_state()
    other.get("t", type=Text).insert(3, "x")
    appended = read_update(other.get_update(before))
    assert appended.gap_after({}) == (5, 2)  # its neighbour on the left is not there
    assert appended.gap_after({5: 3}) is None


def test_a_deletion_of_what_nobody_wrote_is_a_gap() -> None:
    assert read_update(b"\x00\x01\x07\x01\x00\x05").gap_after({7: 4}) == (7, 4)
    assert read_update(b"\x00\x01\x07\x01\x00\x05").gap_after({7: 5}) is None


def test_the_same_content_cut_otherwise_does_not_contradict() -> None:
    doc: Doc = Doc(client_id=9)
    text = doc.get("t", type=Text)
    pieces = []
    for word in ("Liberté ", "✊🏽", ", égalité"):
        before = doc.get_state()
        text += word
        pieces.append(read_update(doc.get_update(before)))
    whole = read_update(doc.get_update())
    assert all(contradicts(whole, piece) is None and contradicts(piece, whole) is None for piece in pieces)
    del text[0:3]
    assert all(contradicts(read_update(doc.get_update()), piece) is None for piece in pieces)


def test_one_clock_with_two_contents_contradicts() -> None:
    def written(text: str, root: str = "t") -> bytes:
        doc: Doc = Doc(client_id=9)
        doc[root] = Text(text)
        return doc.get_update()

    assert contradicts(read_update(written("bonjour")), read_update(written("bonsoir"))) == (9, 3)
    assert contradicts(read_update(written("bon")), read_update(written("bonjour"))) is None


def test_ten_thousand_mutations_cost_neither_memory_nor_the_process() -> None:
    seed = 20260412
    dice = random.Random(seed)
    samples = [bytes.fromhex(sample["update"]) for sample in GOLDEN] + [rich_doc().get_update()]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    let_through = 0
    for _ in range(10_000):
        update = bytearray(dice.choice(samples))
        for _ in range(dice.randint(1, 3)):
            update[dice.randrange(len(update))] = dice.randrange(256)
        try:
            read_update(bytes(update))
        except Malformed:
            continue
        let_through += 1
        try:
            Doc().apply_update(bytes(update))
        except (ValueError, RuntimeError):
            pass
    assert let_through, f"seed {seed}"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, f"seed {seed}"
