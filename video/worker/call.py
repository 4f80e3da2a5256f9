"""A call: its sessions, and who gets whose sound and pictures in which slot."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from video import media_words as words

from .incoming import Track
from .layers import share
from .outgoing import Slot
from .session import Session
from .speakers import Speakers

SILENCE_SECONDS = 0.5  # without a packet: a browser that sends nothing is not loud
FEW = 4  # pictures, up to which each is shown large when the page has not said
HEIGHT_FEW, HEIGHT_MANY = 720, 360

Picture = tuple[Track, int]  # and the height it is shown at


class Call:
    def __init__(self, call: UUID) -> None:
        self.id = call
        self.sessions: dict[UUID, Session] = {}
        self.speakers = Speakers()
        self._is_to_settle = False
        self._flowing: list[Track] | None = None  # of everybody, kept between two changes: 400 listeners ask

    def changed(self) -> None:
        """What is published, or who is heard. Settles once, after everything that changes at this moment."""
        self._flowing = None
        if not self._is_to_settle:
            self._is_to_settle = True
            asyncio.get_running_loop().call_soon(self._settle)

    def _settle(self) -> None:
        self._is_to_settle = False
        for session in list(self.sessions.values()):
            self.settle(session)

    # --- slots ---

    def settle(self, session: Session) -> None:
        """Give the session's slots their sources, and tell its holder what changed."""
        listening = session.listening
        if listening.connection.stands:
            _place([(track, 0) for track in self._sounds_for(session)], listening.audio)
            _place(self._pictures_for(session), listening.video)
            self.choose_layers(session)
        session.tell_changes()

    def _tracks(self, listener: Session, kinds: Sequence[str]) -> list[Track]:
        if self._flowing is None:
            self._flowing = [track for session in self.sessions.values() for track in session.tracks.values()]
        return [track for track in self._flowing if track.kind in kinds and track.session != listener.id]

    def _sounds_for(self, listener: Session) -> list[Track]:
        tracks = self._tracks(listener, (words.AUDIO, words.SCREEN_AUDIO))
        if len(tracks) > len(listener.listening.audio):
            rank = {session: place for place, session in enumerate(self.speakers.recent)}
            tracks.sort(key=lambda track: (track.kind == words.AUDIO, rank.get(track.session, len(rank))))
        return tracks[: len(listener.listening.audio)]

    def _pictures_for(self, listener: Session) -> list[Picture]:
        if listener.wishes is None:
            return self._last_speakers_for(listener)
        pictures: list[Picture] = []
        for wish in listener.wishes:
            source = self.sessions.get(wish.source)
            track = source.tracks.get(wish.kind) if source is not None and source is not listener else None
            if track is None or track.media != "video" or wish.height == 0:
                continue
            if all(track is not given for given, _height in pictures):
                pictures.append((track, wish.height))
        return pictures[: len(listener.listening.video)]

    def _last_speakers_for(self, listener: Session) -> list[Picture]:
        rank = {session: place for place, session in enumerate(self.speakers.recent)}
        cameras = sorted(self._tracks(listener, (words.CAMERA,)), key=lambda track: rank.get(track.session, len(rank)))
        tracks = (self._tracks(listener, (words.SCREEN,)) + cameras)[: len(listener.listening.video)]
        height = HEIGHT_FEW if len(tracks) <= FEW else HEIGHT_MANY
        return [(track, height) for track in tracks]

    def choose_layers(self, session: Session) -> None:
        now = time.monotonic()
        listening = session.listening
        slots = [slot for slot in listening.video if slot.source is not None]
        slots.sort(key=lambda slot: -slot.height)
        pictures = [(slot.source.alive_layers(now), slot.height) for slot in slots if slot.source is not None]
        for slot, layer in zip(slots, share(pictures, listening.budget), strict=True):
            slot.stop() if layer is None else slot.aim_at(layer)
        for slot in listening.audio:
            if slot.source is not None and (layer := slot.source.layers.get("")) is not None:
                slot.aim_at(layer)

    # --- time ---

    def step_often(self, now: float) -> None:
        for session in self.sessions.values():
            if session.publishing is not None:
                session.publishing.step_often(now)

    def listen(self, now: float) -> None:
        """Four times a second: who is heard."""
        loudness: dict[UUID, float] = {}
        for session in self.sessions.values():
            track = session.tracks.get(words.AUDIO)
            if track is not None:
                if all(now - layer.heard > SILENCE_SECONDS for layer in track.layers.values()):
                    track.loudness = 0.0
                loudness[session.id] = track.loudness
        if self.speakers.step(loudness):
            event = words.Speaking(call=self.id, sessions=self.speakers.heard)
            for owner in {session.owner for session in self.sessions.values() if session.owner is not None}:
                owner.tell(event)
            self.changed()

    def step(self, now: float, seconds: float) -> list[Session]:
        """Once a second. Returns the sessions that are over."""
        for session in list(self.sessions.values()):
            session.step(now, seconds)
            if session.listening.connection.stands:
                self.choose_layers(session)
        return [session for session in self.sessions.values() if session.is_over(now)]

    def remove(self, session: Session) -> None:
        self.sessions.pop(session.id, None)
        self.speakers.forget(session.id)
        was_published = bool(session.tracks)
        session.close()
        if was_published:
            self.changed()


def _place(pictures: Sequence[Picture], slots: Sequence[Slot]) -> None:
    """What is shown already keeps its slot: a track that moves would flicker."""
    heights = dict(pictures)
    for slot in slots:
        if slot.source is not None and slot.source not in heights:
            slot.show(None)
    shown = {slot.source for slot in slots}
    free = [slot for slot in slots if slot.source is None]
    coming = [track for track, _height in pictures if track not in shown]
    for slot, track in zip(free, coming, strict=False):
        slot.show(track)
    for slot in slots:
        slot.height = heights[slot.source] if slot.source is not None else 0
