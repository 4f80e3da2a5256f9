"""Who belongs where, and who may do what in a group."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

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


def roles_of(person: Visitor) -> dict[UUID, Role]:
    """Their role in each of their groups."""
    if not isinstance(person, Person):
        return {}
    rows = Membership.objects.filter(person=person).values_list("group_id", "role")
    return {group_id: Role(role) for group_id, role in rows}


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


def groups_to_show() -> QuerySet[Group]:
    """For lists: each with its commune and `member_count`."""
    members = Count("memberships", filter=Q(memberships__role__gte=Role.MEMBER, memberships__person__is_active=True))
    return Group.objects.select_related("commune").annotate(member_count=members).order_by("name", "pk")


def memberships_in(group: Group) -> QuerySet[Membership]:
    """Animators first, then managers, members and followers, each by name."""
    rows = Membership.objects.filter(group=group, person__is_active=True).select_related("person")
    return rows.order_by("-role", "person__name", "pk")
