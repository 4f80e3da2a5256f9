"""The hub's other half: one `LocalHub` a process, between Valkey, SQL and this process's sockets.

A hint makes it read the new announcements of a topic once, encode each once, and pass the same bytes to every
socket that follows. It lives on the event loop; only `deliver_everywhere` may be called from elsewhere.
"""

import asyncio
import random
import weakref
from collections import deque
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import msgspec
import structlog

from . import streams, topics
from .bridge import in_thread
from .connection import Connection, Following, Frame
from .limits import Buckets, Rate
from .presence import Presence
from .protocol import CLOSE_SIGNED_OUT, Revoked, announcement, encode
from .sessions import still_signed_in
from .subscription import Subscription

log = structlog.get_logger(__name__)

# Hints can be lost: each process looks by itself this often, and a little apart from the others.
POLL_SECONDS = 15
# Rights hold for 30 s at most when no hint said that they ended; the look itself takes some of it.
SWEEP_SECONDS = 27
MAX_OUTGOING_HINTS = 1000


class Channel:
    """One topic followed by somebody in this process. `seq` is the last announcement passed on."""

    __slots__ = ("epoch", "fetching", "followers", "hinted", "seq", "topic")

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.followers: dict[Connection, None] = {}
        self.epoch: UUID | None = None
        self.seq: int | None = None
        self.hinted = 0
        self.fetching = False


_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, LocalHub]" = weakref.WeakKeyDictionary()


def of_loop() -> "LocalHub":
    """The hub of the running loop, started at its first use."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = LocalHub(loop)
        hub.start()
    return hub


def here() -> "LocalHub | None":
    """The hub of the running loop, if this code runs on one that has sockets."""
    try:
        return _hubs.get(asyncio.get_running_loop())
    except RuntimeError:
        return None


def deliver_everywhere(payload: bytes) -> None:
    """Without Valkey: hand a hint to the sockets of this process, from any thread."""
    for loop, hub in list(_hubs.items()):
        if not loop.is_closed():
            loop.call_soon_threadsafe(hub.hear, payload)


class LocalHub:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.channels: dict[str, Channel] = {}
        self.people: dict[UUID, dict[Connection, None]] = {}
        self._subscription = Subscription(self.hear, self._after_silence)
        self._tasks: set[asyncio.Task[None]] = set()
        self._looked_at: dict[UUID, float] = {}  # when each person's rights were, oldest first
        self._buckets = Buckets()
        self._outgoing: deque[tuple[str, bytes]] = deque()
        self._presence = Presence(self._spawn, self.tell)

    def start(self) -> None:
        self._subscription.start()
        self._presence.start()
        self._spawn(self._poll())
        self._spawn(self._sweep())

    async def stop(self) -> None:
        _hubs.pop(self._loop, None)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._subscription.stop()
        await self._presence.stop()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- sockets come and go ---

    def enter(self, connection: Connection) -> int:
        """Count a person's sockets in this process, the new one included."""
        person = self.people.setdefault(connection.caller.person_id, {})
        person[connection] = None
        if len(person) == 1:
            self._looked_at[connection.caller.person_id] = self._loop.time()
            self._subscription.want(_person_channel(connection.caller.person_id))
        return len(person)

    def leave(self, connection: Connection) -> None:
        for topic in list(connection.following):
            self.unfollow(topic, connection)
        person_id = connection.caller.person_id
        person = self.people.get(person_id)
        if person is not None:
            person.pop(connection, None)
            if not person:
                del self.people[person_id]
                self._looked_at.pop(person_id, None)
                self._subscription.drop(_person_channel(person_id))

    def spend(self, person_id: UUID, word: str, rate: Rate) -> None:
        """Raise TooFast when the person said this word too often, on whatever socket of this process."""
        self._buckets.spend((person_id, word), rate)

    async def follow(self, topic: str, connection: Connection) -> None:
        """Hear the topic's hints from now on; what comes is held until `begin`."""
        channel = self.channels.get(topic)
        if channel is None:
            channel = self.channels[topic] = Channel(topic)
        channel.followers[connection] = None
        connection.following[topic] = Following()
        await self._subscription.subscribed(_topic_channel(topic))

    def unfollow(self, topic: str, connection: Connection) -> None:
        connection.following.pop(topic, None)
        self._presence.depart(topic, connection)
        channel = self.channels.get(topic)
        if channel is None:
            return
        channel.followers.pop(connection, None)
        if not channel.followers:
            del self.channels[topic]
            self._subscription.drop(_topic_channel(topic))

    def begin(self, topic: str, connection: Connection, opening: streams.Opening, first: list[Frame]) -> None:
        """Send how the topic begins, then what was held and is newer."""
        following = connection.following.get(topic)
        channel = self.channels.get(topic)
        if following is None or channel is None:
            return
        for frame in first:
            connection.push(frame)
        held, following.held, following.seq = following.held or [], None, opening.seq
        for frame in held:
            connection.push_following(topic, frame)
        if topics.find(topic)[0].keeps_presence:
            self._presence.arrive(topic, connection)
        if channel.seq is None:
            channel.seq, channel.epoch = opening.seq, opening.epoch
        if max(channel.hinted, opening.seq) > channel.seq:
            self._look(channel)

    # --- hints ---

    def hear(self, payload: bytes) -> None:
        """A hint: `{topic, seq}`, `{topic, frame}`, `{topic, presence}` or `{recheck}`. On the loop."""
        hint = msgspec.json.decode(payload)
        if "recheck" in hint:
            self._spawn(self._recheck_calmly(UUID(hint["recheck"])))
            return
        if "presence" in hint:
            self._presence.hear(hint["topic"], hint["presence"])
            return
        channel = self.channels.get(hint["topic"])
        if channel is None:
            return
        if "frame" in hint:
            self._pass_on(channel, Frame(hint["frame"].encode()))
        elif hint["seq"] > channel.hinted:
            channel.hinted = hint["seq"]
            if channel.seq is not None and channel.hinted > channel.seq:
                self._look(channel)

    def _pass_on(self, channel: Channel, frame: Frame) -> None:
        for connection in list(channel.followers):
            connection.push_following(channel.topic, frame)

    def _look(self, channel: Channel) -> None:
        if not channel.fetching:
            channel.fetching = True
            self._spawn(self._fetch(channel))

    async def _fetch(self, channel: Channel) -> None:
        """Read what is new on a topic, in order, until nothing is."""
        try:
            while self.channels.get(channel.topic) is channel and channel.seq is not None:
                told = await in_thread(streams.told_after, channel.topic, channel.seq)
                if told and told[0].seq != channel.seq + 1:
                    self._start_over(channel)  # pruned before we looked
                    return
                for one in told:
                    channel.seq = one.seq
                    frame = Frame(announcement(channel.topic, one.seq, one.type, bytes(one.data)), one.seq)
                    self._pass_on(channel, frame)
                if channel.hinted <= channel.seq or not told:
                    return
        except Exception:  # the database is away: the poll looks again
            log.exception("announcements not read", topic=channel.topic)
        finally:
            channel.fetching = False

    def _start_over(self, channel: Channel) -> None:
        """The numbering broke (restored backup, pruned rows): every follower gets a fresh picture."""
        self.channels.pop(channel.topic, None)
        for connection in list(channel.followers):
            self._spawn(connection.start_over(channel.topic))

    def tell(self, channel: str, payload: bytes) -> None:
        """Send a hint from the loop, in order, without waiting."""
        if len(self._outgoing) >= MAX_OUTGOING_HINTS:
            return  # only whispers leave from here: a late one is worth nothing
        self._outgoing.append((channel, payload))
        if len(self._outgoing) == 1:
            self._spawn(self._tell_waiting())

    async def _tell_waiting(self) -> None:
        while self._outgoing:
            channel, payload = self._outgoing[0]
            if not await self._subscription.publish(channel, payload):
                self.hear(payload)
            self._outgoing.popleft()

    # --- what makes up for lost hints ---

    def _after_silence(self) -> None:
        self._spawn(self._look_everywhere())

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311
            await self._look_everywhere()

    async def _look_everywhere(self) -> None:
        if not self.channels:
            return
        try:
            heads = await in_thread(streams.heads, list(self.channels))
        except Exception:  # the database is away: the next round looks again
            log.exception("heads not read")
            return
        for topic, (epoch, last_seq) in heads.items():
            channel = self.channels.get(topic)
            if channel is None or channel.seq is None:
                continue
            if channel.epoch != epoch or last_seq < channel.seq:
                self._start_over(channel)
            elif last_seq > channel.seq:
                channel.hinted = max(channel.hinted, last_seq)
                self._look(channel)

    # --- rights are live ---

    async def recheck(self, person_id: UUID) -> None:
        """Ask again who of that person's sockets is signed in, and what each may follow."""
        sockets = list(self.people.get(person_id, ()))
        if not sockets:
            return
        signed_in = await in_thread(still_signed_in, [connection.caller for connection in sockets])
        for connection in sockets:
            if connection.caller in signed_in:
                await self._recheck_topics(connection)
            else:
                connection.close(CLOSE_SIGNED_OUT, "signed out")

    async def _recheck_topics(self, connection: Connection) -> None:
        topics = list(connection.following)
        allowed = await in_thread(streams.may_still_follow, topics, connection.caller)
        for topic in set(topics) - allowed:
            if topic in connection.following:
                self.unfollow(topic, connection)
                connection.push(Frame(announcement(topic, None, Revoked.type, encode(Revoked()))))
        await connection.rechecked()

    async def _sweep(self) -> None:
        """Each person in turn, a while after the last time: the database is asked as evenly as people come."""
        while True:
            person_id, at = next(iter(self._looked_at.items()), (None, self._loop.time()))
            wait = at + SWEEP_SECONDS - self._loop.time()
            if person_id is None or wait > 0:
                await asyncio.sleep(min(max(wait, 0.0), 1.0))
                continue
            del self._looked_at[person_id]
            self._looked_at[person_id] = self._loop.time()
            await self._recheck_calmly(person_id)

    async def _recheck_calmly(self, person_id: UUID) -> None:
        try:
            await self.recheck(person_id)
        except Exception:  # the database is away: the next sweep asks again
            log.exception("rights not looked at")


def _topic_channel(topic: str) -> str:
    return f"topic:{topic}"


def _person_channel(person_id: UUID | str) -> str:
    return f"person:{person_id}"
