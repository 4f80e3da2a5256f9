"""Telling how the ballots stand: at most four times a second however many are cast, and always a last time.

The first ballot is told at once; those that come within the next quarter of a second are told together after it.
The waiting is in memory: should this process die first, `tell_stale_tallies` finds that the rows say otherwise.
"""

import threading
from uuid import UUID

import redis
import structlog
from django.db import connections, transaction
from django.db.models import Count, F, Q

from collab.realtime import hub, valkey
from rooms import pictures
from rooms.models import Choice, Poll
from rooms.protocol import PollTally, Tally

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 0.25

_waiting: set[UUID] = set()
_lock = threading.Lock()


def tell_soon(poll_id: UUID) -> None:
    """After the commit of a ballot. Returns at once: a voter does not wait for the telling."""
    with _lock:
        if poll_id in _waiting:
            return
        _waiting.add(poll_id)
    _start(0, poll_id)


@transaction.atomic
def tell_tally(*, poll_id: UUID) -> Tally | None:
    """Announce the count where it is not what was last announced. None when there was nothing to tell."""
    # Without the key: voters, who hold it (see `shared_poll`), do not wait for this, and this does not for them.
    poll = Poll.objects.select_for_update(no_key=True, of=("self",)).filter(pk=poll_id).first()
    if poll is None or poll.state != Poll.State.OPEN:
        return None
    counted = pictures.tally(poll)
    if counted == Tally(yes=poll.told_yes, no=poll.told_no, abstain=poll.told_abstain):
        return None
    note_told(poll, counted)
    hub.publish(poll.assembly.topic, PollTally(poll=poll.pk, tally=counted))
    return counted


def tell_stale_tallies() -> int:
    """The sweep: tell every open vote whose ballots are not what was told."""
    counts = {f"n_{choice.value}": Count("ballots", filter=Q(ballots__choice=choice.value)) for choice in Choice}
    as_told = Q(told_yes=F("n_yes"), told_no=F("n_no"), told_abstain=F("n_abstain"))
    stale = Poll.objects.filter(state=Poll.State.OPEN).annotate(**counts).exclude(as_told)
    return sum(tell_tally(poll_id=poll_id) is not None for poll_id in list(stale.values_list("pk", flat=True)))


def note_told(poll: Poll, counted: Tally) -> None:
    poll.told_yes, poll.told_no, poll.told_abstain = counted.yes, counted.no, counted.abstain
    poll.save(update_fields=["told_yes", "told_no", "told_abstain"])


def _start(seconds: float, poll_id: UUID) -> None:
    timer = threading.Timer(seconds, _tell, [poll_id])
    timer.daemon = True
    timer.start()


def _tell(poll_id: UUID) -> None:
    try:
        if not _is_our_turn(poll_id):
            _start(INTERVAL_SECONDS, poll_id)
            return
        with _lock:
            # From here on a ballot asks anew: it may be committed after the count.
            _waiting.discard(poll_id)
        tell_tally(poll_id=poll_id)
    except Exception:  # the voter has the answer already, and the sweep tells again
        log.exception("tally not told", poll_id=str(poll_id))
        with _lock:
            _waiting.discard(poll_id)
    finally:
        connections.close_all()


def _is_our_turn(poll_id: UUID) -> bool:
    """One telling an interval among all processes. Without Valkey each keeps to its own."""
    key = f"{valkey.PREFIX}:tally:{poll_id}"
    try:
        return bool(valkey.from_threads().set(key, b"1", nx=True, px=int(INTERVAL_SECONDS * 1000)))
    except redis.RedisError:
        return True
