"""A vote's life: prepared, opened with a frozen roll, closed with its result. Casting is in `ballots`."""

from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from collab.realtime import hub
from notifications.protocol import Kind
from notifications.services import notify
from people.models import Person
from rooms import pictures, selectors
from rooms.errors import (
    AssemblyIsClosed,
    AssemblyNotOpen,
    NobodyToVote,
    TooMany,
    VoteHasBegun,
    VoteIsClosed,
    VoteNotOpen,
)
from rooms.models import Assembly, Elector, Poll, roll_hash
from rooms.protocol import LONGEST_QUESTION, PollClosed, PollCreated, PollDropped, PollOpened

from .locks import locked_assembly, locked_poll
from .rooms import one_line
from .tallies import note_told

MAX_POLLS = 200


@transaction.atomic
def create_poll(*, assembly_id: UUID, by: Person, question: str, poll_id: UUID | None = None) -> Poll:
    assembly = locked_assembly(assembly_id, by)
    if assembly.state == Assembly.State.CLOSED:
        raise AssemblyIsClosed()
    polls = Poll.objects.filter(assembly=assembly)
    if polls.count() >= MAX_POLLS:
        raise TooMany()
    poll = Poll.objects.create(
        id=poll_id or uuid4(),
        assembly=assembly,
        order=(polls.aggregate(last=Max("order"))["last"] or 0) + 1,
        question=one_line(question, LONGEST_QUESTION),
    )
    hub.publish(assembly.topic, PollCreated(poll=pictures.poll_picture(poll, pictures.tally(poll))))
    return poll


@transaction.atomic
def drop_poll(*, poll_id: UUID, by: Person) -> None:
    poll = locked_poll(poll_id, by)
    if poll.state != Poll.State.DRAFT:
        raise VoteHasBegun()
    poll.delete()
    hub.publish(poll.assembly.topic, PollDropped(poll=poll_id))


@transaction.atomic
def open_poll(*, poll_id: UUID, by: Person) -> Poll:
    """Freezes the roll: the group's members at this moment. Who joins later waits for the next vote."""
    poll = locked_poll(poll_id, by)
    if poll.state == Poll.State.OPEN:
        return poll
    if poll.state == Poll.State.CLOSED:
        raise VoteIsClosed()
    if poll.assembly.state != Assembly.State.OPEN:
        raise AssemblyNotOpen()
    roll = _freeze_roll(poll)
    now = timezone.now()
    poll.state, poll.opened_at = Poll.State.OPEN, now
    poll.roll_count, poll.roll_hash = len(roll), roll_hash(roll)
    poll.save(update_fields=["state", "opened_at", "roll_count", "roll_hash"])
    told = PollOpened(poll=poll.pk, at=now.isoformat(), roll=poll.roll_count, roll_hash=poll.roll_hash)
    hub.publish(poll.assembly.topic, told)
    _notify_electors(poll, roll, by)
    return poll


@transaction.atomic
def close_poll(*, poll_id: UUID, by: Person) -> Poll:
    """Every ballot that was answered "cast" is in the result: the lock waits for those under way."""
    poll = locked_poll(poll_id, by)
    if poll.state == Poll.State.CLOSED:
        return poll
    if poll.state != Poll.State.OPEN:
        raise VoteNotOpen()
    now = timezone.now()
    poll.state, poll.closed_at = Poll.State.CLOSED, now
    poll.save(update_fields=["state", "closed_at"])
    result = pictures.tally(poll)
    note_told(poll, result)
    hub.publish(poll.assembly.topic, PollClosed(poll=poll.pk, at=now.isoformat(), tally=result))
    return poll


def _freeze_roll(poll: Poll) -> list[UUID]:
    group_id = poll.assembly.room.group_id
    members = list(selectors.members_of(group_id).order_by("name", "pk")) if group_id else []
    if not members:
        raise NobodyToVote()
    Elector.objects.bulk_create(
        [Elector(poll=poll, person=member, name=member.display_name) for member in members], batch_size=500
    )
    return [member.pk for member in members]


def _notify_electors(poll: Poll, roll: list[UUID], by: Person) -> None:
    group = poll.assembly.room.group
    assert group is not None
    notify(
        kind=Kind.VOTE_OPENED,
        to=roll,
        key=f"poll:{poll.pk}",
        url=reverse("rooms:poll", args=[poll.pk]),
        facts={"who": by.display_name, "question": poll.question, "group": group.name},
        by=by.pk,
    )
