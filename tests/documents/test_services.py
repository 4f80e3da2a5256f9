"""What people do with documents, what is announced, and who is refused."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from pycrdt import XmlFragment

from collab.realtime import hub
from collab.realtime.errors import DomainError, Forbidden, NotFound
from collab.realtime.topics import Caller
from documents import content, selectors, services
from documents.consumers import DocumentTopic
from documents.models import Document, Grant, Right, Update
from documents.services import NotAReader, NoTitle, TextTooLong
from groups import services as groups
from groups.models import Group, Role
from notifications.models import Notification
from people.models import Person
from tests.factories import GroupFactory, MembershipFactory, PersonFactory
from tests.notifications.announced import announced

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Group:
    return GroupFactory()


@pytest.fixture
def owner(group: Group) -> Person:
    person: Person = MembershipFactory(group=group, role=Role.MEMBER).person
    return person


@pytest.fixture
def document(owner: Person, group: Group) -> Document:
    return services.create_document(title="Compte rendu", by=owner, group=group)


@pytest.fixture
def revoked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Whose sockets were asked to look at their rights again."""
    people: list[object] = []
    monkeypatch.setattr(hub, "revoke", lambda *, person_id, topic=None: people.append(person_id))
    return people


STANDING = ["owner", "animator", "member", "follower", "editor", "reader", "stranger"]


def one(standing: str, document: Document) -> Person:
    """Somebody who stands so towards the document."""
    if standing == "owner":
        assert document.owner is not None
        return document.owner
    person: Person = PersonFactory()
    if standing in ("animator", "member", "follower"):
        MembershipFactory(group=document.group, person=person, role=Role[standing.upper()])
    if standing in ("editor", "reader"):
        Grant.objects.create(document=document, person=person, right=Right[standing.upper()])
    return person


MAY = {
    "owner": Right.EDITOR,
    "animator": Right.EDITOR,
    "member": Right.EDITOR,
    "follower": Right.READER,
    "editor": Right.EDITOR,
    "reader": Right.READER,
    "stranger": None,
}


@pytest.mark.parametrize("standing", STANDING)
def test_each_has_the_right_that_is_theirs(document: Document, standing: str) -> None:
    person = one(standing, document)
    assert selectors.right_of(person, document) == MAY[standing]
    assert selectors.rights_of([(person.pk, document.pk)]).get((person.pk, document.pk)) == MAY[standing]
    assert (document in selectors.documents_for(person)) == (MAY[standing] is not None)
    assert (person in selectors.readers_of(document)) == (MAY[standing] is not None)
    assert DocumentTopic().may_follow(str(document.pk), Caller(person.pk)) == (MAY[standing] is not None)


def test_the_best_of_two_rights_counts(document: Document) -> None:
    follower = one("follower", document)
    Grant.objects.create(document=document, person=follower, right=Right.EDITOR)
    member = one("member", document)
    Grant.objects.create(document=document, person=member, right=Right.READER)
    for person in (follower, member):
        assert selectors.right_of(person, document) == Right.EDITOR
        assert selectors.rights_of([(person.pk, document.pk)]) == {(person.pk, document.pk): Right.EDITOR}


def test_rights_of_many_cost_three_queries(document: Document, django_assert_num_queries: Any) -> None:
    people = [one(standing, document) for standing in STANDING * 3]
    other = services.create_document(title="Autre", by=people[0])
    pairs = [(person.pk, which) for person in people for which in (document.pk, other.pk, uuid4())]
    with django_assert_num_queries(3):
        selectors.rights_of(pairs)


def test_a_closed_account_follows_nothing(document: Document, owner: Person) -> None:
    owner.is_active = False
    owner.save()
    assert not DocumentTopic().may_follow(str(document.pk), Caller(owner.pk))
    assert not DocumentTopic().may_follow("not-an-id", Caller(owner.pk))


# --- create ---


def test_a_text_becomes_headings_and_paragraphs(owner: Person) -> None:
    document = services.create_document(
        title=" Ordre\x00 du  jour ", by=owner, text="# Accueil\n\nBonjour\n#sans titre"
    )
    assert document.title == "Ordre du jour"
    (row,) = Update.objects.filter(document=document)
    assert (row.seq, row.author, document.last_seq) == (1, owner, 1)
    fragment = content.load([bytes(row.data)]).get("default", type=XmlFragment)
    assert str(fragment) == (
        '<heading level="1">Accueil</heading><paragraph>Bonjour</paragraph><paragraph>#sans titre</paragraph>'
    )


def test_the_same_write_is_the_same_document(owner: Person) -> None:
    write_id = uuid4()
    first = services.create_document(title="Une", by=owner, write_id=write_id, text="a")
    again = services.create_document(title="Une", by=owner, write_id=write_id, text="a")
    assert first == again and Update.objects.filter(document=first).count() == 1
    with pytest.raises(NotFound):
        services.create_document(title="À moi", by=PersonFactory(), write_id=write_id)


@pytest.mark.parametrize(
    ("role", "may"), [(Role.ANIMATOR, True), (Role.MEMBER, True), (Role.FOLLOWER, False), (None, False)]
)
def test_members_create_in_their_group(group: Group, role: Role | None, may: bool) -> None:
    person = MembershipFactory(group=group, role=role).person if role else PersonFactory()
    if may:
        assert services.create_document(title="Tract", by=person, group=group).group == group
    else:
        with pytest.raises(Forbidden):
            services.create_document(title="Tract", by=person, group=group)


def test_a_document_needs_a_title_and_bounds_its_text(owner: Person) -> None:
    with pytest.raises(NoTitle):
        services.create_document(title=" \x00 ", by=owner)
    with pytest.raises(TextTooLong):
        services.create_document(title="Long", by=owner, text="x" * (services.LONGEST_TEXT + 1))
    assert len(services.create_document(title="t" * 500, by=owner).title) == services.LONGEST_TITLE


# --- rename ---


@pytest.mark.parametrize("standing", STANDING)
def test_editors_rename(document: Document, standing: str) -> None:
    person = one(standing, document)

    def rename() -> None:
        services.rename(document_id=document.pk, by=person, title=" Nouveau ")

    if MAY[standing] == Right.EDITOR:
        old = dict(DocumentTopic().picture(str(document.pk), Caller(person.pk)))
        rename()
        ((kind, data),) = announced(document.topic)
        assert kind == "document.renamed"
        assert {**old, **data} == DocumentTopic().picture(str(document.pk), Caller(person.pk))
    else:
        _refused(rename, Forbidden if MAY[standing] else NotFound, document)


def test_the_same_title_again_is_not_announced(document: Document, owner: Person) -> None:
    services.rename(document_id=document.pk, by=owner, title=document.title)
    assert announced(document.topic) == []


def _refused(act: Callable[[], object], error: type[DomainError], document: Document) -> None:
    before = (document.title, sorted(Grant.objects.values_list("person", "right")))
    with pytest.raises(error):
        act()
    document.refresh_from_db()
    assert (document.title, sorted(Grant.objects.values_list("person", "right"))) == before
    assert announced(document.topic) == []


# --- grant and withdraw ---


@pytest.mark.parametrize("standing", STANDING)
def test_only_the_owner_gives_rights(document: Document, standing: str, revoked: list[object]) -> None:
    person = one(standing, document)
    other_group = MembershipFactory(person=document.owner).group
    guest = MembershipFactory(group=other_group).person

    def give() -> None:
        services.grant(document_id=document.pk, person_id=guest.pk, right=Right.READER, by=person)

    if standing == "owner":
        give()
        assert selectors.right_of(guest, document) == Right.READER
        assert announced(document.topic) == [("document.rights_changed", {})]
        assert revoked == [guest.pk]
    else:
        _refused(give, Forbidden if MAY[standing] else NotFound, document)
        assert revoked == []


@pytest.mark.parametrize("standing", STANDING)
def test_only_the_owner_takes_rights_away(document: Document, standing: str, revoked: list[object]) -> None:
    guest = one("editor", document)
    person = one(standing, document)

    def take() -> None:
        services.withdraw(document_id=document.pk, person_id=guest.pk, by=person)

    if standing == "owner":
        take()
        assert selectors.right_of(guest, document) is None
        assert announced(document.topic) == [("document.rights_changed", {})]
        assert revoked == [guest.pk]
    else:
        _refused(take, Forbidden if MAY[standing] else NotFound, document)


def test_the_owner_adds_only_people_of_their_groups(document: Document, owner: Person) -> None:
    def add_stranger() -> None:
        services.grant(document_id=document.pk, person_id=PersonFactory().pk, right=Right.READER, by=owner)

    _refused(add_stranger, NotFound, document)
    follower = MembershipFactory(group=MembershipFactory(person=owner, role=Role.FOLLOWER).group).person
    _refused(
        lambda: services.grant(document_id=document.pk, person_id=follower.pk, right=Right.READER, by=owner),
        NotFound,
        document,
    )


def test_a_right_is_changed_and_the_same_again_is_silent(
    document: Document, owner: Person, revoked: list[object]
) -> None:
    guest = one("reader", document)  # not of the owner's groups, but known here already
    services.grant(document_id=document.pk, person_id=guest.pk, right=Right.EDITOR, by=owner)
    services.grant(document_id=document.pk, person_id=guest.pk, right=Right.EDITOR, by=owner)
    assert selectors.right_of(guest, document) == Right.EDITOR
    assert len(announced(document.topic)) == 1 and revoked == [guest.pk]
    services.withdraw(document_id=document.pk, person_id=guest.pk, by=owner)
    services.withdraw(document_id=document.pk, person_id=guest.pk, by=owner)
    assert len(announced(document.topic)) == 2


def test_nothing_is_announced_when_the_change_is_rolled_back(document: Document, owner: Person) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        services.rename(document_id=document.pk, by=owner, title="Nouveau")
        raise RuntimeError
    assert announced(document.topic) == []


def test_a_change_of_role_is_a_change_of_rights(document: Document, group: Group, revoked: list[object]) -> None:
    person = PersonFactory()
    groups.follow(group_id=group.pk, by=person)
    assert person.pk in revoked
    revoked.clear()
    groups.join(group_id=group.pk, by=person)
    assert person.pk in revoked
    assert selectors.right_of(person, document) == Right.EDITOR


# --- mention ---


@pytest.mark.parametrize("standing", STANDING)
def test_editors_mention_readers_once(document: Document, standing: str) -> None:
    person = one(standing, document)
    reader = one("reader", document)
    node = uuid4()

    def mention() -> bool:
        return services.mention(document_id=document.pk, node_id=node, person_id=reader.pk, by=person)

    if MAY[standing] == Right.EDITOR:
        assert (mention(), mention()) == (True, False)
        told = Notification.objects.get(person=reader)
        assert told.url == f"/documents/{document.pk}/"
        assert told.facts == {"who": person.display_name, "document": document.title}
    else:
        _refused(mention, Forbidden if MAY[standing] else NotFound, document)
        assert not Notification.objects.exists()


def test_who_cannot_read_is_not_told(document: Document, owner: Person) -> None:
    with pytest.raises(NotAReader):
        services.mention(document_id=document.pk, node_id=uuid4(), person_id=PersonFactory().pk, by=owner)
    assert not Notification.objects.exists()
