"""Fill an empty database with the demo's movement, through the services that people use."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from documents.models import Document
from documents.services import create_document
from events.models import Event
from events.services import come, create_event
from groups.models import Group, Role
from groups.services import create_group, follow, join, set_role
from people.models import Commune, Person
from rooms import services as rooms
from rooms.models import Assembly, Choice, Room

from . import content

Say = Callable[[str], None]
# The same movement each time.
SEED = 1871


@dataclass(frozen=True, slots=True)
class Demo:
    organizer: Person
    member: Person
    newcomer: Person
    group: Group
    event: Event
    room: Room
    document: Document
    assembly: Assembly


def named(what: str) -> UUID:
    """The id of one of the demo's things: filling twice makes nothing twice."""
    return uuid5(NAMESPACE_URL, f"https://collab.invalid/demo/{what}")


def address(index: int) -> str:
    special = (content.ORGANIZER, content.MEMBER, content.NEWCOMER)
    return f"{special[index] if index < len(special) else f'personne{index}'}@demo.invalid"


def fill(say: Say) -> Demo:
    """Fill, or find what an earlier run filled."""
    demo = find()
    if demo is not None:
        return demo
    dice = random.Random(SEED)  # noqa: S311
    with transaction.atomic():
        say(f"{len(content.NAMES)} people…")
        people = [_person(index, name, dice) for index, name in enumerate(content.NAMES)]
        say(f"{len(content.GROUPS)} groups…")
        groups = _groups(people, dice)
        say("events and their rooms…")
        _events(groups, people, dice)
        say("documents…")
        _documents(groups, people)
        say("an open assembly…")
        _assembly(groups[0], people)
    demo = find()
    assert demo is not None
    return demo


def find() -> Demo | None:
    people = [Person.objects.filter(email=address(index)).first() for index in range(3)]
    room = Room.objects.filter(event=named("event 0 0")).first()
    assembly = Assembly.objects.filter(room=room).first() if room else None
    if room is None or assembly is None or not all(people):
        return None
    organizer, member, newcomer = (person for person in people if person is not None)
    return Demo(
        organizer=organizer,
        member=member,
        newcomer=newcomer,
        group=Group.objects.get(pk=named("group 0")),
        event=Event.objects.get(pk=named("event 0 0")),
        room=room,
        document=Document.objects.get(pk=named("document 0")),
        assembly=assembly,
    )


def _person(index: int, name: str, dice: random.Random) -> Person:
    code = content.GROUPS[0].commune if index < 3 else dice.choice(content.COMMUNES)
    person = Person.objects.create_user(address(index), id=named(f"person {index}"), name=name, commune_id=code)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def _groups(people: list[Person], dice: random.Random) -> list[Group]:
    groups = []
    for index, plan in enumerate(content.GROUPS):
        animator = people[0] if index == 0 else people[2 + index]
        group = create_group(
            name=plan.name,
            description=plan.description,
            commune=Commune.objects.get(pk=plan.commune),
            by=animator,
            write_id=named(f"group {index}"),
        )
        # The newcomer is in no group yet; the member is in the first two.
        others = [person for person in people[3:] if person.pk != animator.pk]
        members = dice.sample(others, plan.size - 2) + ([people[1]] if index < 2 else [])
        for person in members:
            join(group_id=group.pk, by=person)
        set_role(group_id=group.pk, person_id=members[0].pk, role=Role.ANIMATOR, by=animator)
        set_role(group_id=group.pk, person_id=members[1].pk, role=Role.MANAGER, by=animator)
        for person in dice.sample([one for one in others if one not in members], 3):
            follow(group_id=group.pk, by=person)
        groups.append(group)
    return groups


def _events(groups: list[Group], people: list[Person], dice: random.Random) -> None:
    now = timezone.localtime()
    for index, (group, plan) in enumerate(zip(groups, content.GROUPS, strict=True)):
        for number, (title, days, hour, place, text) in enumerate(plan.events):
            starts = _moment(now, days, hour)
            event = create_event(
                group_id=group.pk,
                title=title,
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
                commune=group.commune,
                by=_animator(group),
                place=place,
                description=text,
                write_id=named(f"event {index} {number}"),
            )
            members = list(Person.objects.filter(memberships__group=group).order_by("pk"))
            for person in dice.sample(members, min(len(members), 5 + number)):
                come(event_id=event.pk, by=person)
            # The rooms of the coming days are ready; the others are made when somebody first enters.
            if days <= 3:
                rooms.room_of_event(event=event, by=_animator(group))
    come(event_id=named("event 0 0"), by=people[1])


def _moment(now: datetime, days: int, hour: int) -> datetime:
    """Today's begins within the hour, so that its room is in use whenever the demo is looked at."""
    if days == 0:
        return (now + timedelta(minutes=20)).replace(second=0, microsecond=0)
    day = (now + timedelta(days=days)).date()
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _animator(group: Group) -> Person:
    return Person.objects.filter(memberships__group=group, memberships__role=Role.ANIMATOR).order_by("date_joined")[0]


def _documents(groups: list[Group], people: list[Person]) -> None:
    for index, (title, group, text) in enumerate(content.DOCUMENTS):
        create_document(
            title=title,
            by=_animator(groups[group]),
            group=groups[group],
            text=text,
            write_id=named(f"document {index}"),
        )


def _assembly(group: Group, people: list[Person]) -> None:
    organizer = people[0]
    room = Room.objects.get(event=named("event 0 0"))
    members = list(Person.objects.filter(memberships__group=group, memberships__role__gte=Role.MEMBER).order_by("pk"))
    for number, (who, text) in enumerate(content.CHAT):
        author = organizer if number in (0, 2) else members[who % len(members)]
        rooms.post_message(room_id=room.pk, by=author, message_id=named(f"message {number}"), text=text)
    assembly = rooms.prepare_assembly(
        room_id=room.pk,
        by=organizer,
        title=content.GROUPS[0].events[0][0],
        items=content.AGENDA,
        assembly_id=named("assembly"),
    )
    rooms.open_assembly(assembly_id=assembly.pk, by=organizer)
    first = rooms.next_item(assembly_id=assembly.pk, by=organizer, after=None)
    rooms.next_item(assembly_id=assembly.pk, by=organizer, after=first.pk if first else None)
    poll = rooms.create_poll(assembly_id=assembly.pk, by=organizer, question=content.QUESTION, poll_id=named("poll"))
    rooms.open_poll(poll_id=poll.pk, by=organizer)
    voters = [person for person in members if person.pk not in {organizer.pk, people[1].pk}]
    choices = [Choice.YES] * 6 + [Choice.NO] * 2 + [Choice.ABSTAIN]
    for number, (person, choice) in enumerate(zip(voters, choices, strict=False)):
        rooms.cast(poll_id=poll.pk, by=person, choice=choice.value, write_id=named(f"ballot {number}"))
    for person in voters[9:11]:
        rooms.raise_hand(room_id=room.pk, by=person)
