"""Rooms, what is said in them, and the assemblies they hold."""

import hashlib
import uuid
from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from events.models import Event
from groups.models import Group
from people.models import Person

from . import protocol


class Room(models.Model):
    """Where people meet: video, notes, chat, hands. An event has one; a group may have others."""

    class State(models.TextChoices):
        OPEN = "open", _("ouverte")
        CLOSED = "closed", _("fermée")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("titre"), max_length=protocol.LONGEST_TITLE)
    event = models.OneToOneField(Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="room")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="rooms")
    notes_document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    # Server orders, counted under this row's lock: clocks and ids of concurrent writers do not agree.
    last_message = models.PositiveIntegerField(default=0)
    last_hand = models.PositiveIntegerField(default=0)
    # The hosts as last announced, so that a membership that changes nothing here announces nothing.
    told_hosts = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.title

    @property
    def topic(self) -> str:
        return protocol.topic_of_room(self.pk)

    @property
    def path(self) -> str:
        return reverse("rooms:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == Room.State.OPEN


class ChatMessage(models.Model):
    """A removed message keeps its place, its author and its time, not its text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True, max_length=protocol.LONGEST_MESSAGE)
    removed = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="one_message_a_number")]

    def __str__(self) -> str:
        return f"#{self.number}"


class Hand(models.Model):
    """A raised hand. Lowering it deletes the row."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="hands")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    raised_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["room", "person"], name="one_hand_a_person"),
            models.UniqueConstraint(fields=["room", "number"], name="one_hand_a_number"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class Speech(models.Model):
    """Somebody had the floor from `started_at`; without an end, has it still."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="speeches")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room"], condition=Q(ended_at=None), name="one_speaker_a_room")]

    def __str__(self) -> str:
        return f"{self.started_at:%H:%M}"


class Assembly(models.Model):
    """A room's assembly: an agenda and votes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("en préparation")
        OPEN = "open", _("ouverte")
        CLOSED = "closed", _("close")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="assembly")
    title = models.CharField(_("titre"), max_length=protocol.LONGEST_TITLE)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title

    @property
    def topic(self) -> str:
        return protocol.topic_of_assembly(self.pk)


class AgendaItem(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("à venir")
        RUNNING = "running", _("en cours")
        DONE = "done", _("traité")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveIntegerField()
    title = models.CharField(_("titre"), max_length=protocol.LONGEST_TITLE)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["assembly", "order"], name="one_item_a_place"),
            models.UniqueConstraint(
                fields=["assembly"], condition=Q(state="running"), name="one_running_item_an_assembly"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Choice(models.TextChoices):
    YES = "yes", _("Pour")
    NO = "no", _("Contre")
    ABSTAIN = "abstain", _("Abstention")


class Poll(models.Model):
    """A vote by name. After opening, neither the question nor the roll changes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("prévu")
        OPEN = "open", _("ouvert")
        CLOSED = "closed", _("clos")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="polls")
    order = models.PositiveIntegerField()
    question = models.CharField(_("question"), max_length=protocol.LONGEST_QUESTION)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    created = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    roll_count = models.PositiveIntegerField(default=0)
    roll_hash = models.CharField(max_length=64, blank=True)
    # The ballots as last announced; a sweep tells again where the rows say otherwise.
    told_yes = models.PositiveIntegerField(default=0)
    told_no = models.PositiveIntegerField(default=0)
    told_abstain = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["assembly", "order"], name="one_poll_a_place")]

    def __str__(self) -> str:
        return self.question


class Elector(models.Model):
    """One line of a roll, frozen at opening. The name stays when the account goes."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="electors")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="one_elector_a_person")]

    def __str__(self) -> str:
        return self.name


class Ballot(models.Model):
    """What an elector chose. There is one an elector; until closing, the last choice counts."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    elector = models.OneToOneField(Elector, on_delete=models.CASCADE, related_name="ballot")
    choice = models.CharField(max_length=8, choices=Choice.choices)
    cast_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["poll", "choice"], name="ballot_tally")]

    def __str__(self) -> str:
        return self.choice


def roll_hash(person_ids: Iterable[UUID]) -> str:
    """SHA-256 of the electors' ids, sorted, one a line: whoever has the list can check that it is the frozen one."""
    lines = "".join(f"{person_id}\n" for person_id in sorted(str(person_id) for person_id in person_ids))
    return hashlib.sha256(lines.encode()).hexdigest()
