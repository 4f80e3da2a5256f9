"""How much a listener can receive.

Browsers tell what they believe (REMB), but their belief follows what is sent: it seldom rises far above it. So
nothing is held back until there is a sign of trouble (much loss, or a belief clearly below what is sent); then the
ceiling comes down, and is tried upwards again after a time that doubles with each failure.
"""

MUCH_LOSS = 0.10
BELIEF_MARGIN = 0.85
FIRST_HOLD_SECONDS = 4.0
LONGEST_HOLD_SECONDS = 60.0
RAISE = 1.6
LOWEST = 100_000  # with much loss: pictures may go, sound stays
LOWEST_WITHOUT_LOSS = 300_000  # doubts alone leave a small picture or two
UNLIMITED = 20_000_000
PATIENCE = 2  # seconds of trouble in a row


class Bandwidth:
    def __init__(self) -> None:
        self.belief: int | None = None
        self.loss = 0.0
        self._lost = self._expected = 0
        self.ceiling: float | None = None
        self._belief_before = 0
        self._troubles = 0
        self._hold = FIRST_HOLD_SECONDS
        self._raise_at = 0.0
        self._raised = -1e9

    def note_belief(self, bits_per_second: int) -> None:
        self.belief = bits_per_second

    def note_loss(self, lost: int, expected: int) -> None:
        """Of one stream, since its report before. Streams are weighed by their packets: three of fifty is chance."""
        self._lost += max(0, lost)
        self._expected += max(0, expected)

    def step(self, sent: int, now: float) -> float | None:
        """Once a second, with the bits that were sent in it. Returns the ceiling, None for no limit."""
        self.loss = self._lost / self._expected if self._expected else 0.0
        self._lost = self._expected = 0
        if self._is_troubled(sent, self.loss):
            self._lower(sent, now)
        elif self.ceiling is not None and now >= self._raise_at:
            self.ceiling *= RAISE
            self._raised, self._raise_at = now, now + self._hold
            if self.ceiling > UNLIMITED:
                self.ceiling, self._hold = None, FIRST_HOLD_SECONDS
        return self.ceiling

    def _is_troubled(self, sent: int, loss: float) -> bool:
        belief = self.belief or 0
        # A belief below what is sent is no sign while it rises: it lags behind, some percent a second.
        doubtful = self.belief is not None and belief < BELIEF_MARGIN * sent and belief <= self._belief_before
        self._belief_before = belief
        self._troubles = self._troubles + 1 if loss > MUCH_LOSS or doubtful else 0
        return self._troubles >= PATIENCE

    def _lower(self, sent: int, now: float) -> None:
        self._troubles = 0
        basis = min(sent, self.belief) if self.belief is not None else sent
        self.ceiling = max(LOWEST if self.loss > MUCH_LOSS else LOWEST_WITHOUT_LOSS, BELIEF_MARGIN * basis)
        if now - self._raised < 2 * self._hold:
            self._hold = min(2 * self._hold, LONGEST_HOLD_SECONDS)
        self._raise_at = now + self._hold
