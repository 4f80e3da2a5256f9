"""Who is here, by person and not by device, across processes. Prose: docs/protocol.md, "Presence".

Each process writes its own people of a topic into one sorted set of Valkey, with a time at which they are forgotten,
and renews it while they stay: the people of a killed process leave by themselves. A hint makes the other processes
read the set; each tells its own sockets what changed, in one announcement a batch. Lost hints are made up for by
the next heartbeat. Without Valkey, each process shows its own people and those it knew of.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import msgspec
import redis
import structlog

from . import topics, valkey
from .bridge import in_thread
from .connection import Connection, Frame
from .errors import NotFound
from .protocol import Message, PresenceChanged, PresenceNow, Present, announcement, encode

log = structlog.get_logger(__name__)

BATCH_SECONDS = 0.25
# A page that is reloaded is gone for a moment: its person stays.
LINGER_SECONDS = 2.0
HEARTBEAT_SECONDS = 5
# Three heartbeats: people of a killed process are gone after this and one heartbeat of somebody else.
LIFETIME_SECONDS = 15
# Named one by one; beyond, people are only counted.
MAX_NAMED = 1000
ANSWER_SECONDS = 2

# Valkey's own clock decides, so that the clocks of web machines need not agree.
_SCRIPT = """
local now = tonumber(redis.call('TIME')[1])
for i = 3, 2 + tonumber(ARGV[2]) do redis.call('ZREM', KEYS[1], ARGV[i]) end
for i = 3 + tonumber(ARGV[2]), #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('EXPIRE', KEYS[1], 2 * tonumber(ARGV[1]))
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""


class Attendance:
    """One topic's people, as this process knows them."""

    __slots__ = ("elsewhere", "followers", "newcomers", "people", "registered", "renew", "stirred", "told", "working")

    def __init__(self) -> None:
        self.followers: dict[Connection, None] = {}
        self.newcomers: set[Connection] = set()
        self.people: dict[str, int] = {}  # sockets in this process; 0 while the person lingers
        self.registered: set[str] = set()  # of `people`, those Valkey knows
        self.elsewhere: set[str] = set()
        self.told: dict[str, str] = {}  # names by id, as the followers have them
        self.renew = False
        self.stirred = False
        self.working = False


class Presence:
    """Lives on the event loop, one a hub."""

    def __init__(
        self,
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        tell: Callable[[str, bytes], None],
    ) -> None:
        self._process = secrets.token_hex(6)
        self._spawn = spawn
        self._tell = tell
        self._topics: dict[str, Attendance] = {}
        self._client = valkey.for_loop()
        self._update = self._client.register_script(_SCRIPT)

    def start(self) -> None:
        self._spawn(self._beat())

    async def stop(self) -> None:
        await self._client.aclose()

    def arrive(self, topic: str, connection: Connection) -> None:
        """The connection has the topic's picture; `presence.now` follows."""
        attendance = self._topics.setdefault(topic, Attendance())
        attendance.followers[connection] = None
        attendance.newcomers.add(connection)
        person = str(connection.caller.person_id)
        attendance.people[person] = attendance.people.get(person, 0) + 1
        self._stir(topic, attendance)

    def depart(self, topic: str, connection: Connection) -> None:
        attendance = self._topics.get(topic)
        if attendance is None or connection not in attendance.followers:
            return
        del attendance.followers[connection]
        attendance.newcomers.discard(connection)
        person = str(connection.caller.person_id)
        attendance.people[person] -= 1
        if attendance.people[person] == 0:
            asyncio.get_running_loop().call_later(LINGER_SECONDS, self._leave, topic, attendance, person)

    def _leave(self, topic: str, attendance: Attendance, person: str) -> None:
        if attendance.people.get(person) == 0:
            del attendance.people[person]
            self._stir(topic, attendance)

    def hear(self, topic: str, process: str) -> None:
        """Another process says that its people changed."""
        attendance = self._topics.get(topic)
        if attendance is not None and process != self._process:
            self._stir(topic, attendance)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for topic, attendance in list(self._topics.items()):
                attendance.renew = True
                self._stir(topic, attendance)

    def _stir(self, topic: str, attendance: Attendance) -> None:
        attendance.stirred = True
        if not attendance.working:
            attendance.working = True
            self._spawn(self._work(topic, attendance))

    async def _work(self, topic: str, attendance: Attendance) -> None:
        """The first change goes at once, those that follow it in batches."""
        try:
            while attendance.stirred:
                attendance.stirred = False
                await self._refresh(topic, attendance)
                await asyncio.sleep(BATCH_SECONDS)
        except Exception:  # a bug here must not end presence: the next heartbeat tries again
            log.exception("presence not refreshed", topic=topic)
        finally:
            attendance.working = False
        if not attendance.people and not attendance.registered:
            self._topics.pop(topic, None)

    async def _refresh(self, topic: str, attendance: Attendance) -> None:
        await self._synchronise(topic, attendance)
        everybody = attendance.people.keys() | attendance.elsewhere
        named = sorted(everybody)[:MAX_NAMED]
        names = await _names(topic, [person for person in named if person not in attendance.told])
        before = attendance.told
        attendance.told = {person: before.get(person) or names.get(person, "") for person in named}
        joined = [Present(id=person, name=name) for person, name in attendance.told.items() if person not in before]
        left = sorted(before.keys() - attendance.told.keys())
        newcomers, attendance.newcomers = attendance.newcomers, set()
        if joined or left:
            change = PresenceChanged(joined=joined, left=left, present=len(everybody))
            _push(topic, change, [one for one in attendance.followers if one not in newcomers])
        if newcomers:
            people = [Present(id=person, name=name) for person, name in attendance.told.items()]
            _push(topic, PresenceNow(present_people=people, present=len(everybody)), newcomers)

    async def _synchronise(self, topic: str, attendance: Attendance) -> None:
        """Write our people, read everybody's."""
        here = set(attendance.people)
        new, gone = here - attendance.registered, attendance.registered - here
        renewed, attendance.renew = (here if attendance.renew else new), False
        try:
            alive = await asyncio.wait_for(
                self._update(
                    keys=[f"{valkey.PREFIX}:presence:{topic}"],
                    args=[LIFETIME_SECONDS, len(gone), *map(self._ours, gone), *map(self._ours, renewed)],
                ),
                ANSWER_SECONDS,
            )
        except (redis.RedisError, OSError, TimeoutError) as error:
            log.warning("presence is of this process only", error=type(error).__name__)
            attendance.registered = set()
            return
        attendance.registered = here
        members = (member.decode().split(":", 1) for member in alive)
        attendance.elsewhere = {person for process, person in members if process != self._process}
        if new or gone:
            self._tell(f"topic:{topic}", msgspec.json.encode({"topic": topic, "presence": self._process}))

    def _ours(self, person: str) -> str:
        return f"{self._process}:{person}"


def _push(topic: str, message: Message, connections: Iterable[Connection]) -> None:
    frame = Frame(announcement(topic, None, message.type, encode(message)))
    for connection in connections:
        connection.push_following(topic, frame)


async def _names(topic: str, people: list[str]) -> dict[str, str]:
    if not people:
        return {}
    try:
        kind, key = topics.find(topic)
    except NotFound:
        return {}
    return dict(await in_thread(kind.names, key, people))
