"""Groups, and who belongs to them in which role."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Commune, Person

LONGEST_NAME = 80
LONGEST_DESCRIPTION = 4000


class Role(models.IntegerChoices):
    """Ordered: whoever may do something as a member may do it as a manager too."""

    FOLLOWER = 10, _("abonné·e")
    MEMBER = 20, _("membre")
    MANAGER = 30, _("gestionnaire")
    ANIMATOR = 40, _("animateur·ice")


class Group(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("nom"), max_length=LONGEST_NAME)
    description = models.TextField(_("présentation"), blank=True, max_length=LONGEST_DESCRIPTION)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="groups", verbose_name=_("commune"))
    # Copied from the commune, so that nearness is one indexed query.
    latitude = models.FloatField()
    longitude = models.FloatField()
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    members: "models.ManyToManyField[Person, Membership]" = models.ManyToManyField(
        Person, through="Membership", related_name="their_groups"
    )

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["latitude", "longitude"], name="group_place")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role.choices, default=Role.MEMBER)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "person"], name="one_membership_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}: {self.get_role_display()}"
