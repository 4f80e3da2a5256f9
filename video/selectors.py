"""Who is in a call, and who may still be."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from collab.realtime.errors import NotFound
from people.models import Person

from .access import CallRight, right_in
from .models import Participant
from .protocol import ParticipantPicture


@dataclass(frozen=True, slots=True)
class Standing:
    """What a session in a call may do, and what others hear and see of it."""

    right: CallRight
    mic: bool
    camera: bool
    screen: bool


def participants_of(call_id: UUID) -> list[ParticipantPicture]:
    rows = Participant.objects.filter(call_id=call_id).select_related("person")
    return [participant.picture() for participant in rows]


def right_or_none(person: Person, call_id: UUID) -> CallRight | None:
    """None for who may not enter, or whose account is closed."""
    if not person.is_active:
        return None
    try:
        return right_in(person, call_id)
    except NotFound:
        return None


def standings(session_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Of the sessions that are still in their call by right; the others are absent."""
    found = {}
    for participant in Participant.objects.filter(pk__in=list(session_ids)).select_related("person"):
        right = right_or_none(participant.person, participant.call_id)
        if right is not None:
            found[participant.pk] = Standing(right, participant.mic, participant.camera, participant.screen)
    return found
