"""Who may see and do what with documents."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from collab.realtime.errors import NotFound
from groups import selectors as groups
from groups.models import Membership, Role
from people.models import Person

from .models import Document, Grant, Right


def right_of(person: Person, document: Document) -> Right | None:
    """The best of what ownership, a grant by name and the group's role give."""
    if document.owner_id == person.pk:
        return Right.EDITOR
    granted = Grant.objects.filter(document=document, person=person).values_list("right", flat=True).first()
    role = groups.role_of(person, document.group) if document.group is not None else None
    return _best(granted, role)


def _best(granted: int | None, role: int | None) -> Right | None:
    rights = [] if granted is None else [Right(granted)]
    if role is not None:
        rights.append(Right.EDITOR if role >= Role.MEMBER else Right.READER)
    return max(rights, default=None)


def rights_of(pairs: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Right]:
    """The rights of (person, document) pairs, as `right_of` gives them, in three queries. Who has none is missing."""
    asked = set(pairs)
    people = {person_id for person_id, _ in asked}
    documents = Document.objects.only("owner", "group").in_bulk({document_id for _, document_id in asked})
    group_ids = {document.group_id for document in documents.values() if document.group_id is not None}
    granted: dict[tuple[UUID, UUID], int] = {
        (person, document): right
        for person, document, right in Grant.objects.filter(
            person__in=people, document__in=list(documents)
        ).values_list("person", "document", "right")
    }
    roles: dict[tuple[UUID, UUID], int] = {
        (person, group): role
        for person, group, role in Membership.objects.filter(person__in=people, group__in=group_ids).values_list(
            "person", "group", "role"
        )
    }
    found = {}
    for person_id, document_id in asked:
        document = documents.get(document_id)
        if document is None:
            continue
        role = roles.get((person_id, document.group_id)) if document.group_id is not None else None
        right = _best(granted.get((person_id, document_id)), role)
        if document.owner_id == person_id:
            right = Right.EDITOR
        if right is not None:
            found[person_id, document_id] = right
    return found


def document_for(person: Person, document_id: UUID, at_least: Right = Right.READER) -> Document:
    """The same error whether it is absent or not theirs."""
    document = Document.objects.select_related("group", "owner").filter(pk=document_id).first()
    right = right_of(person, document) if document else None
    if document is None or right is None or right < at_least:
        raise NotFound()
    return document


def documents_for(person: Person) -> QuerySet[Document]:
    """All that the person may read, the latest changed first."""
    their_groups = Membership.objects.filter(person=person).values("group")
    granted = Grant.objects.filter(person=person).values("document")
    return Document.objects.filter(Q(owner=person) | Q(group__in=their_groups) | Q(pk__in=granted)).select_related(
        "group", "owner"
    )


def readers_of(document: Document) -> QuerySet[Person]:
    """Everybody who may read the document."""
    readers = Q(pk=document.owner_id) | Q(pk__in=Grant.objects.filter(document=document).values("person"))
    if document.group_id is not None:
        readers |= Q(pk__in=Membership.objects.filter(group=document.group_id).values("person"))
    return Person.objects.filter(readers, is_active=True).order_by("name", "pk")


def mentionable_in(document: Document) -> QuerySet[Person]:
    """Its readers but those who only follow its group: a group tells its team alone who they are."""
    by_name = Q(pk=document.owner_id) | Q(pk__in=Grant.objects.filter(document=document).values("person"))
    members = Membership.objects.filter(group=document.group_id, role__gte=Role.MEMBER).values("person")
    return readers_of(document).filter(by_name | Q(pk__in=members))


def possible_guests(person: Person, document: Document) -> QuerySet[Person]:
    """Whom the owner can add by name: members of the owner's groups who cannot read yet."""
    their_groups = Membership.objects.filter(person=person, role__gte=Role.MEMBER).values("group")
    neighbours = Membership.objects.filter(group__in=their_groups, role__gte=Role.MEMBER).values("person")
    return (
        Person.objects.filter(pk__in=neighbours, is_active=True)
        .exclude(pk__in=readers_of(document).order_by().values("pk"))
        .order_by("name", "pk")
    )
