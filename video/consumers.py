"""The topic of a call, and the doors of its words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from collab.realtime import doors, topics
from collab.realtime.bridge import in_thread
from collab.realtime.doors import Door, Rate
from collab.realtime.errors import DomainError
from collab.realtime.topics import Caller, Topic
from people.models import Person

from . import held, selectors, services
from .access import CallRight
from .errors import NotInCall, WatchOnly
from .held import Session, asked
from .protocol import (
    AnswerOffer,
    JoinCall,
    LeaveCall,
    Mute,
    Publish,
    Remove,
    Reoffer,
    ResumeCall,
    SetState,
    Want,
)
from .selectors import Standing


@topics.register
class CallTopic(Topic):
    kind = "call"

    def may_follow(self, key: str, caller: Caller) -> bool:
        try:
            call_id = UUID(key)
        except ValueError:
            return False
        person = Person.objects.filter(pk=caller.person_id).first()
        return person is not None and str(call_id) == key and selectors.right_or_none(person, call_id) is not None

    def picture(self, key: str, caller: Caller) -> Mapping[str, Any]:
        return {"participants": selectors.participants_of(UUID(key))}


class Signalling(Door):
    """Words about the page's own media. They wait for the media worker, never for each other's sockets."""

    async def _myself(self) -> Person:
        person: Person = await in_thread(lambda: self.person)
        return person

    def _session(self, word: Any) -> Session:
        assert self.connection is not None
        return held.of_loop().of(self.connection, word.call, word.session)

    def _hold(self, word: Any, right: CallRight) -> Session:
        assert self.connection is not None
        session = Session(call_id=word.call, session_id=word.session, connection=self.connection, right=right)
        held.of_loop().hold(session)
        return session


@doors.register
class ComingAndGoing(Signalling):
    words = (JoinCall, ResumeCall, LeaveCall)
    rates = {JoinCall: Rate(burst=10, per_second=0.5), ResumeCall: Rate(burst=10, per_second=0.5)}

    async def on_call_join(self, word: JoinCall) -> Mapping[str, Any]:
        """Media first: a worker that is away leaves no trace of who could not enter."""
        assert self.connection is not None
        myself = await self._myself()
        right = await in_thread(services.admit, call_id=word.call, session_id=word.session, by=myself)
        session = self._hold(word, right)
        try:
            joined = await asked(held.of_loop().backend.join(word.call, word.session, right >= CallRight.SPEAK))
        except DomainError:
            held.of_loop().release(session)
            raise
        session.slots = held.slots_of(session, joined.slots)
        try:
            await in_thread(
                services.join,
                call_id=word.call,
                session_id=word.session,
                by=myself,
                attachment=self.connection.id,
                mic=word.mic,
                camera=word.camera,
            )
        except Exception:
            await held.of_loop().let_go(session)
            raise
        held.of_loop().tell(session, session.slots)
        return {"offer": joined.subscribe_offer, "right": right.name.lower()}

    async def on_call_resume(self, word: ResumeCall) -> Mapping[str, Any]:
        assert self.connection is not None
        right = await in_thread(
            services.resume,
            call_id=word.call,
            session_id=word.session,
            by=await self._myself(),
            attachment=self.connection.id,
            mic=word.mic,
            camera=word.camera,
            screen=word.screen,
        )
        session = self._hold(word, right)
        try:
            await asked(held.of_loop().backend.attach(word.call, word.session))
        except NotInCall:
            held.of_loop().release(session)
            raise
        return {"right": right.name.lower()}

    async def on_call_leave(self, word: LeaveCall) -> None:
        await in_thread(services.leave, call_id=word.call, session_id=word.session, by=await self._myself())
        try:
            session = self._session(word)
        except NotInCall:
            return
        await held.of_loop().let_go(session)


@doors.register
class Media(Signalling):
    words = (AnswerOffer, Reoffer, Publish, Want, SetState)
    rates = {
        AnswerOffer: Rate(burst=10, per_second=0.5),
        Reoffer: Rate(burst=10, per_second=0.5),
        Publish: Rate(burst=15, per_second=1),
        Want: Rate(burst=30, per_second=5),
        SetState: Rate(burst=20, per_second=3),
    }

    async def on_call_answer(self, word: AnswerOffer) -> None:
        self._session(word)
        await asked(held.of_loop().backend.answer(word.call, word.session, word.sdp))

    async def on_call_reoffer(self, word: Reoffer) -> Mapping[str, Any]:
        self._session(word)
        return {"offer": await asked(held.of_loop().backend.reoffer(word.call, word.session))}

    async def on_call_publish(self, word: Publish) -> Mapping[str, Any]:
        session = self._session(word)
        if session.right < CallRight.SPEAK:
            raise WatchOnly()
        answer = await asked(held.of_loop().backend.publish(word.call, word.session, word.sdp, word.sources))
        session.publishes = frozenset(word.sources.values())
        await self._pass_on(session)
        return {"answer": answer}

    async def on_call_want(self, word: Want) -> None:
        self._session(word)
        wishes = [(picture.source, picture.kind, picture.height) for picture in word.pictures]
        await asked(held.of_loop().backend.want(word.call, word.session, wishes))

    async def on_call_state(self, word: SetState) -> None:
        session = self._session(word)
        await in_thread(
            services.set_state,
            call_id=word.call,
            session_id=word.session,
            by=await self._myself(),
            mic=word.mic,
            camera=word.camera,
            screen=word.screen,
        )
        await self._pass_on(session)

    async def _pass_on(self, session: Session) -> None:
        standings: dict[UUID, Standing] = await in_thread(selectors.standings, [session.id])
        if session.id in standings:
            await asked(held.of_loop().pass_on(session, standings[session.id]))


@doors.register
class Moderation(Door):
    words = (Mute, Remove)

    def on_call_mute(self, word: Mute) -> None:
        if word.person is None:
            services.mute_others(call_id=word.call, by=self.person)
        else:
            services.mute_person(call_id=word.call, person_id=word.person, by=self.person)

    def on_call_remove(self, word: Remove) -> None:
        services.remove_person(call_id=word.call, person_id=word.person, by=self.person)
