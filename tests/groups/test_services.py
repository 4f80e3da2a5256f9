"""What people do with groups, what happens then, and who is refused."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction

from collab.realtime.errors import DomainError, Forbidden, NotFound
from groups import services
from groups.errors import LastAnimator, NoName, NotInGroup, OnlyAnimators, TooManyGroups
from groups.models import Group, Membership, Role
from groups.selectors import group_for, role_of
from groups.signals import role_changed
from notifications.models import Notification
from people.models import Person
from tests.factories import CommuneFactory, GroupFactory, MembershipFactory, PersonFactory
from tests.notifications.announced import announced
from tests.notifications.inboxes import inbox_topic

Heard = list[tuple[Person, Role | None, Role | None]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Who changed, to what, from what."""
    changes: Heard = []

    def hear(sender: object, *, group: Group, person: Person, role: Role | None, was: Role | None, **_: Any) -> None:
        changes.append((person, role, was))

    role_changed.connect(hear)
    yield changes
    role_changed.disconnect(hear)


@pytest.fixture
def revoked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Whose sockets were asked to look at their rights again."""
    people: list[object] = []
    # The module's own hub only: apps above hear the signal and ask again for themselves.
    own = SimpleNamespace(revoke=lambda *, person_id: people.append(person_id))
    monkeypatch.setattr(services, "hub", own)
    return people


@pytest.fixture
def group(db: None) -> Group:
    return GroupFactory()


def one(group: Group, role: Role | None) -> Person:
    return PersonFactory() if role is None else MembershipFactory(group=group, role=role).person


# --- create and change ---


@pytest.mark.django_db
def test_who_creates_a_group_animates_it(heard: Heard) -> None:
    alice, commune = PersonFactory(), CommuneFactory()
    group = services.create_group(name="  Lyon\x00  7e ", commune=commune, by=alice, description=" Bienvenue ")
    assert (group.name, group.description) == ("Lyon 7e", "Bienvenue")
    assert (group.latitude, group.longitude) == (commune.latitude, commune.longitude)
    assert role_of(alice, group) == Role.ANIMATOR
    assert heard == [(alice, Role.ANIMATOR, None)]


@pytest.mark.django_db
def test_the_same_write_is_the_same_group(heard: Heard) -> None:
    alice, bob, write = PersonFactory(), PersonFactory(), uuid4()
    first = services.create_group(name="Lyon", commune=CommuneFactory(), by=alice, write_id=write)
    again = services.create_group(name="Lyon", commune=CommuneFactory(), by=alice, write_id=write)
    assert first.pk == again.pk and Group.objects.count() == 1 and len(heard) == 1
    with pytest.raises(NotFound):
        services.create_group(name="Lyon", commune=CommuneFactory(), by=bob, write_id=write)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "   ", "\x00", "\u2028\t"])
def test_a_group_needs_a_name(name: str) -> None:
    with pytest.raises(NoName):
        services.create_group(name=name, commune=CommuneFactory(), by=PersonFactory())
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_a_person_animates_only_so_many_groups() -> None:
    alice = PersonFactory()
    for _ in range(services.MOST_ANIMATED):
        services.create_group(name="Lyon", commune=CommuneFactory(), by=alice)
    with pytest.raises(TooManyGroups):
        services.create_group(name="Lyon", commune=CommuneFactory(), by=alice)
    assert Group.objects.count() == services.MOST_ANIMATED


@pytest.mark.parametrize("role", [None, *Role])
def test_managers_and_animators_change_the_page(group: Group, role: Role | None) -> None:
    by, bron = one(group, role), CommuneFactory(code="69029", name="Bron", latitude=45.73, longitude=4.91)

    def change() -> Group:
        return services.update_group(group_id=group.pk, name="Bron", description="", commune=bron, by=by)

    if role is None or role < Role.MANAGER:
        with pytest.raises(Forbidden):
            change()
        return
    changed = change()
    assert (changed.name, changed.latitude) == ("Bron", 45.73)


# --- come and go ---


def test_joining_makes_a_member_and_tells_the_team(group: Group, heard: Heard) -> None:
    animator, manager, member, newcomer = (one(group, r) for r in (Role.ANIMATOR, Role.MANAGER, Role.MEMBER, None))
    services.join(group_id=group.pk, by=newcomer)
    assert role_of(newcomer, group) == Role.MEMBER
    assert heard == [(newcomer, Role.MEMBER, None)]
    for told in (animator, manager):
        [(kind, data)] = announced(inbox_topic(told))
        assert kind == "notification.added"
        assert data["notice"]["facts"] == {"who": newcomer.name, "group": group.name}
    assert not announced(inbox_topic(member)) and not announced(inbox_topic(newcomer))


def test_joining_twice_or_again_tells_nobody_twice(group: Group, heard: Heard) -> None:
    animator, newcomer = one(group, Role.ANIMATOR), PersonFactory()
    services.join(group_id=group.pk, by=newcomer)
    services.join(group_id=group.pk, by=newcomer)
    assert len(heard) == 1 and Membership.objects.filter(person=newcomer).count() == 1
    services.leave(group_id=group.pk, by=newcomer)
    services.join(group_id=group.pk, by=newcomer)
    assert Notification.objects.filter(person=animator).count() == 1


def test_a_follower_becomes_a_member_and_a_member_no_follower(group: Group, heard: Heard) -> None:
    person = PersonFactory()
    services.follow(group_id=group.pk, by=person)
    services.join(group_id=group.pk, by=person)
    services.follow(group_id=group.pk, by=person)
    assert role_of(person, group) == Role.MEMBER
    assert heard == [(person, Role.FOLLOWER, None), (person, Role.MEMBER, Role.FOLLOWER)]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MANAGER, Role.ANIMATOR])
def test_joining_again_takes_no_role_away(group: Group, role: Role) -> None:
    person = one(group, role)
    services.join(group_id=group.pk, by=person)
    services.follow(group_id=group.pk, by=person)
    assert role_of(person, group) == role


def test_leaving_closes_what_the_role_opened(group: Group, heard: Heard, revoked: list[object]) -> None:
    person = one(group, Role.MEMBER)
    services.leave(group_id=group.pk, by=person)
    services.leave(group_id=group.pk, by=person)
    assert role_of(person, group) is None
    assert heard == [(person, None, Role.MEMBER)] and revoked == [person.pk]


def test_the_last_animator_stays_until_another_is_named(group: Group) -> None:
    first, other = one(group, Role.ANIMATOR), one(group, Role.MANAGER)
    for attempt in (
        lambda: services.leave(group_id=group.pk, by=first),
        lambda: services.set_role(group_id=group.pk, person_id=first.pk, role=Role.MEMBER, by=first),
        lambda: services.remove_member(group_id=group.pk, person_id=first.pk, by=first),
    ):
        with pytest.raises(LastAnimator):
            attempt()
    services.set_role(group_id=group.pk, person_id=other.pk, role=Role.ANIMATOR, by=first)
    services.leave(group_id=group.pk, by=first)
    assert role_of(other, group) == Role.ANIMATOR


def test_an_animator_whose_account_is_closed_does_not_count(group: Group) -> None:
    first, closed = one(group, Role.ANIMATOR), one(group, Role.ANIMATOR)
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    with pytest.raises(LastAnimator):
        services.leave(group_id=group.pk, by=first)


def test_two_animators_who_leave_at_once_do_not_both_leave(transactional_db: None) -> None:
    group = GroupFactory()
    both = [one(group, Role.ANIMATOR) for _ in range(2)]

    def leave(person: Person) -> bool:
        try:
            services.leave(group_id=group.pk, by=person)
        except LastAnimator:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, both)) == [False, True]
    assert Membership.objects.filter(group=group, role=Role.ANIMATOR).count() == 1


def test_many_who_join_at_once_all_are_members_once(transactional_db: None) -> None:
    group = GroupFactory()
    animator, people = one(group, Role.ANIMATOR), [PersonFactory() for _ in range(6)]

    def join(person: Person) -> None:
        try:
            for _ in range(2):
                services.join(group_id=group.pk, by=person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(join, people))
    assert group.memberships.filter(role=Role.MEMBER).count() == 6
    assert Notification.objects.filter(person=animator).count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_rollback_announces_nothing() -> None:
    group = GroupFactory()
    animator, newcomer = one(group, Role.ANIMATOR), PersonFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        services.join(group_id=group.pk, by=newcomer)
        raise RuntimeError
    assert role_of(newcomer, group) is None
    assert not announced(inbox_topic(animator)) and not Notification.objects.exists()


# --- roles: who may make whom what ---


def verdict(by: Role | None, was: Role, becomes: Role) -> type[DomainError] | None:
    """The rule, said once more in other words."""
    if by is None or by < Role.MANAGER:
        return Forbidden
    if by == Role.ANIMATOR:
        return None
    return None if {was, becomes} <= {Role.FOLLOWER, Role.MEMBER} else OnlyAnimators


@pytest.mark.parametrize("by", [None, *Role])
@pytest.mark.parametrize("was", list(Role))
@pytest.mark.parametrize("becomes", list(Role))
def test_who_may_make_whom_what(
    group: Group, heard: Heard, revoked: list[object], by: Role | None, was: Role, becomes: Role
) -> None:
    one(group, Role.ANIMATOR)  # so that nobody is the last
    actor, person = one(group, by), one(group, was)

    def act() -> object:
        return services.set_role(group_id=group.pk, person_id=person.pk, role=becomes, by=actor)

    refusal = verdict(by, was, becomes)
    if refusal:
        with pytest.raises(refusal):
            act()
        assert role_of(person, group) == was and not heard
        return
    act()
    assert role_of(person, group) == becomes
    assert heard == ([] if was == becomes else [(person, becomes, was)])
    assert revoked == ([person.pk] if becomes < was else [])


@pytest.mark.parametrize("by", [None, *Role])
@pytest.mark.parametrize("was", list(Role))
def test_who_may_remove_whom(group: Group, heard: Heard, by: Role | None, was: Role) -> None:
    one(group, Role.ANIMATOR)
    actor, person = one(group, by), one(group, was)
    refusal = verdict(by, was, Role.FOLLOWER)
    if refusal:
        with pytest.raises(refusal):
            services.remove_member(group_id=group.pk, person_id=person.pk, by=actor)
        assert role_of(person, group) == was
    else:
        services.remove_member(group_id=group.pk, person_id=person.pk, by=actor)
        assert role_of(person, group) is None and heard == [(person, None, was)]


@pytest.mark.parametrize(
    "act",
    [
        lambda person, group: services.set_role(group_id=group.pk, person_id=uuid4(), role=Role.MEMBER, by=person),
        lambda person, group: services.remove_member(group_id=group.pk, person_id=uuid4(), by=person),
    ],
)
def test_a_stranger_has_no_role_to_change(group: Group, act: Callable[[Person, Group], object]) -> None:
    with pytest.raises(NotInGroup):
        act(one(group, Role.ANIMATOR), group)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda person, absent: services.join(group_id=absent, by=person),
        lambda person, absent: services.follow(group_id=absent, by=person),
        lambda person, absent: services.leave(group_id=absent, by=person),
        lambda person, absent: group_for(person, absent),
    ],
)
def test_an_absent_group_is_not_found(act: Callable[[Person, Any], object]) -> None:
    with pytest.raises(NotFound):
        act(PersonFactory(), uuid4())


@pytest.mark.parametrize("role", [None, *Role])
def test_group_for_asks_for_a_role(group: Group, role: Role | None) -> None:
    person = one(group, role)
    assert group_for(person, group.pk) == group
    for least in Role:
        if role is not None and role >= least:
            assert group_for(person, group.pk, least) == group
        else:
            with pytest.raises(NotFound):
                group_for(person, group.pk, least)
