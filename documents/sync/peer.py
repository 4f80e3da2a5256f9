"""The other end of one socket: who it is, what it may do, how much it said, and how far behind it is."""

import time
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from collab.crdt import messages
from collab.crdt.encoding import Malformed
from collab.crdt.updates import State

from ..models import Right
from . import limits
from .writers import Frame, Writer

if TYPE_CHECKING:
    from .replica import Replica

log = structlog.get_logger(__name__)


class Refusal(Exception):
    """What the peer sent is not taken, and the socket is closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Budget:
    """A token bucket: `burst` at once, then `per_second`."""

    __slots__ = ("_at", "_burst", "_left", "_per_second")

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = self._left = burst
        self._per_second = per_second
        self._at = time.monotonic()

    def spend(self, amount: float, now: float) -> bool:
        left = self._left + (now - self._at) * self._per_second
        self._at = now
        self._left = (left if left < self._burst else self._burst) - amount
        return self._left >= 0


class Peer:
    """Lives on the event loop. `right` is what the last look at SQL said."""

    def __init__(self, *, person_id: UUID, session_key: str, document_id: UUID, writer: Writer) -> None:
        self.person_id = person_id
        self.session_key = session_key
        self.document_id = document_id
        self.writer = writer
        self.name = ""
        self.right: Right | None = None
        self.replica: Replica | None = None
        self.closed = False
        # A right changed while it was being read: read it again.
        self.doubted = False
        self.numbers: set[int] = set()
        # It gave us all it had: nobody else can know more of its numbers than we do.
        self.synced = False
        # What was sent to it last, before it fell behind; None while it keeps up.
        self.behind: State | None = None
        self.behind_since = 0.0
        self._messages = Budget(limits.MESSAGES_BURST, limits.MESSAGES_A_SECOND)
        self._bytes = Budget(limits.BYTES_BURST, limits.BYTES_A_SECOND)
        self._questions = Budget(limits.QUESTIONS_BURST, limits.QUESTIONS_A_SECOND)
        self._early: list[bytes] | None = []
        # Sync messages with content: heard, told as committed, and the count before the first one with a gap.
        self.heard = 0
        self._told = 0
        self._before_gap: int | None = None
        self._gaps = 0
        self._asked_at = 0.0

    @property
    def may_write(self) -> bool:
        return self.right is not None and self.right >= Right.EDITOR

    # --- what it says ---

    def hear(self, message: bytes) -> None:
        """One whole binary message."""
        if self.closed:
            return
        now = time.monotonic()
        if len(message) > limits.FRAME_BYTES:
            self.refuse(limits.CLOSE_TOO_LARGE, "message too large")
        elif not (self._messages.spend(1, now) and self._bytes.spend(len(message), now)):
            self.refuse(limits.CLOSE_TOO_MANY, "too much at once")
        elif self._early is None:
            self._pass_on(message)
        else:
            self._early.append(message)
            if sum(map(len, self._early)) > limits.EARLY_BYTES:
                self._early.clear()
                self.refuse(limits.CLOSE_TOO_MANY, "too much before the document is there")

    def begin(self, replica: "Replica") -> None:
        """The document is there: hear what waited for it."""
        self.replica = replica
        early, self._early = self._early or [], None
        for message in early:
            self._pass_on(message)

    def _pass_on(self, message: bytes) -> None:
        if self.closed or self.replica is None:
            return
        try:
            self.replica.hear(self, message)
        except Malformed as error:
            self.refuse(limits.CLOSE_BAD_FRAME, str(error))
        except Refusal as refusal:
            self.refuse(refusal.code, refusal.reason)

    def spend_question(self) -> None:
        """An answer to step 1 costs a walk through the document."""
        if not self._questions.spend(1, time.monotonic()):
            raise Refusal(limits.CLOSE_TOO_MANY, "too many questions")

    def spend_comparison(self, size: int) -> None:
        """To compare what is written twice costs as much as to read it, many times over."""
        if not self._bytes.spend(size * limits.COMPARISON_COST, time.monotonic()):
            raise Refusal(limits.CLOSE_TOO_MANY, "too much written twice")

    # --- what it is told ---

    def tell(self, frame: Frame) -> None:
        if not self.closed:
            self.writer.write(frame)

    def close(self, code: int, reason: str) -> None:
        if not self.closed:
            self.closed = True
            self.writer.close(code, reason[:100])

    def refuse(self, code: int, reason: str) -> None:
        log.warning("document socket closed", code=code, reason=reason, document=str(self.document_id))
        self.close(code, reason)

    # --- acknowledgement ---

    @property
    def countable(self) -> int:
        """How many of its sync messages with content are in the document: a gap stops the count."""
        return self.heard if self._before_gap is None else self._before_gap

    def acknowledge(self, count: int) -> None:
        if count > self._told:
            self._told = count
            self.tell(Frame(messages.acknowledged(count)))

    def filled(self) -> None:
        """It sent again from what we have: nothing of it is missing any more."""
        self._before_gap = None
        self._gaps = 0
        self._asked_at = 0.0

    def must_be_asked_again(self) -> bool:
        """Something is missing before what it sent. Whether to ask now, or an answer is still on its way."""
        if self._before_gap is None:
            self._before_gap = self.heard - 1
        now = time.monotonic()
        if self._asked_at and now - self._asked_at < limits.ANSWER_SECONDS:
            return False
        self._asked_at = now
        self._gaps += 1
        if self._gaps > limits.GAPS_IN_A_ROW:
            raise Refusal(limits.CLOSE_BAD_FRAME, "what it writes on is missing")
        return True

    def gave_everything(self) -> None:
        """A step 2 came: if it leaves a gap all the same, ask at once rather than wait for another."""
        self.synced = True
        self._asked_at = 0.0
