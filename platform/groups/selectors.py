"""Who belongs where, and who may do what in a group."""

from uuid import UUID

from collab.realtime.errors import NotFound
from people.models import Person

from .models import Group, Membership, Role


def role_of(person: Person, group: Group) -> Role | None:
    """None for somebody who is not in the group."""
    role = Membership.objects.filter(group=group, person=person).values_list("role", flat=True).first()
    return None if role is None else Role(role)


def group_for(person: Person, group_id: UUID, at_least: Role | None = None) -> Group:
    """Groups are public; with `at_least`, the same error whether it is absent or not theirs to act on."""
    group = Group.objects.select_related("commune").filter(pk=group_id).first()
    if group is None:
        raise NotFound()
    if at_least is not None:
        role = role_of(person, group)
        if role is None or role < at_least:
            raise NotFound()
    return group
