"""How rows look on the wire: in a picture, and in the announcements that change it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from . import selectors
from .models import AgendaItem, Assembly, Ballot, ChatMessage, Choice, Hand, Poll, Room, Speech
from .protocol import AssemblySummary, Floor, Item, Line, PollPicture, RaisedHand, Tally

# What a room's picture holds; earlier messages are asked for, as many at a time.
CHAT_WINDOW = 100


def moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def line(message: ChatMessage) -> Line:
    return Line(
        id=message.pk,
        number=message.number,
        author=message.author_id,
        name=message.author.display_name if message.author else "",
        text=None if message.removed else message.text,
        at=message.created.isoformat(),
    )


def lines(room: Room, before: int | None = None) -> tuple[list[Line], bool]:
    """The last messages (before a number), oldest first, and whether there are earlier ones."""
    messages: QuerySet[ChatMessage] = room.messages.select_related("author").order_by("-number")
    if before is not None:
        messages = messages.filter(number__lt=before)
    found = list(messages[: CHAT_WINDOW + 1])
    return [line(message) for message in reversed(found[:CHAT_WINDOW])], len(found) > CHAT_WINDOW


def raised_hand(hand: Hand) -> RaisedHand:
    return RaisedHand(person=hand.person_id, name=hand.person.display_name, order=hand.number)


def floor(speech: Speech) -> Floor:
    return Floor(person=speech.person_id, name=speech.person.display_name, since=speech.started_at.isoformat())


def summary(assembly: Assembly) -> AssemblySummary:
    return AssemblySummary(id=assembly.pk, title=assembly.title, state=assembly.state)


def item(row: AgendaItem) -> Item:
    return Item(id=row.pk, title=row.title, minutes=row.minutes, state=row.state, started_at=moment(row.started_at))


def tally(poll: Poll) -> Tally:
    """Counted from the ballots, always."""
    return _tallies(Ballot.objects.filter(poll=poll)).get(poll.pk, Tally(yes=0, no=0, abstain=0))


def poll_picture(poll: Poll, counted: Tally) -> PollPicture:
    return PollPicture(
        id=poll.pk,
        question=poll.question,
        state=poll.state,
        roll=poll.roll_count,
        roll_hash=poll.roll_hash,
        tally=counted,
        opened_at=moment(poll.opened_at),
        closed_at=moment(poll.closed_at),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    choice: str
    label: str
    count: int
    percent: int  # of the ballots cast


def bars(poll: Poll, counted: Tally) -> list[Bar]:
    cast = max(1, counted.yes + counted.no + counted.abstain)
    counts = {"yes": counted.yes, "no": counted.no, "abstain": counted.abstain}
    return [
        Bar(choice, str(label), counts[choice], round(100 * counts[choice] / cast)) for choice, label in Choice.choices
    ]


def polls(assembly: Assembly) -> list[PollPicture]:
    tallies = _tallies(Ballot.objects.filter(poll__assembly=assembly))
    nothing = Tally(yes=0, no=0, abstain=0)
    return [poll_picture(row, tallies.get(row.pk, nothing)) for row in assembly.polls.all()]


def _tallies(ballots: QuerySet[Ballot]) -> dict[UUID, Tally]:
    counts: dict[UUID, dict[str, int]] = {}
    for poll_id, choice, count in ballots.values_list("poll_id", "choice").annotate(Count("pk")).order_by():
        counts.setdefault(poll_id, dict.fromkeys(Choice.values, 0))[choice] = count
    return {poll_id: Tally(**by_choice) for poll_id, by_choice in counts.items()}


def room_picture(room: Room) -> dict[str, Any]:
    chat, earlier = lines(room)
    speech = Speech.objects.filter(room=room, ended_at=None).select_related("person").first()
    assembly = Assembly.objects.filter(room=room).first()
    return {
        "room": {"id": room.pk, "title": room.title, "state": room.state},
        "hosts": selectors.hosts_of(room),
        "chat": chat,
        "earlier": earlier,
        "hands": [raised_hand(hand) for hand in room.hands.select_related("person")],
        "floor": floor(speech) if speech else None,
        "assembly": summary(assembly) if assembly else None,
    }


def assembly_picture(assembly: Assembly) -> dict[str, Any]:
    return {
        "id": assembly.pk,
        "room": assembly.room_id,
        "title": assembly.title,
        "state": assembly.state,
        "opened_at": moment(assembly.opened_at),
        "closed_at": moment(assembly.closed_at),
        "items": [item(row) for row in assembly.items.all()],
        "polls": polls(assembly),
    }
