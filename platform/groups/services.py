"""What people do with groups."""

from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse

from collab.realtime import hub
from collab.realtime.errors import Forbidden, NotFound
from notifications.protocol import Kind
from notifications.services import notify
from people.models import Commune, Person

from . import selectors
from .errors import LastAnimator, NoName, NotInGroup, OnlyAnimators, TooManyGroups
from .models import LONGEST_DESCRIPTION, LONGEST_NAME, Group, Membership, Role
from .signals import role_changed

MOST_ANIMATED = 10


def create_group(
    *, name: str, commune: Commune, by: Person, description: str = "", write_id: UUID | None = None
) -> Group:
    """A new group that `by` animates. The same `write_id` of the same person again is the same group."""
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once would both be under the limit
        group, new = Group.objects.get_or_create(
            pk=write_id or uuid4(),
            defaults={
                "name": _name(name),
                "description": _description(description),
                "commune": commune,
                "latitude": commune.latitude,
                "longitude": commune.longitude,
                "created_by": by,
            },
        )
        if not new:
            if group.created_by_id != by.pk:
                raise NotFound()
            return group
        if Membership.objects.filter(person=by, role=Role.ANIMATOR).count() >= MOST_ANIMATED:
            raise TooManyGroups(most=MOST_ANIMATED)
        Membership.objects.create(group=group, person=by, role=Role.ANIMATOR)
        role_changed.send(Group, group=group, person=by, role=Role.ANIMATOR, was=None)
    return group


@transaction.atomic
def update_group(*, group_id: UUID, name: str, description: str, commune: Commune, by: Person) -> Group:
    group = _locked(group_id)
    _need(by, group, Role.MANAGER)
    group.name = _name(name)
    group.description = _description(description)
    group.commune = commune
    group.latitude, group.longitude = commune.latitude, commune.longitude
    group.save(update_fields=["name", "description", "commune", "latitude", "longitude"])
    return group


@transaction.atomic
def join(*, group_id: UUID, by: Person) -> Membership:
    """Become a member, from nothing or from follower; a member of any role stays what they are."""
    group = _locked(group_id)
    membership, was = _enter(group, by, Role.MEMBER)
    if was is None or was < Role.MEMBER:
        role_changed.send(Group, group=group, person=by, role=Role.MEMBER, was=was)
        _tell_the_team(group, by)
    return membership


@transaction.atomic
def follow(*, group_id: UUID, by: Person) -> Membership:
    """Get the group's news without being a member; who is a member stays one."""
    group = _locked(group_id)
    membership, was = _enter(group, by, Role.FOLLOWER)
    if was is None:
        role_changed.send(Group, group=group, person=by, role=Role.FOLLOWER, was=None)
    return membership


@transaction.atomic
def leave(*, group_id: UUID, by: Person) -> None:
    """Leave, whatever one's role; for who is not in the group, nothing happens."""
    group = _locked(group_id)
    membership = Membership.objects.filter(group=group, person=by).first()
    if membership is not None:
        _take_away(group, membership)


@transaction.atomic
def set_role(*, group_id: UUID, person_id: UUID, role: Role, by: Person) -> Membership:
    """Animators give and take any role; managers may make members of followers, and the other way round."""
    group = _locked(group_id)
    membership = _member(group, person_id)
    was = Role(membership.role)
    _need_to_change(by, group, was, role)
    if was == role:
        return membership
    if was == Role.ANIMATOR:
        _refuse_last_animator(group, membership)
    membership.role = role
    membership.save(update_fields=["role"])
    role_changed.send(Group, group=group, person=membership.person, role=role, was=was)
    if role < was:
        hub.revoke(person_id=person_id)
    return membership


@transaction.atomic
def remove_member(*, group_id: UUID, person_id: UUID, by: Person) -> None:
    """Animators remove anybody; managers, members and followers."""
    group = _locked(group_id)
    membership = _member(group, person_id)
    if person_id != by.pk:
        _need_to_change(by, group, Role(membership.role), Role.FOLLOWER)
    _take_away(group, membership)


def _locked(group_id: UUID) -> Group:
    """Roles change under this row's lock: two animators who leave at once must see each other."""
    group = Group.objects.select_for_update().filter(pk=group_id).first()
    if group is None:
        raise NotFound()
    return group


def _member(group: Group, person_id: UUID) -> Membership:
    membership = Membership.objects.select_related("person").filter(group=group, person=person_id).first()
    if membership is None:
        raise NotInGroup()
    return membership


def _need(by: Person, group: Group, least: Role) -> Role:
    role = selectors.role_of(by, group)
    if role is None or role < least:
        raise Forbidden()
    return role


def _need_to_change(by: Person, group: Group, was: Role, becomes: Role) -> None:
    mine = _need(by, group, Role.MANAGER)
    if mine < Role.ANIMATOR and max(was, becomes) >= Role.MANAGER:
        raise OnlyAnimators()


def _enter(group: Group, person: Person, at_least: Role) -> tuple[Membership, Role | None]:
    membership, new = Membership.objects.get_or_create(group=group, person=person, defaults={"role": at_least})
    was = None if new else Role(membership.role)
    if was is not None and was < at_least:
        membership.role = at_least
        membership.save(update_fields=["role"])
    return membership, was


def _take_away(group: Group, membership: Membership) -> None:
    was = Role(membership.role)
    if was == Role.ANIMATOR:
        _refuse_last_animator(group, membership)
    membership.delete()
    role_changed.send(Group, group=group, person=membership.person, role=None, was=was)
    hub.revoke(person_id=membership.person_id)


def _refuse_last_animator(group: Group, membership: Membership) -> None:
    others = Membership.objects.filter(group=group, role=Role.ANIMATOR, person__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise LastAnimator()


def _tell_the_team(group: Group, newcomer: Person) -> None:
    """Once for each newcomer: who leaves and joins again rings no second bell."""
    team = Membership.objects.filter(group=group, role__gte=Role.MANAGER).values_list("person_id", flat=True)
    notify(
        kind=Kind.GROUP_JOINED,
        to=team,
        key=f"joined:{group.pk}:{newcomer.pk}",
        url=reverse("groups:detail", args=[group.pk]),
        facts={"who": newcomer.display_name, "group": group.name},
        by=newcomer.pk,
    )


def _name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())[:LONGEST_NAME]
    if not name:
        raise NoName()
    return name


def _description(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST_DESCRIPTION]
