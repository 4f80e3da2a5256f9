"""Who belongs where, and who may do what in a group."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from collab.realtime.errors import NotFound
from people.models import Person

from .models import Group, Membership, Role

# Groups and events are public pages: who looks may not be signed in.
Visitor = Person | AnonymousUser


def role_of(person: Visitor, group: Group) -> Role | None:
    """None for somebody who is not in the group."""
    if not isinstance(person, Person):
        return None
    role = Membership.objects.filter(group=group, person=person).values_list("role", flat=True).first()
    return None if role is None else Role(role)


def group_for(person: Visitor, group_id: UUID, at_least: Role | None = None) -> Group:
    """Groups are public; with `at_least`, the same error whether it is absent or not theirs to act on."""
    group = Group.objects.select_related("commune").filter(pk=group_id).first()
    if group is None:
        raise NotFound()
    if at_least is not None:
        role = role_of(person, group)
        if role is None or role < at_least:
            raise NotFound()
    return group


def people_in(group: Group, at_least: Role = Role.FOLLOWER) -> QuerySet[Person]:
    """Those with at least this role."""
    return Person.objects.filter(memberships__group=group, memberships__role__gte=at_least, is_active=True)


def groups_of(person: Person, at_least: Role = Role.FOLLOWER) -> QuerySet[Group]:
    """The groups where they have at least this role."""
    return Group.objects.filter(memberships__person=person, memberships__role__gte=at_least).select_related("commune")
