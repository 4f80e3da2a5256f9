"""What changes in calls. Each verb locks the call, so that its announcements are in the order of its changes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from collab.realtime import hub
from collab.realtime.errors import BadWord, Forbidden, NotFound
from people.models import Person

from .access import CallRight, right_in
from .errors import CallIsFull, IsModerator, NotInCall, RemovedFromCall, TooManyDevices, WatchOnly
from .models import Call, Participant, Removal
from .protocol import Changed, Joined, Left, Why
from .selectors import right_or_none

MOST_IN_A_CALL = 300
MOST_DEVICES = 4
REMOVED_MINUTES = 15
# Rows are renewed every 10 s; three missed renewals, and the process that held the session is gone.
STALE_SECONDS = 30


def admit(*, call_id: UUID, session_id: UUID, by: Person) -> CallRight:
    """Refuse whom `join` would refuse, before anything is prepared for them."""
    right = right_in(by, call_id)
    _refuse_entry(call_id, session_id, by, right)
    return right


@transaction.atomic
def join(*, call_id: UUID, session_id: UUID, by: Person, attachment: UUID, mic: bool, camera: bool) -> CallRight:
    """Enter, or enter again with the same session after its media were lost."""
    right = right_in(by, call_id)
    call = _opened(call_id)
    participant = _refuse_entry(call_id, session_id, by, right)
    _let_go(_stale().filter(call=call).exclude(pk=session_id), "lost")
    speaks = right >= CallRight.SPEAK
    facts = {"right": right, "mic": mic and speaks, "camera": camera and speaks, "screen": False}
    if participant is None:
        participant = Participant(pk=session_id, call=call, person=by, attachment=attachment, **facts)
        participant.save(force_insert=True)
        hub.publish(call.topic, Joined(participant=participant.picture()))
    else:
        _renew(participant, attachment)
        _change(participant, by=None, **facts)
    return right


@transaction.atomic
def resume(
    *, call_id: UUID, session_id: UUID, by: Person, attachment: UUID, mic: bool, camera: bool, screen: bool
) -> CallRight:
    """Another live socket speaks for the session from now on."""
    right = right_in(by, call_id)
    participant = _own(call_id, session_id, by)
    speaks = right >= CallRight.SPEAK
    _renew(participant, attachment)
    _change(participant, by=None, right=right, mic=mic and speaks, camera=camera and speaks, screen=screen and speaks)
    return right


@transaction.atomic
def set_state(*, call_id: UUID, session_id: UUID, by: Person, mic: bool, camera: bool, screen: bool) -> None:
    right = right_in(by, call_id)
    participant = _own(call_id, session_id, by)
    if right < CallRight.SPEAK and (mic or camera or screen):
        raise WatchOnly()
    _change(participant, by=None, right=right, mic=mic, camera=camera, screen=screen)


@transaction.atomic
def leave(*, call_id: UUID, session_id: UUID, by: Person) -> None:
    """Leaving twice is leaving once."""
    _lock(call_id)
    _let_go(Participant.objects.filter(pk=session_id, call_id=call_id, person=by), "left")


@transaction.atomic
def mute_person(*, call_id: UUID, person_id: UUID, by: Person) -> None:
    """Every device of the person; they turn themselves on again."""
    _lock_as_moderator(call_id, by)
    muted = _muted(Participant.objects.filter(call_id=call_id, person_id=person_id), by)
    if not muted:
        raise NotFound()


@transaction.atomic
def mute_others(*, call_id: UUID, by: Person) -> None:
    _lock_as_moderator(call_id, by)
    _muted(Participant.objects.filter(call_id=call_id, mic=True).exclude(person=by), by)


@transaction.atomic
def remove_person(*, call_id: UUID, person_id: UUID, by: Person) -> None:
    """Send every device of the person out, and keep them out for a while."""
    call = _lock_as_moderator(call_id, by)
    person = Person.objects.filter(pk=person_id).first()
    devices = Participant.objects.filter(call=call, person_id=person_id)
    if person is None or not devices.exists():
        raise NotFound()
    if right_or_none(person, call_id) == CallRight.MODERATE:
        raise IsModerator()
    Removal.objects.update_or_create(call=call, person=person, defaults={"by": by, "at": timezone.now()})
    _let_go(devices, "removed")
    hub.revoke(person_id=person_id, topic=call.topic)


@transaction.atomic
def end_call(*, call_id: UUID) -> None:
    """Everybody out: the room is closed. Rights must already say so, or pages come back."""
    call = _lock(call_id)
    if call is None:
        return
    devices = Participant.objects.filter(call=call)
    people = set(devices.values_list("person_id", flat=True))
    _let_go(devices, "ended")
    for person_id in sorted(people):
        hub.revoke(person_id=person_id, topic=call.topic)


@transaction.atomic
def end_session(*, session_id: UUID, why: Why) -> None:
    """The media are gone for good, or the right to be here."""
    _let_go(_locked_session(session_id), why)


@transaction.atomic
def end_abandoned(*, session_id: UUID, attachment: UUID) -> bool:
    """Its live socket ended and nobody came back for it; False when another socket speaks for it."""
    return _let_go(_locked_session(session_id).filter(attachment=attachment), "lost") > 0


@transaction.atomic
def set_right(*, session_id: UUID, right: CallRight) -> None:
    """The person's right changed while they are in; who may only watch publishes nothing."""
    participant = _locked_session(session_id).select_related("person").first()
    if participant is None:
        return
    facts = {"mic": participant.mic, "camera": participant.camera, "screen": participant.screen}
    if right < CallRight.SPEAK:
        facts = dict.fromkeys(facts, False)
    _change(participant, by=None, right=right, **facts)


def keep(*, session_ids: Iterable[UUID]) -> None:
    """This process holds these sessions still."""
    Participant.objects.filter(pk__in=list(session_ids)).update(seen_at=timezone.now())


def end_stale() -> list[tuple[UUID, UUID]]:
    """Let go of what a killed process left behind; return each (call, session)."""
    ended = []
    for call_id in list(_stale().values_list("call_id", flat=True).distinct()):
        with transaction.atomic():
            _lock(call_id)
            devices = _stale().filter(call_id=call_id)
            ended += [(call_id, session_id) for session_id in devices.values_list("pk", flat=True)]
            _let_go(devices, "lost")
    return ended


# --- one floor down ---


def _opened(call_id: UUID) -> Call:
    Call.objects.get_or_create(pk=call_id)
    return Call.objects.select_for_update().get(pk=call_id)


def _lock(call_id: UUID) -> Call | None:
    assert connection.in_atomic_block
    return Call.objects.select_for_update().filter(pk=call_id).first()


def _lock_as_moderator(call_id: UUID, by: Person) -> Call:
    if right_in(by, call_id) < CallRight.MODERATE:
        raise Forbidden()
    call = _lock(call_id)
    if call is None:
        raise NotFound()
    return call


def _own(call_id: UUID, session_id: UUID, by: Person) -> Participant:
    _lock(call_id)
    rows = Participant.objects.select_related("person", "call")
    participant = rows.filter(pk=session_id, call_id=call_id, person=by).first()
    if participant is None:
        raise NotInCall()
    return participant


def _locked_session(session_id: UUID) -> QuerySet[Participant]:
    rows = Participant.objects.filter(pk=session_id)
    for call_id in rows.values_list("call_id", flat=True):
        _lock(call_id)
    return rows


def _oldest() -> datetime:
    return timezone.now() - timedelta(seconds=STALE_SECONDS)


def _stale() -> QuerySet[Participant]:
    return Participant.objects.filter(seen_at__lt=_oldest())


def _refuse_entry(call_id: UUID, session_id: UUID, person: Person, right: CallRight) -> Participant | None:
    """The row of who is in already, with this very session."""
    since = timezone.now() - timedelta(minutes=REMOVED_MINUTES)
    removals = Removal.objects.filter(call_id=call_id, person=person, at__gt=since)
    if right < CallRight.MODERATE and removals.exists():
        raise RemovedFromCall()
    participant = Participant.objects.select_related("person", "call").filter(pk=session_id).first()
    if participant is None:
        _refuse_crowd(call_id, person)
    elif participant.person_id != person.pk or participant.call_id != call_id:
        raise BadWord(why="this session is somebody else's")
    return participant


def _refuse_crowd(call_id: UUID, person: Person) -> None:
    present = Participant.objects.filter(call_id=call_id, seen_at__gte=_oldest())
    if present.count() >= MOST_IN_A_CALL:
        raise CallIsFull()
    if present.filter(person=person).count() >= MOST_DEVICES:
        raise TooManyDevices(most=MOST_DEVICES)


def _renew(participant: Participant, attachment: UUID) -> None:
    participant.attachment = attachment
    participant.seen_at = timezone.now()
    participant.save(update_fields=["attachment", "seen_at"])


def _change(participant: Participant, *, by: Person | None, **facts: int | bool) -> None:
    """Write and announce what differs, if anything does."""
    changed = [name for name, value in facts.items() if getattr(participant, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(participant, name, facts[name])
    participant.save(update_fields=changed)
    hub.publish(participant.call.topic, Changed(participant=participant.picture(), by=by.pk if by else None))


def _muted(devices: QuerySet[Participant], by: Person) -> int:
    """The holding process hears of it like of a right taken away, and stops passing the sound on."""
    found = list(devices.select_related("person", "call"))
    for participant in found:
        _change(participant, by=by, mic=False)
    for person_id in sorted({participant.person_id for participant in found}):
        hub.revoke(person_id=person_id)
    return len(found)


def _let_go(devices: QuerySet[Participant], why: Why) -> int:
    gone = list(devices.select_related("call"))
    Participant.objects.filter(pk__in=[participant.pk for participant in gone]).delete()
    for participant in gone:
        hub.publish(participant.call.topic, Left(session=participant.pk, why=why))
    return len(gone)
