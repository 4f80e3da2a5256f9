"""One replica at its functions, with sockets that do as the test says: slow readers, and what a turn merges."""

import asyncio
from uuid import uuid4

import pytest

from collab.crdt import messages
from collab.crdt.depths import Depths
from collab.crdt.messages import SyncUpdate
from collab.crdt.updates import read_update
from documents.content import load
from documents.models import Right
from documents.sync import limits
from documents.sync.log import Loaded
from documents.sync.peer import Peer
from documents.sync.replica import Replica
from documents.sync.writers import Frame
from tests.documents.test_log import strokes


class Reader:
    """A writer whose socket takes nothing while `buffered` says so."""

    def __init__(self) -> None:
        self.buffered = 0
        self.frames: list[bytes] = []
        self.code: int | None = None

    def write(self, frame: Frame) -> bool:
        self.frames.append(frame.payload)
        return True

    def close(self, code: int, reason: str) -> None:
        self.code = code

    @property
    def updates(self) -> list[bytes]:
        heard = [messages.read_message(frame) for frame in self.frames]
        return [message.update for message in heard if isinstance(message, SyncUpdate)]


def opened() -> Replica:
    replica = Replica(uuid4(), Loaded(0, 0, [], {}, Depths()), load([]))
    replica.on_unstored = lambda _: None
    replica.on_presence = lambda *_: None
    replica.on_lost = lambda _, why: pytest.fail(why)
    return replica


def joined(replica: Replica) -> tuple[Peer, Reader]:
    reader = Reader()
    peer = Peer(person_id=uuid4(), session_key="", document_id=replica.document_id, writer=reader)
    peer.right = Right.EDITOR
    replica.join(peer)
    return peer, reader


async def turn() -> None:
    """Let what was put off to the next turn of the loop happen."""
    await asyncio.sleep(0)


async def test_what_comes_in_one_turn_leaves_as_one_frame() -> None:
    replica = opened()
    (one, to_one), (other, to_other), (_, to_third) = (joined(replica) for _ in range(3))
    for left, right in zip(strokes(5, client=5), strokes(5, client=6), strict=True):
        one.hear(messages.sync_update(left))
        other.hear(messages.sync_update(right))
    assert to_third.updates == []
    await turn()
    (update,) = to_third.updates
    assert read_update(update).ends() == {5: 5, 6: 5}
    assert to_one.updates == to_other.updates == [update]
    one.hear(messages.sync_update(strokes(6, client=5)[5]))
    await turn()
    assert len(to_one.updates) == 1 and len(to_other.updates) == 2  # nobody hears their own words


async def test_a_reader_who_is_behind_gets_one_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CATCH_UP_SECONDS", 0)
    replica = opened()
    (writer, _), (slow, to_slow) = joined(replica), joined(replica)
    updates = strokes(50)
    for number, update in enumerate(updates):
        to_slow.buffered = limits.SOFT_LIMIT + 1 if number >= 10 else 0
        writer.hear(messages.sync_update(update))
        await turn()
    assert len(to_slow.updates) == 10 and slow.behind == {5: 10}
    to_slow.buffered = 0
    while slow.behind is not None:
        await turn()
    assert len(to_slow.updates) == 11
    assert str(load(to_slow.updates).get_state()) == str(replica.doc.get_state())
    assert to_slow.code is None


async def test_a_reader_who_stays_behind_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CATCH_UP_SECONDS", 0)
    monkeypatch.setattr(limits, "BEHIND_SECONDS", 0)
    replica = opened()
    (writer, to_writer), (_, to_slow) = joined(replica), joined(replica)
    to_slow.buffered = limits.SOFT_LIMIT + 1
    writer.hear(messages.sync_update(strokes(1)[0]))
    while to_slow.code is None:
        await turn()
    assert to_slow.code == limits.CLOSE_COME_BACK == 4508
    assert to_writer.code is None


async def test_answers_that_pile_up_unread_close_the_socket() -> None:
    replica = opened()
    peer, reader = joined(replica)
    reader.buffered = limits.HARD_LIMIT + 1
    peer.hear(messages.sync_step_1(b"\x00"))
    assert reader.code == limits.CLOSE_COME_BACK


async def test_a_long_answer_leaves_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PART_BYTES", 100)
    replica = opened()
    writer, _ = joined(replica)
    for client in range(5, 45):
        writer.hear(messages.sync_step_2(strokes(3, client=client)[0]))
    reading, to_reading = joined(replica)
    reading.hear(messages.sync_step_1(b"\x00"))
    answers = [messages.read_message(frame) for frame in to_reading.frames]
    parts = [one.update for one in answers if isinstance(one, messages.SyncUpdate | messages.SyncStep2)]
    assert len(parts) > 2 and isinstance(answers[-1], messages.SyncStep2)
    assert load(parts).get_state() == replica.doc.get_state()


async def test_what_is_too_much_for_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENT_BYTES", 160)
    replica = opened()
    writer, to_writer = joined(replica)
    for update in strokes(100):
        writer.hear(messages.sync_update(update))
    assert to_writer.code is None  # one run of text, however it was typed, stays small
    for client in range(6, 40):
        writer.hear(messages.sync_update(strokes(1, client=client)[0]))
    assert to_writer.code == limits.CLOSE_TOO_LARGE
