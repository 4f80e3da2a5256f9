"""Who is heard, from the audio levels that browsers write into their packets."""

from collections.abc import Mapping
from uuid import UUID

AUDIBLE = 70.0  # smoothed loudness, of 127: about -57 dBov
LOUDER = 8.0  # dB above the dominant voice before it loses its place
HOLD_STEPS = 4  # and for how many steps, of a quarter of a second
STAYS_STEPS = 4  # a pause between two words is no silence


class Speakers:
    def __init__(self) -> None:
        self.dominant: UUID | None = None
        self.heard: tuple[UUID, ...] = ()
        self.recent: list[UUID] = []  # everyone who spoke, the last first
        self._stays: dict[UUID, int] = {}
        self._challenger: UUID | None = None
        self._challenges = 0

    def step(self, loudness: Mapping[UUID, float]) -> bool:
        """Four times a second. True when those who are heard, or their order, changed."""
        for session, level in loudness.items():
            if level >= AUDIBLE:
                self._stays[session] = STAYS_STEPS
        self._stays = {one: left - 1 for one, left in self._stays.items() if left > 0 and one in loudness}
        order = sorted(self._stays, key=lambda one: -loudness[one])
        self._settle_dominant(order, loudness)
        if self.dominant in order:
            order.remove(self.dominant)
            order.insert(0, self.dominant)
        before, self.heard = self.heard, tuple(order)
        self.recent = [*order, *(one for one in self.recent if one not in self._stays and one in loudness)]
        # The order behind the dominant voice changes with every syllable: it is no news.
        return before[:1] != self.heard[:1] or set(before) != set(self.heard)

    def _settle_dominant(self, order: list[UUID], loudness: Mapping[UUID, float]) -> None:
        if not order:
            return
        loudest = order[0]
        if self.dominant not in self._stays:
            self.dominant, self._challenges = loudest, 0
        elif loudest == self.dominant or loudness[loudest] < loudness[self.dominant] + LOUDER:
            self._challenges = 0
        else:
            self._challenges = self._challenges + 1 if loudest == self._challenger else 1
            self._challenger = loudest
            if self._challenges >= HOLD_STEPS:
                self.dominant, self._challenges = loudest, 0

    def forget(self, session: UUID) -> None:
        self._stays.pop(session, None)
        self.recent = [one for one in self.recent if one != session]
        self.heard = tuple(one for one in self.heard if one != session)
        if self.dominant == session:
            self.dominant = None
