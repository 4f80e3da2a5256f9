"""A worker's sessions through time, in this process: its clock is called, not waited for."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest
from aiortc.rtcdtlstransport import RTCCertificate

from tests.video.peers import Listener, Publisher
from video import media_words as words
from video.worker import bounds
from video.worker.control import Desk
from video.worker.errors import Refusal
from video.worker.port import MediaPort
from video.worker.session import Ground
from video.worker.switchboard import Switchboard

CERTIFICATE = RTCCertificate.generateCertificate()
CALL = uuid4()


class Holder(Desk):
    """A web process that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[words.AnyEvent] = []
        self._news = asyncio.Event()

    def tell(self, event: words.AnyEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, holds: Callable[[words.AnyEvent], bool]) -> None:
        async with asyncio.timeout(20):
            while not any(holds(event) for event in self.events):
                self._news.clear()
                await self._news.wait()

    def parts_gone(self) -> list[str]:
        return [event.part for event in self.events if isinstance(event, words.Gone)]


class Directly:
    """The switchboard in a backend's place, for the peers."""

    def __init__(self, board: Switchboard, holder: Holder) -> None:
        self.board, self.holder = board, holder

    async def join(self, call: UUID, session: UUID, may_publish: bool) -> words.Joined:
        return self.board.on_join(words.Join(call=call, session=session, may_publish=may_publish), self.holder)

    async def answer(self, call: UUID, session: UUID, sdp: str) -> None:
        self.board.on_answer(words.Answer(call=call, session=session, sdp=sdp), self.holder)

    async def publish(self, call: UUID, session: UUID, sdp: str, sources: dict[str, str]) -> str:
        word = words.Publish(call=call, session=session, sdp=sdp, sources=sources)
        return self.board.on_publish(word, self.holder).sdp


@pytest.fixture
async def board() -> AsyncIterator[Switchboard]:
    port = MediaPort("127.0.0.1", 0, allow_local=True)
    port.open()
    board = Switchboard(Ground(port, CERTIFICATE, [("127.0.0.1", port.number)]))
    yield board
    board.close()
    await asyncio.sleep(0)
    port.close()


async def connected(board: Switchboard, holder: Holder) -> tuple[Listener, Publisher]:
    way = Directly(board, holder)
    listener, publisher = Listener(CERTIFICATE, way, CALL), Publisher(CERTIFICATE, way, CALL)  # type: ignore[arg-type]
    await listener.join()
    await publisher.join()
    await holder.until(lambda event: isinstance(event, words.Published) and event.kinds == ("audio", "camera"))
    await holder.until(lambda event: isinstance(event, words.Connected) and event.session == listener.session)
    return listener, publisher


async def test_a_browser_that_falls_silent_is_gone_after_fifteen_seconds_and_over_after_a_minute(
    board: Switchboard,
) -> None:
    holder = Holder()
    listener, publisher = await connected(board, holder)
    now = time.monotonic()
    board.step(now + bounds.CONSENT_SECONDS - 5, 1.0)
    assert holder.parts_gone() == []
    board.step(now + bounds.CONSENT_SECONDS + 5, 1.0)
    assert sorted(holder.parts_gone()) == ["listen", "publish"]
    pools = [event.slots for event in holder.events if isinstance(event, words.SlotsChanged)]
    assert all(slot.source is None for slot in pools[-1]), "a browser that does not answer is sent nothing"
    await asyncio.sleep(0)
    kinds = [event.kinds for event in holder.events if isinstance(event, words.Published)]
    assert kinds[-1] == ()
    told = len(holder.events)
    board.step(time.monotonic(), 1.0)  # both were heard all the time: they are back as they were
    await asyncio.sleep(0)
    back = [event for event in holder.events[told:] if isinstance(event, words.Connected)]
    assert sorted(event.part for event in back) == ["listen", "publish"]
    pools = [event.slots for event in holder.events[told:] if isinstance(event, words.SlotsChanged)]
    assert {slot.kind for slot in pools[-1]} == {None, "audio", "camera"}
    board.step(now + bounds.CONSENT_SECONDS + 5, 1.0)
    holder.events.clear()
    board.step(now + bounds.ABSENT_SECONDS + bounds.CONSENT_SECONDS, 1.0)
    assert holder.parts_gone() == ["session", "session"]
    with pytest.raises(Refusal, match="no_session"):
        board.on_attach(words.Attach(call=CALL, session=listener.session), holder)
    for peer in (listener, publisher):
        await peer.close()


async def test_a_session_left_alone_waits_a_minute_for_another_web_process(board: Switchboard) -> None:
    holder, second = Holder(), Holder()
    listener, publisher = await connected(board, holder)
    board.owner_left(holder)
    now = time.monotonic()
    board.step(now + 1, 1.0)
    board.on_attach(words.Attach(call=CALL, session=listener.session), second)
    told = {type(event) for event in second.events}
    assert told == {words.Connected, words.SlotsChanged, words.Speaking}
    for session in board.sessions_of(CALL):  # alive all the time
        session.listening.connection.last_heard = now + bounds.REATTACH_SECONDS
        session.step(now + bounds.REATTACH_SECONDS, 1.0)
    board.step(now + bounds.REATTACH_SECONDS + 2, 1.0)
    assert [session.id for session in board.sessions_of(CALL)] == [listener.session]
    for peer in (listener, publisher):
        await peer.close()


async def test_a_browser_that_says_goodbye_is_gone_at_once(board: Switchboard) -> None:
    holder = Holder()
    listener, publisher = await connected(board, holder)
    await listener.close()
    clock = asyncio.create_task(board.keep_time())
    await holder.until(lambda event: isinstance(event, words.Gone) and event.part == "listen")
    clock.cancel()
    await asyncio.gather(clock, return_exceptions=True)
    await publisher.close()


async def test_a_full_call_and_a_full_worker_are_refused_by_name(
    board: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = Holder()
    way = Directly(board, holder)
    monkeypatch.setattr(bounds, "MAX_SESSIONS_PER_CALL", 2)
    monkeypatch.setattr(bounds, "MAX_SESSIONS", 3)
    monkeypatch.setattr(bounds, "MAX_PUBLISHERS_PER_CALL", 0)
    people = [uuid4(), uuid4()]
    for person in people:
        await way.join(CALL, person, True)
    with pytest.raises(Refusal, match="call_full"):
        await way.join(CALL, uuid4(), True)
    with pytest.raises(Refusal, match="call_full"):
        await way.publish(CALL, people[0], "v=0", {})
    await way.join(CALL, people[0], True)  # again: no one more
    await way.join(uuid4(), uuid4(), True)
    with pytest.raises(Refusal, match="worker_full"):
        await way.join(uuid4(), uuid4(), True)
    board.on_close(words.Close(call=CALL), holder)
    assert holder.parts_gone() == ["session", "session"]
    await way.join(uuid4(), uuid4(), True)
