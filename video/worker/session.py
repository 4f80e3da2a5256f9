"""One tab of one person in a call."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from aiortc.rtcdtlstransport import RTCCertificate

from video import media_words as words

from . import bounds, descriptions
from .aiortc_bridge import fingerprint_of
from .connection import Connection
from .errors import Refusal
from .incoming import Track
from .listening import Listening
from .port import MediaPort
from .publishing import Publishing


class Owner(Protocol):
    """The web process that holds a session: control.Desk."""

    def tell(self, event: words.AnyEvent) -> None: ...


class Ground:
    """What every session of a worker shares."""

    def __init__(self, port: MediaPort, certificate: RTCCertificate, candidates: Sequence[tuple[str, int]]) -> None:
        self.port, self.certificate = port, certificate
        self._candidates, self._fingerprint = tuple(candidates), fingerprint_of(certificate)

    def ours(self, connection: Connection, version: int) -> descriptions.Ours:
        return descriptions.Ours(
            username=connection.username,
            password=connection.password,
            fingerprint=self._fingerprint,
            candidates=self._candidates,
            version=version,
        )


class Session:
    def __init__(
        self,
        call: UUID,
        session: UUID,
        may_publish: bool,
        owner: Owner,
        ground: Ground,
        changed: Callable[[], None],
        listens: "Callable[[Session], None]",
    ) -> None:
        """`changed`: what is published is another. `listens`: this one's listening connection stands."""
        self.call, self.id, self.may_publish = call, session, may_publish
        self.owner: Owner | None = owner
        self.left_alone_at: float | None = None
        self.listening = Listening(ground.port, ground.certificate, lambda: listens(self))
        self.publishing: Publishing | None = None
        self.wishes: tuple[words.Wish, ...] | None = None  # None until the page has said what it shows
        self.paused: set[str] = set()
        self._ground, self._changed, self._listens = ground, changed, listens
        self._told_pool: tuple[words.Slot, ...] = self.listening.pool()
        self._told_kinds: tuple[str, ...] = ()
        self._told_parts: set[str] = set()
        self._absent_since = time.monotonic()

    @property
    def tracks(self) -> Mapping[str, Track]:
        """What flows: not the paused, nor anything before the connection stands."""
        if self.publishing is None or not self.publishing.connection.stands:
            return {}
        return {kind: track for kind, track in self.publishing.tracks.items() if not track.is_paused}

    # --- verbs ---

    def offer(self) -> str:
        return self.listening.offer(self._ground.ours)

    def reoffer(self) -> str:
        if self.listening.connection.is_closed:
            raise Refusal("bad_state", "the connection is closed: join again")
        self.listening.connection.renew()
        return self.offer()

    def publish(self, sdp: str, sources: Mapping[str, str]) -> str:
        if not self.may_publish:
            raise Refusal("may_not_publish")
        offer = descriptions.read(sdp)
        publishing = self.publishing
        if publishing is not None and (
            publishing.connection.is_closed or publishing.connection.remote != offer.fingerprints
        ):
            self.stop_publishing()
            publishing = None
        if publishing is None:
            publishing = Publishing(self.id, self._ground.port, self._ground.certificate, self._changed)
        try:
            taken = publishing.take_offer(offer, sources)
        except Refusal:
            if publishing is not self.publishing:
                publishing.close()
            raise
        self.publishing = publishing
        self._mark_paused()
        return descriptions.write_answer(self._ground.ours(publishing.connection, publishing.version), offer, taken)

    def stop_publishing(self) -> None:
        publishing, self.publishing = self.publishing, None
        self._told_parts.discard("publish")
        if publishing is not None:
            publishing.close()
            self._changed()

    def pause(self, kind: str, paused: bool) -> None:
        (self.paused.add if paused else self.paused.discard)(kind)
        self._mark_paused()
        self._changed()

    def _mark_paused(self) -> None:
        if self.publishing is not None:
            for kind, track in self.publishing.tracks.items():
                track.is_paused = kind in self.paused
                if track.is_paused:
                    track.loudness = 0.0

    def close(self) -> None:
        self.listening.close()
        if self.publishing is not None:
            self.publishing.close()

    # --- what the holder hears ---

    def tell(self, event: words.AnyEvent) -> None:
        if self.owner is not None:
            self.owner.tell(event)

    def tell_changes(self) -> None:
        """Everything that differs from what was told last."""
        for part, connection in self._connections():
            if connection.stands and part not in self._told_parts:
                self._told_parts.add(part)
                self.tell(words.Connected(call=self.call, session=self.id, part=part))
        publishing = self.publishing
        stands = publishing is not None and publishing.connection.stands
        kinds = tuple(sorted(publishing.tracks)) if publishing is not None and stands else ()
        if kinds != self._told_kinds:
            self._told_kinds = kinds
            self.tell(words.Published(call=self.call, session=self.id, kinds=kinds))
        pool = self.listening.pool()
        if pool != self._told_pool:
            self._told_pool = pool
            self.tell(words.SlotsChanged(call=self.call, session=self.id, slots=pool))

    def tell_all(self) -> None:
        """For a holder that has just attached."""
        self._told_pool, self._told_kinds = (), ()
        self._told_parts.clear()
        self.tell_changes()

    def _connections(self) -> list[tuple[str, Connection]]:
        parts = [("listen", self.listening.connection)]
        if self.publishing is not None:
            parts.append(("publish", self.publishing.connection))
        return parts

    # --- once a second ---

    def step(self, now: float, seconds: float) -> None:
        for part, connection in self._connections():
            connection.step(now)
            if not connection.stands and part in self._told_parts:
                self._part_is_gone(part)
            elif connection.stands and part not in self._told_parts:
                self._part_is_back(part)
        self.listening.step(now, seconds)
        if self.publishing is not None:
            self.publishing.report(now, seconds)
        if self.listening.connection.stands:
            self._absent_since = now

    def _part_is_gone(self, part: str) -> None:
        self._told_parts.discard(part)
        self.tell(words.Gone(call=self.call, session=self.id, part=part))
        if part == "listen":
            self.listening.hush()
            self.tell_changes()
        else:
            self._changed()  # its keys are kept: an ICE restart brings it back

    def _part_is_back(self, part: str) -> None:
        if part == "listen":
            self._listens(self)
        else:
            self._changed()

    def is_over(self, now: float) -> bool:
        is_absent = now - self._absent_since > bounds.ABSENT_SECONDS
        is_left_alone = self.left_alone_at is not None and now - self.left_alone_at > bounds.REATTACH_SECONDS
        return is_absent or is_left_alone

    def stats(self) -> words.SessionStats:
        publishing, listening = self.publishing, self.listening
        tracks = publishing.tracks if publishing is not None else {}
        return words.SessionStats(
            session=self.id,
            connected=listening.connection.stands,
            publishing=publishing is not None and publishing.connection.stands,
            sources=tuple(_source_stats(track) for track in tracks.values()),
            sent_bps=listening.sent_bps,
            estimate_bps=listening.bandwidth.belief,
            lost_percent=round(100 * listening.bandwidth.loss, 1),
            round_trip_ms=None if listening.round_trip_ms is None else round(listening.round_trip_ms, 1),
        )


def _source_stats(track: Track) -> words.SourceStats:
    return words.SourceStats(
        kind=track.kind,
        paused=track.is_paused,
        layers={rid: layer.bits_per_second for rid, layer in track.layers.items()},
        lost_percent=round(max((layer.lost_percent for layer in track.layers.values()), default=0.0), 1),
    )
