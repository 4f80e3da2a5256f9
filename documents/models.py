"""Documents, who may do what with them, and the log that holds their content."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.models import Person


class Right(models.IntegerChoices):
    """Ordered: each right holds those before it."""

    READER = 10, _("lecture")
    EDITOR = 30, _("écriture")


class Document(models.Model):
    """A document's facts. Its content is the log: a snapshot and the updates after it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("titre"), max_length=120)
    owner = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="documents")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="documents")
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(default=timezone.now, db_index=True)
    # The log's last number, given under this row's lock, and the last one that a snapshot holds.
    last_seq = models.PositiveBigIntegerField(default=0)
    compacted_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-changed", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def topic(self) -> str:
        return f"document:{self.pk}"


class Grant(models.Model):
    """A right given to one person by name."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="grants")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="document_grants")
    right = models.PositiveSmallIntegerField(choices=Right.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "person"], name="one_grant_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.document_id}: {self.get_right_display()}"


class Update(models.Model):
    """One row of the log: a Yjs update (format 1) of one author, acknowledged once it is committed."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="updates")
    seq = models.PositiveBigIntegerField()
    data = models.BinaryField()
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "seq"], name="one_update_a_number")]

    def __str__(self) -> str:
        return f"#{self.seq}"


class Snapshot(models.Model):
    """All that the log holds up to `seq`, as one update, so that loading is quick."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="snapshots")
    seq = models.PositiveBigIntegerField()
    data = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "seq"], name="one_snapshot_a_number")]

    def __str__(self) -> str:
        return f"up to #{self.seq}"


class Client(models.Model):
    """A Yjs client number belongs to the person who first wrote with it: two contents under one clock diverge."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="clients")
    number = models.PositiveBigIntegerField()
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_person_a_client_number")]

    def __str__(self) -> str:
        return str(self.number)


class Mention(models.Model):
    """A mention node that its person was told about."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="mentions")
    node = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "node"], name="one_notice_a_mention")]

    def __str__(self) -> str:
        return str(self.node)
