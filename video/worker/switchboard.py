"""Every call of this worker, and the verbs that web processes ask for. Synchronous: no two verbs interleave."""

import asyncio
import logging
import time
from uuid import UUID

from video import media_words as words

from . import bounds, descriptions
from .call import Call
from .errors import Refusal
from .session import Ground, Owner, Session

log = logging.getLogger(__name__)

OFTEN_SECONDS = 0.02
SPEAKERS_SECONDS = 0.25
STEP_SECONDS = 1.0


class Switchboard:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._calls: dict[UUID, Call] = {}
        self._count = 0
        self._load = 0.0

    # --- verbs: one for each word of media_words ---

    def on_join(self, ask: words.Join, owner: Owner) -> words.Joined:
        call = self._calls.get(ask.call)
        former = call.sessions.get(ask.session) if call is not None else None
        if call is not None and former is not None:
            self._remove(call, former)
            call = self._calls.get(ask.call)
        if call is None:
            if len(self._calls) >= bounds.MAX_CALLS:
                raise Refusal("worker_full")
            call = Call(ask.call)
        if len(call.sessions) >= bounds.MAX_SESSIONS_PER_CALL:
            raise Refusal("call_full")
        if self._count >= bounds.MAX_SESSIONS:
            raise Refusal("worker_full")
        self._calls[ask.call] = call
        session = Session(ask.call, ask.session, ask.may_publish, owner, self._ground, call.changed, call.settle)
        call.sessions[ask.session] = session
        self._count += 1
        return words.Joined(subscribe_offer=session.offer(), slots=session.listening.pool())

    def on_attach(self, ask: words.Attach, owner: Owner) -> words.Done:
        session = self._session(ask)
        session.owner, session.left_alone_at = owner, None
        session.tell_all()
        call = self._calls[ask.call]
        owner.tell(words.Speaking(call=call.id, sessions=call.speakers.heard))
        return words.Done()

    def on_answer(self, ask: words.Answer, owner: Owner) -> words.Done:
        self._session(ask).listening.take_answer(descriptions.read(ask.sdp))
        return words.Done()

    def on_reoffer(self, ask: words.Reoffer, owner: Owner) -> words.Description:
        return words.Description(sdp=self._session(ask).reoffer())

    def on_publish(self, ask: words.Publish, owner: Owner) -> words.Description:
        session = self._session(ask)
        call = self._calls[ask.call]
        publishers = sum(other.publishing is not None for other in call.sessions.values())
        if session.publishing is None and publishers >= bounds.MAX_PUBLISHERS_PER_CALL:
            raise Refusal("call_full", "publishers")
        return words.Description(sdp=session.publish(ask.sdp, ask.sources))

    def on_allow(self, ask: words.Allow, owner: Owner) -> words.Done:
        session = self._session(ask)
        session.may_publish = ask.may_publish
        if not ask.may_publish:
            session.stop_publishing()
        return words.Done()

    def on_want(self, ask: words.Want, owner: Owner) -> words.Done:
        session = self._session(ask)
        session.wishes = ask.wishes
        self._calls[ask.call].settle(session)
        return words.Done()

    def on_pause(self, ask: words.Pause, owner: Owner) -> words.Done:
        self._session(ask).pause(ask.kind, ask.paused)
        return words.Done()

    def on_leave(self, ask: words.Leave, owner: Owner) -> words.Done:
        call = self._calls.get(ask.call)
        session = call.sessions.get(ask.session) if call is not None else None
        if call is not None and session is not None:
            self._remove(call, session)
        return words.Done()

    def on_close(self, ask: words.Close, owner: Owner) -> words.Done:
        call = self._calls.get(ask.call)
        if call is not None:
            for session in list(call.sessions.values()):
                self._end(call, session)
        return words.Done()

    def on_stats(self, ask: words.Stats, owner: Owner) -> words.CallStats:
        call = self._calls.get(ask.call)
        sessions = tuple(session.stats() for session in call.sessions.values()) if call is not None else ()
        return words.CallStats(sessions=sessions, worker_load=round(self._load, 3))

    def sessions_of(self, call: UUID) -> list[Session]:
        return list(self._calls[call].sessions.values()) if call in self._calls else []

    def _session(self, ask: words.Ask) -> Session:
        call = self._calls.get(ask.call)
        session = call.sessions.get(ask.session) if call is not None else None
        if session is None:
            raise Refusal("no_session")
        return session

    def _remove(self, call: Call, session: Session) -> None:
        call.remove(session)
        self._count -= 1
        if not call.sessions:
            self._calls.pop(call.id, None)

    def _end(self, call: Call, session: Session) -> None:
        self._remove(call, session)
        session.tell(words.Gone(call=call.id, session=session.id, part="session"))

    def owner_left(self, owner: Owner) -> None:
        """The media go on; another web process may attach."""
        now = time.monotonic()
        for call in self._calls.values():
            for session in call.sessions.values():
                if session.owner is owner:
                    session.owner, session.left_alone_at = None, now

    # --- time ---

    async def keep_time(self) -> None:
        next_speakers = next_step = before = time.monotonic()
        used = time.process_time()
        while True:
            await asyncio.sleep(OFTEN_SECONDS)
            now = time.monotonic()
            for call in list(self._calls.values()):
                call.step_often(now)
                if now >= next_speakers:
                    call.listen(now)
            if now >= next_speakers:
                next_speakers = now + SPEAKERS_SECONDS
            if now >= next_step:
                seconds = max(0.001, now - before)
                self.step(now, seconds)
                self._load += ((time.process_time() - used) / seconds - self._load) * 0.3
                used, before, next_step = time.process_time(), now, now + STEP_SECONDS

    def step(self, now: float, seconds: float) -> None:
        """Once a second."""
        self._ground.port.refill()
        for call in list(self._calls.values()):
            for session in call.step(now, seconds):
                self._end(call, session)

    def close(self) -> None:
        for call in list(self._calls.values()):
            for session in list(call.sessions.values()):
                self._remove(call, session)
