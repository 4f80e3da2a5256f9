"""Casting a vote. One ballot an elector, whatever arrives at once and however often it is sent."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from collab.realtime.errors import NotFound
from collab.realtime.models import ClientWrite
from collab.realtime.protocol import encode
from people.models import Person
from rooms.errors import NoSuchChoice, NotOnTheRoll, VoteIsClosed, VoteNotOpen, WriteReused
from rooms.models import Ballot, Choice, Elector, Poll
from rooms.selectors import right_in

from . import tallies
from .locks import shared_poll

CAST = "poll.cast"


@dataclass(frozen=True, slots=True)
class Cast:
    """What counts for the voter now, which a later write may have changed since."""

    poll_id: UUID
    choice: str
    at: str


@transaction.atomic
def cast(*, poll_id: UUID, by: Person, choice: str, write_id: UUID) -> Cast:
    """Until closing, another write changes the choice; the same `write_id` again is the same write, and changes
    nothing, even when it arrives after a later one."""
    if choice not in Choice.values:
        raise NoSuchChoice()
    content = encode({"poll": poll_id, "choice": choice})
    write, new = ClientWrite.objects.get_or_create(
        id=write_id, defaults={"person_id": by.pk, "type": CAST, "answer": content}
    )
    if (write.person_id, write.type, bytes(write.answer)) != (by.pk, CAST, content):
        raise WriteReused()
    poll = shared_poll(poll_id)
    elector = Elector.objects.select_for_update().filter(poll=poll_id, person=by).first()
    if poll is None or elector is None:
        raise _why_not(poll, by)
    if not new:
        return _answer(Ballot.objects.get(elector=elector))
    if poll.state != Poll.State.OPEN:
        raise VoteIsClosed()
    ballot, _created = Ballot.objects.update_or_create(elector=elector, defaults={"poll": poll, "choice": choice})
    transaction.on_commit(lambda: tallies.tell_soon(poll_id))
    return _answer(ballot)


def _why_not(poll: Poll | None, by: Person) -> Exception:
    if poll is None or right_in(by, poll.assembly.room) is None:
        return NotFound()
    return VoteNotOpen() if poll.state == Poll.State.DRAFT else NotOnTheRoll()


def _answer(ballot: Ballot) -> Cast:
    return Cast(poll_id=ballot.poll_id, choice=ballot.choice, at=ballot.changed_at.isoformat())
